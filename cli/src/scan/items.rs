//! What a file, a module or a block declares that decides about names: imports, modules, macros.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use super::imports::{Import, imports, name};
use super::input::is_punct;
use super::literal::Literal;

/// The declarations of one level; what stands in groups below it is not looked at.
#[derive(Clone, Debug, Default)]
pub(crate) struct Items {
    /// Names brought by `use` and `extern crate`.
    pub(crate) imports: Vec<Import>,
    /// The modules, with a body or in a file.
    pub(crate) modules: Vec<ModuleItem>,
    /// The names of `macro_rules!`.
    pub(crate) macros: Vec<String>,
    /// The files of `include!`.
    pub(crate) includes: Vec<String>,
    /// The crates whose macros `#[macro_use]` brings everywhere.
    pub(crate) macro_use: Vec<String>,
}

/// A `mod`.
#[derive(Clone, Debug)]
pub(crate) struct ModuleItem {
    /// Its name.
    pub(crate) name: String,
    /// What stands between its braces; without it, it has a file.
    pub(crate) body: Option<TokenStream>,
    /// The file of `#[path = "…"]`.
    pub(crate) path: Option<String>,
    /// Files that `#[cfg_attr(…, path = "…")]` may put in its place.
    pub(crate) other_paths: Vec<String>,
}

/// The attributes in front of an item, as far as they matter.
#[derive(Default)]
struct Attributes {
    path: Option<String>,
    other_paths: Vec<String>,
    macro_use: bool,
}

impl Items {
    /// Reads the tokens of a level.
    pub(crate) fn read(tokens: &[TokenTree]) -> Self {
        let mut items = Self::default();
        let mut attributes = Attributes::default();
        let mut index = 0;
        while let Some(token) = tokens.get(index) {
            let rest = tokens.get(index + 1..).unwrap_or_default();
            index += 1 + match token {
                TokenTree::Punct(punct) if punct.as_char() == '#' => attributes.read(rest),
                TokenTree::Ident(_) => items.item(&name(token), rest, &mut attributes),
                _ => 0,
            };
            if ends_item(token) {
                attributes = Attributes::default();
            }
        }
        items
    }

    /// Adds the declarations of a file that is included.
    pub(crate) fn append(&mut self, included: Self) {
        self.imports.extend(included.imports);
        self.modules.extend(included.modules);
        self.macros.extend(included.macros);
        self.macro_use.extend(included.macro_use);
    }

    /// Reads what begins with a word, and returns how many tokens behind it belong to it.
    fn item(&mut self, word: &str, rest: &[TokenTree], attributes: &mut Attributes) -> usize {
        match (word, rest) {
            // `use<'a>` is a bound, no declaration.
            ("use", [first, ..]) if !is_punct(first, '<') => {
                let declaration = up_to_semicolon(rest);
                self.imports.extend(imports(declaration));
                declaration.len()
            }
            ("extern", [TokenTree::Ident(krate), ..]) if *krate == "crate" => {
                let declaration = up_to_semicolon(rest);
                self.extern_crate(declaration.get(1..).unwrap_or_default(), attributes);
                declaration.len()
            }
            ("mod", [module @ TokenTree::Ident(_), behind, ..]) => {
                let body = match behind {
                    TokenTree::Group(group) if is_block(group) => Some(group.stream()),
                    token if is_punct(token, ';') => None,
                    _ => return 0,
                };
                let attributes = std::mem::take(attributes);
                self.modules.push(ModuleItem {
                    name: name(module),
                    body,
                    path: attributes.path,
                    other_paths: attributes.other_paths,
                });
                2
            }
            ("macro_rules", [bang, macro_name @ TokenTree::Ident(_), ..])
                if is_punct(bang, '!') =>
            {
                self.macros.push(name(macro_name));
                2
            }
            ("include", [bang, TokenTree::Group(group), ..]) if is_punct(bang, '!') => {
                self.includes.extend(only_literal(group));
                0
            }
            _ => 0,
        }
    }

    fn extern_crate(&mut self, declaration: &[TokenTree], attributes: &mut Attributes) {
        let krate = declaration.first().map(name).unwrap_or_default();
        if std::mem::take(attributes).macro_use {
            self.macro_use.push(krate);
        }
        for mut import in imports(declaration) {
            import.path.insert(0, String::new());
            self.imports.push(import);
        }
    }
}

