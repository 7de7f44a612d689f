//! What an expansion depends on beside its tokens, so that the compiler expands again when it changes.

use std::path::{Component, Path};

use proc_macro2::TokenStream;
use quote::quote_spanned;

use crate::site::Site;

/// The files and variables that an answer was read from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tracked {
    /// Files, from the folder of the crate's manifest, or absolute where nothing leads there.
    pub(crate) files: Vec<String>,
    /// Variables of the environment.
    pub(crate) variables: Vec<&'static str>,
}

impl Tracked {
    /// Both together.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.files.extend(other.files);
        self.variables.extend(other.variables);
        self
    }

    /// An unnamed constant that mentions everything: `include_bytes!` and `option_env!` tell the compiler.
    pub(crate) fn code(&self, site: &Site) -> TokenStream {
        if self.files.is_empty() && self.variables.is_empty() {
            return TokenStream::new();
        }
        let Site { krate, span, .. } = site;
        let files = self.files.iter().map(|file| include(file, site));
        let variables = &self.variables;
        quote_spanned! {*span=>
            const _: (&[&[::core::primitive::u8]], &[#krate::__private::Option<&::core::primitive::str>]) =
                (&[#(#files,)*], &[#(::core::option_env!(#variables),)*]);
        }
    }
}

fn include(file: &str, site: &Site) -> TokenStream {
    if Path::new(file).is_absolute() {
        return quote_spanned!(site.span=> ::core::include_bytes!(#file));
    }
    let file = format!("/{file}");
    quote_spanned! {site.span=>
        ::core::include_bytes!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), #file))
    }
}

/// The way from the manifest's folder to a file, with `/` on every system: expansions do not differ between machines.
pub(crate) fn relative(manifest: &Path, file: &Path) -> String {
    let from: Vec<Component<'_>> = manifest.components().collect();
    let to: Vec<Component<'_>> = file.components().collect();
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    if shared == 0 {
        return file.to_string_lossy().into_owned();
    }
    let up = from[shared..].iter().map(|_| "..".into());
    let down = to[shared..]
        .iter()
        .map(|part| part.as_os_str().to_string_lossy());
    up.chain(down).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(manifest: &str, file: &str, expected: &str) {
        assert_eq!(relative(Path::new(manifest), Path::new(file)), expected);
    }

    #[test]
    fn files_are_named_from_the_manifest() {
        check(
            "/home/ada/app",
            "/home/ada/app/.hathi/schema.json",
            ".hathi/schema.json",
        );
        check(
            "/home/ada/app/crates/api",
            "/home/ada/app/.env",
            "../../.env",
        );
        check(
            "/home/ada/app",
            "/var/cache/q.json",
            "../../../var/cache/q.json",
        );
    }
}
