//! What changed in what is known of the database as a whole.

use hathi_query_cache::{Schema, UserType};

/// The lines of a report; none if nothing that a check holds against the cache has changed.
pub(super) fn differences(old: Option<&Schema>, new: &Schema) -> Vec<String> {
    let Some(old) = old else {
        return vec!["written for the first time".to_owned()];
    };
    let mut lines = Vec::new();
    if old.migrations_digest != new.migrations_digest {
        lines.push("the migrations are others".to_owned());
    }
    for (name, ty) in &new.types {
        match old.types.get(name) {
            None => lines.push(format!("type {name}: added, {}", words(ty))),
            Some(old) if old != ty => {
                lines.push(format!("type {name}: {} → {}", words(old), words(ty)));
            }
            Some(_) => {}
        }
    }
    let gone = old
        .types
        .iter()
        .filter(|(name, _)| !new.types.contains_key(*name));
    lines.extend(gone.map(|(name, ty)| format!("type {name}: removed, was {}", words(ty))));
    // Another major may print the same schema in other words.
    if lines.is_empty() && is_same_major(old, new) && old.fingerprint != new.fingerprint {
        lines.push("the schema has changed in what no migration and no type tells".to_owned());
    }
    lines
}

/// Whether both come from servers of one major.
pub(super) fn is_same_major(old: &Schema, new: &Schema) -> bool {
    let major = |schema: &Schema| schema.server_version.split('.').next().map(str::to_owned);
    major(old) == major(new)
}

fn words(ty: &UserType) -> String {
    match ty {
        UserType::Enum { labels } => format!("enum of {}", labels.join(", ")),
        UserType::Composite { fields } => {
            let fields: Vec<String> = fields
                .iter()
                .map(|field| format!("{} {}", field.name, field.ty))
                .collect();
            format!("composite of {}", fields.join(", "))
        }
        UserType::Domain { base, not_null } => {
            let null = if *not_null { ", never NULL" } else { "" };
            format!("domain over {base}{null}")
        }
        _ => "a type".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(server_version: &str, fingerprint: &str, labels: &[&str]) -> Schema {
        let labels = labels.iter().map(|label| (*label).to_owned()).collect();
        Schema {
            format: 1,
            server_version: server_version.to_owned(),
            fingerprint: fingerprint.to_owned(),
            migrations_digest: Some("x".to_owned()),
            types: [("public.mood".to_owned(), UserType::Enum { labels })].into(),
        }
    }

    #[track_caller]
    fn check(old: &Schema, new: &Schema, expected: &[&str]) {
        assert_eq!(differences(Some(old), new), expected);
    }

    #[test]
    fn types_and_migrations_are_told() {
        let old = schema("18.4", "a", &["ok"]);
        let mut new = schema("18.4", "b", &["ok", "sad"]);
        new.migrations_digest = None;
        check(
            &old,
            &new,
            &[
                "the migrations are others",
                "type public.mood: enum of ok → enum of ok, sad",
            ],
        );
        new.types.clear();
        check(
            &old,
            &new,
            &[
                "the migrations are others",
                "type public.mood: removed, was enum of ok",
            ],
        );
    }

    #[test]
    fn the_fingerprint_counts_on_one_major_alone() {
        let old = schema("18.4", "a", &["ok"]);
        check(&old, &schema("18.5", "a", &["ok"]), &[]);
        check(&old, &schema("17.9", "b", &["ok"]), &[]);
        check(
            &old,
            &schema("18.5", "b", &["ok"]),
            &["the schema has changed in what no migration and no type tells"],
        );
    }
}
