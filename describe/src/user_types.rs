//! The user's types as they are defined: labels, fields, domains.

use std::collections::BTreeMap;

use hathi_query_cache::{Field, UserType};

use crate::catalog::Needs;
use crate::error::Error;
use crate::live::Database;

impl Database {
    /// Looks up types by the names that descriptions give them (`public.mood`, `public.mood[]`), and the types that
    /// these are made of. What is built in, or is no enum, composite or domain, is left out.
    ///
    /// # Errors
    ///
    /// [`Error`] if the conversation fails.
    pub fn user_types<'n>(
        &mut self,
        names: impl IntoIterator<Item = &'n str>,
    ) -> Result<BTreeMap<String, UserType>, Error> {
        let mut found = BTreeMap::new();
        let mut asked: Vec<String> = Vec::new();
        let mut wanted: Vec<String> = names.into_iter().filter_map(user_defined).collect();
        while !wanted.is_empty() {
            wanted.sort();
            wanted.dedup();
            let parts = self.parts(&wanted)?;
            asked.append(&mut wanted);
            let inside = parts
                .iter()
                .filter_map(|part| user_defined(part.ty.as_deref()?));
            wanted.extend(inside.filter(|name| !asked.contains(name)));
            parts.into_iter().for_each(|part| part.join(&mut found));
        }
        Ok(found)
    }

    /// The parts of the named types, in order, the types of fields by name.
    fn parts(&mut self, names: &[String]) -> Result<Vec<Part>, Error> {
        let mut parts = Vec::new();
        let mut oids = Vec::new();
        self.ask(&question(names), |values| {
            let [Some(kind), Some(owner), Some(name), oid] = *values else {
                return None;
            };
            let kind = Kind::read(kind)?;
            oids.push(oid.map(str::parse::<u32>).transpose().ok()?);
            parts.push(Part {
                kind,
                owner: owner.to_owned(),
                name: name.to_owned(),
                ty: None,
            });
            Some(())
        })?;
        let mut needs = Needs::default();
        oids.iter().flatten().for_each(|oid| needs.ty(*oid));
        let catalog = self.catalog(&needs)?;
        for (part, oid) in parts.iter_mut().zip(oids) {
            part.ty = oid.map(|oid| catalog.type_name(oid));
        }
        Ok(parts)
    }
}

/// A label, a field, or all of a domain.
struct Part {
    kind: Kind,
    owner: String,
    name: String,
    ty: Option<String>,
}

#[derive(Clone, Copy)]
enum Kind {
    Label,
    /// A composite type; it may have no field.
    Composite,
    Field,
    Domain {
        not_null: bool,
    },
}

impl Kind {
    fn read(word: &str) -> Option<Self> {
        Some(match word {
            "label" => Self::Label,
            "composite" => Self::Composite,
            "field" => Self::Field,
            "domain" => Self::Domain { not_null: false },
            "domain not null" => Self::Domain { not_null: true },
            _ => return None,
        })
    }
}

impl Part {
    fn join(self, types: &mut BTreeMap<String, UserType>) {
        let Self {
            kind,
            owner,
            name,
            ty,
        } = self;
        match kind {
            Kind::Label => {
                let ty = types
                    .entry(owner)
                    .or_insert_with(|| UserType::Enum { labels: Vec::new() });
                if let UserType::Enum { labels } = ty {
                    labels.push(name);
                }
            }
            Kind::Composite | Kind::Field => {
                let composite = types
                    .entry(owner)
                    .or_insert_with(|| UserType::Composite { fields: Vec::new() });
                if let (UserType::Composite { fields }, Some(ty)) = (composite, ty) {
                    fields.push(Field { name, ty });
                }
            }
            Kind::Domain { not_null } => {
                let base = ty.unwrap_or_default();
                types.insert(owner, UserType::Domain { base, not_null });
            }
        }
    }
}

/// The name of a type that a user defined, or of the elements of an array of it.
fn user_defined(name: &str) -> Option<String> {
    let name = name.strip_suffix("[]").unwrap_or(name);
    name.contains('.').then(|| name.to_owned())
}

fn question(names: &[String]) -> String {
    let quoted: Vec<String> = names
        .iter()
        .map(|name| format!("'{}'", name.replace('\'', "''")))
        .collect();
    QUESTION.replace("{names}", &quoted.join(", "))
}

const QUESTION: &str = concat!(
    "SET LOCAL debug_print_rewritten = off; SET LOCAL search_path = pg_catalog; ",
    "SET LOCAL standard_conforming_strings = on; ",
    "WITH named AS (SELECT name, t.* FROM unnest(ARRAY[{names}]) AS name JOIN pg_type t ON t.oid = to_regtype(name)) ",
    "SELECT kind, owner, name, oid FROM (",
    "SELECT 'label' AS kind, n.name AS owner, enumlabel::text AS name, NULL::oid AS oid, enumsortorder AS place",
    " FROM named n JOIN pg_enum ON enumtypid = n.oid ",
    "UNION ALL SELECT 'composite', n.name, '', NULL, 0 FROM named n WHERE typtype = 'c' ",
    "UNION ALL SELECT 'field', n.name, attname::text, atttypid, attnum",
    " FROM named n JOIN pg_attribute ON attrelid = typrelid",
    " WHERE typtype = 'c' AND attnum > 0 AND NOT attisdropped ",
    "UNION ALL SELECT CASE WHEN typnotnull THEN 'domain not null' ELSE 'domain' END, n.name, '', typbasetype, 0",
    " FROM named n WHERE typtype = 'd') AS parts ORDER BY owner, place",
);