impl Attributes {
    /// Reads the attribute behind a `#`, and returns how many tokens it has.
    fn read(&mut self, rest: &[TokenTree]) -> usize {
        let Some(TokenTree::Group(group)) = rest.first() else {
            return 0;
        };
        let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
        match tokens.as_slice() {
            [TokenTree::Ident(word), ..] if *word == "macro_use" => self.macro_use = true,
            [TokenTree::Ident(word), ..] if *word == "path" => self.path = path(&tokens),
            [TokenTree::Ident(word), TokenTree::Group(inside)] if *word == "cfg_attr" => {
                let inside: Vec<TokenTree> = inside.stream().into_iter().collect();
                let attributes = inside.split(|token| is_punct(token, ','));
                self.other_paths.extend(attributes.skip(1).filter_map(path));
            }
            _ => {}
        }
        1
    }
}

/// `path = "…"`
fn path(attribute: &[TokenTree]) -> Option<String> {
    match attribute {
        [TokenTree::Ident(word), equals, literal] if *word == "path" && is_punct(equals, '=') => {
            Literal::read(literal).map(|literal| literal.text)
        }
        _ => None,
    }
}

fn only_literal(group: &Group) -> Option<String> {
    let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
    match tokens.as_slice() {
        [literal] => Literal::read(literal).map(|literal| literal.text),
        _ => None,
    }
}

fn up_to_semicolon(tokens: &[TokenTree]) -> &[TokenTree] {
    let end = tokens.iter().position(|token| is_punct(token, ';'));
    tokens.get(..end.unwrap_or(tokens.len())).unwrap_or(tokens)
}

fn ends_item(token: &TokenTree) -> bool {
    is_punct(token, ';') || matches!(token, TokenTree::Group(group) if is_block(group))
}

/// Whether a group stands between braces.
pub(crate) fn is_block(group: &Group) -> bool {
    group.delimiter() == Delimiter::Brace
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(source: &str) -> Items {
        let tokens: TokenStream = source.parse().unwrap();
        Items::read(&tokens.into_iter().collect::<Vec<_>>())
    }

    #[track_caller]
    fn check_modules(source: &str, expected: &[&str]) {
        let modules = items(source).modules.into_iter().map(|module| {
            let mut line = module.name;
            line.extend(module.body.map(|_| " {}".to_owned()));
            line.extend(module.path.map(|path| format!(" at {path}")));
            line.extend(module.other_paths.iter().map(|path| format!(" or {path}")));
            line
        });
        assert_eq!(modules.collect::<Vec<_>>(), expected, "in {source}");
    }

    #[test]
    fn modules_are_found_with_their_files() {
        check_modules(
            "#[cfg(test)] mod tests; pub(crate) mod a { mod b; } mod r#type;",
            &["tests", "a {}", "type"],
        );
        check_modules(
            "#[path = \"x.rs\"] mod a; mod b; #[cfg_attr(windows, allow(x), path = \"w.rs\")] mod c;",
            &["a at x.rs", "b", "c or w.rs"],
        );
        check_modules("#[path = \"x.rs\"] fn f() {} mod a;", &["a"]);
    }

    #[test]
    fn imports_end_at_their_semicolons() {
        let items =
            items("use a::b; pub use c; fn f() -> impl Sized + use<'a> { use d; } let x = 1;");
        let names: Vec<_> = items
            .imports
            .into_iter()
            .filter_map(|import| import.name)
            .collect();
        assert_eq!(names, ["b", "c"]);
    }

    #[test]
    fn external_crates_are_names_from_outside() {
        let items = items("#[macro_use] extern crate hathi; extern crate a as b; extern \"C\" {}");
        assert_eq!(items.macro_use, ["hathi"]);
        let paths: Vec<_> = items
            .imports
            .iter()
            .map(|import| import.path.join("::"))
            .collect();
        assert_eq!(paths, ["::hathi", "::a"]);
    }

    #[test]
    fn macros_and_included_files_are_found() {
        let items =
            items("macro_rules! q { () => {} } include!(\"x.rs\"); include!(concat!(a, b));");
        assert_eq!(items.macros, ["q"]);
        assert_eq!(items.includes, ["x.rs"]);
    }
}
