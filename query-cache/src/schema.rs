//! What the cache knows of the database as a whole: the file `schema.json`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The database that the answers of a folder come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schema {
    /// The version of the file format.
    pub format: u32,
    /// The server's version as it names it, `18.4`.
    pub server_version: String,
    /// A digest of the catalog: answers hold for databases with the same.
    pub fingerprint: String,
    /// The digest of the folder of migrations, if there is one.
    pub migrations_digest: Option<String>,
    /// The user types that statements mention, by name with schema.
    pub types: BTreeMap<String, UserType>,
}

/// A type that a schema defines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum UserType {
    /// `CREATE TYPE … AS ENUM`
    Enum {
        /// The labels in their order.
        labels: Vec<String>,
    },
    /// `CREATE TYPE … AS (…)`
    Composite {
        /// The fields in their order.
        fields: Vec<Field>,
    },
    /// `CREATE DOMAIN`
    Domain {
        /// The type below it.
        base: String,
        /// Whether it refuses NULL.
        not_null: bool,
    },
}

/// A field of a composite type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// The field's name.
    pub name: String,
    /// The field's type, named as in [`crate::ParameterDescription::ty`].
    #[serde(rename = "type")]
    pub ty: String,
}
