//! A query as it is known offline: template, description, diagnostics and the files of .hathi/.

mod template;

mod description;
mod diagnostic;
mod key;

mod dotenv;
mod folder;
mod schema;
mod settings;
mod store;

#[cfg(test)]
mod scratch;

pub use description::{
    Cardinality, ColumnDescription, Dependencies, Description, Elements, LINTS, Lint, Lock,
    ParameterDescription, SequenceUse, StatementKind, Use,
};
pub use diagnostic::{
    ArgumentsForm, Diagnostic, Mistakes, NoAnswer, Rejected, ServerWords, SourcePlace, Subject,
};
pub use dotenv::dotenv_value;
pub use folder::{Home, migrations_digest};
/// The table of built-in types, for those who may not know `hathi-wire`.
pub use hathi_wire::types;
pub use key::key;
pub use schema::{Field, Schema, UserType};
pub use settings::Settings;
pub use store::{Entries, Entry, FORMAT, Store, StoreError};
pub use template::{Copy, CopyTable, Parameter, Style, Template};
