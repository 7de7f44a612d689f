//! What a type is called when people read about it.

use std::borrow::Cow;

use hathi_wire::types::{TypeRef, by_oid};

/// The name of a type, or its OID where only the database knows the name.
pub(crate) fn type_name(ty: TypeRef) -> Cow<'static, str> {
    match ty {
        TypeRef::Named(name) => name.into(),
        TypeRef::Oid(oid) => match by_oid(oid) {
            Some(info) => info.name.into(),
            None => format!("with OID {oid}").into(),
        },
    }
}
