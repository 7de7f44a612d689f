//! The calls of our macros in the tokens of a module, however deep in groups.

use std::path::Path as File;

use proc_macro2::{Group, Ident, TokenTree};

use super::imports::{Path, name};
use super::input::{Input, is_punct};
use super::items::{Items, is_block};
use super::names::{Macro, Names};
use super::tree::{Scope, Tree};
use crate::workspace::Member;

/// A call of one of our macros.
#[derive(Debug)]
pub(crate) struct Call<'t> {
    /// The file it stands in.
    pub(crate) file: &'t File,
    /// The line and the column of the macro's name, counted from 1.
    pub(crate) place: (usize, usize),
    /// The member it belongs to, by its place in the list.
    pub(crate) member: usize,
    /// What is called.
    pub(crate) called: Macro,
    /// What it is given.
    pub(crate) input: Input,
}

/// All calls in the workspace, in the order of the files' tokens.
pub(crate) fn calls<'t>(tree: &'t Tree, members: &'t [Member]) -> Vec<Call<'t>> {
    let mut found = Vec::new();
    for (id, module) in tree.modules.iter().enumerate() {
        for piece in &module.pieces {
            let mut walk = Walk {
                names: Names {
                    tree,
                    members,
                    module: id,
                    blocks: &[],
                },
                file: &piece.file,
                member: tree.crates[module.krate].member,
                blocks: Vec::new(),
                found: &mut found,
            };
            walk.level(&piece.tokens, Depth::Module);
        }
    }
    found
}

/// What kind of level tokens stand on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    /// Directly in a module, whose own modules are visited for themselves.
    Module,
    /// In a group.
    Group,
}

struct Walk<'w, 't> {
    names: Names<'t>,
    file: &'t File,
    member: usize,
    blocks: Vec<Scope>,
    found: &'w mut Vec<Call<'t>>,
}

impl Walk<'_, '_> {
    fn level(&mut self, tokens: &[TokenTree], depth: Depth) {
        for (index, token) in tokens.iter().enumerate() {
            let TokenTree::Group(group) = token else {
                continue;
            };
            let is_module = depth == Depth::Module && is_module_body(tokens, index);
            if !is_module && !self.call(tokens, index, group) {
                self.group(group);
            }
        }
    }

    fn group(&mut self, group: &Group) {
        let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
        let Items {
            imports, macros, ..
        } = Items::read(&tokens);
        let declares = !imports.is_empty() || !macros.is_empty();
        if declares {
            self.blocks.push(Scope { imports, macros });
        }
        self.level(&tokens, Depth::Group);
        if declares {
            self.blocks.pop();
        }
    }

    /// Whether the group is what one of our macros is given.
    fn call(&mut self, tokens: &[TokenTree], index: usize, group: &Group) -> bool {
        let Some((ident, path)) = macro_before(tokens, index) else {
            return false;
        };
        let names = Names {
            blocks: &self.blocks,
            ..self.names
        };
        let Some(called) = names.macro_at(&path) else {
            return false;
        };
        let start = ident.span().start();
        self.found.push(Call {
            file: self.file,
            place: (start.line, start.column + 1),
            member: self.member,
            called,
            input: Input::read(group.stream()),
        });
        true
    }
}

/// `mod name { … }`
fn is_module_body(tokens: &[TokenTree], index: usize) -> bool {
    let is_body = matches!(&tokens[index], TokenTree::Group(group) if is_block(group));
    let word = index.checked_sub(2).and_then(|word| tokens.get(word));
    is_body && matches!(word, Some(TokenTree::Ident(word)) if *word == "mod")
}

/// The macro's name and path, if the group at `index` is what a macro is given.
fn macro_before(tokens: &[TokenTree], index: usize) -> Option<(&Ident, Path)> {
    let last = index.checked_sub(2)?;
    match (&tokens[last], &tokens[index - 1]) {
        (TokenTree::Ident(ident), bang) if is_punct(bang, '!') => {
            Some((ident, path_up_to(tokens, last)?))
        }
        _ => None,
    }
}

/// The path whose last word is at `last`; `None` if it holds what only a macro can fill in.
fn path_up_to(tokens: &[TokenTree], last: usize) -> Option<Path> {
    let mut path = vec![name(&tokens[last])];
    let mut first = last;
    while let Some(colons) = first
        .checked_sub(2)
        .and_then(|start| tokens.get(start..first))
    {
        if !colons.iter().all(|token| is_punct(token, ':')) {
            break;
        }
        first -= 2;
        match first.checked_sub(1).and_then(|before| tokens.get(before)) {
            Some(token @ TokenTree::Ident(_)) => {
                path.push(name(token));
                first -= 1;
            }
            _ => {
                path.push(String::new());
                break;
            }
        }
    }
    let before = first.checked_sub(1).and_then(|before| tokens.get(before));
    let is_crate = path.last().is_some_and(|first| first == "crate");
    let is_metavariable = before.is_some_and(|token| is_punct(token, '$')) && !is_crate;
    path.reverse();
    (!is_metavariable).then_some(path)
}
