//! The module tree of every target: which file holds which module, and what each declares.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use proc_macro2::TokenTree;

use super::imports::Import;
use super::items::{Items, ModuleItem};
use super::source::{self, Unreadable};
use crate::workspace::{Member, Target};

/// A module by its place in [`Tree::modules`].
pub(crate) type ModuleId = usize;

/// All modules of all targets of the workspace.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    /// One for each target.
    pub(crate) crates: Vec<Crate>,
    /// Parents stand before their children.
    pub(crate) modules: Vec<Module>,
    /// The files that are no Rust, each with its member.
    pub(crate) unreadable: Vec<(usize, Unreadable)>,
}

/// A target.
#[derive(Debug)]
pub(crate) struct Crate {
    /// The member by its place in the list that the tree was made of.
    pub(crate) member: usize,
    /// Whether other crates may name it.
    pub(crate) is_library: bool,
    /// Its first module.
    pub(crate) root: ModuleId,
}

/// A module.
#[derive(Debug)]
pub(crate) struct Module {
    /// The crate by its place in [`Tree::crates`].
    pub(crate) krate: usize,
    /// What `super` means.
    pub(crate) parent: Option<ModuleId>,
    /// Its tokens: those of its file or its braces first, then those of included files.
    pub(crate) pieces: Vec<Piece>,
    /// The names that it brings.
    pub(crate) scope: Scope,
    /// Its modules; conditions may give one name to several.
    pub(crate) children: BTreeMap<String, Vec<ModuleId>>,
    /// The crates whose macros it brings everywhere.
    pub(crate) macro_use: Vec<String>,
}

/// Tokens and the file they are in.
#[derive(Debug)]
pub(crate) struct Piece {
    /// The file.
    pub(crate) file: PathBuf,
    /// Its tokens, or some of them.
    pub(crate) tokens: Vec<TokenTree>,
}

/// The names of a module or a block.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    /// What `use` brings.
    pub(crate) imports: Vec<Import>,
    /// What `macro_rules!` defines.
    pub(crate) macros: Vec<String>,
}

/// Where a module looks for the files of its modules.
struct Home {
    /// The folder of `mod name;`.
    children: PathBuf,
    /// The folder of `#[path = "…"] mod name;`.
    paths: PathBuf,
}

impl Tree {
    /// Reads the files of all targets.
    pub(crate) fn read(members: &[Member]) -> Self {
        let mut tree = Self::default();
        for (index, member) in members.iter().enumerate() {
            for target in &member.targets {
                tree.add_crate(index, target);
            }
        }
        tree
    }

    fn add_crate(&mut self, member: usize, target: &Target) {
        let krate = self.crates.len();
        self.crates.push(Crate {
            member,
            is_library: target.is_library,
            root: self.modules.len(),
        });
        let folder = target.root.parent().unwrap_or(Path::new("")).to_owned();
        let home = Home {
            children: folder.clone(),
            paths: folder,
        };
        let mut loader = Loader {
            tree: self,
            krate,
            read: BTreeSet::new(),
        };
        if loader.file(None, &target.root, &home).is_none() {
            loader.module(None, &target.root, Vec::new(), &home);
        }
    }
}

/// Reads the modules of one crate.
struct Loader<'t> {
    tree: &'t mut Tree,
    krate: usize,
    // A file is read once: `#[path]` can lead in a circle.
    read: BTreeSet<PathBuf>,
}

impl Loader<'_> {
    fn file(&mut self, parent: Option<ModuleId>, file: &Path, home: &Home) -> Option<ModuleId> {
        let tokens = self.tokens(file)?;
        Some(self.module(parent, file, tokens, home))
    }

    fn tokens(&mut self, file: &Path) -> Option<Vec<TokenTree>> {
        if !self.read.insert(file.to_owned()) {
            return None;
        }
        match source::read(file) {
            Ok(tokens) => Some(tokens),
            Err(unreadable) => {
                let member = self.tree.crates[self.krate].member;
                self.tree.unreadable.push((member, unreadable));
                None
            }
        }
    }

    fn module(
        &mut self,
        parent: Option<ModuleId>,
        file: &Path,
        tokens: Vec<TokenTree>,
        home: &Home,
    ) -> ModuleId {
        let mut items = Items::read(&tokens);
        let mut pieces = vec![piece(file, tokens)];
        for included in std::mem::take(&mut items.includes) {
            let path = file.with_file_name(included);
            if let Some(tokens) = path.is_file().then(|| self.tokens(&path)).flatten() {
                items.append(Items::read(&tokens));
                pieces.push(piece(&path, tokens));
            }
        }
        let id = self.tree.modules.len();
        self.tree.modules.push(Module {
            krate: self.krate,
            parent,
            pieces,
            scope: Scope {
                imports: items.imports,
                macros: items.macros,
            },
            children: BTreeMap::new(),
            macro_use: items.macro_use,
        });
        for item in items.modules {
            let name = item.name.clone();
            let children = self.child(id, file, item, home);
            let module = &mut self.tree.modules[id];
            module.children.entry(name).or_default().extend(children);
        }
        id
    }

    fn child(
        &mut self,
        parent: ModuleId,
        file: &Path,
        item: ModuleItem,
        home: &Home,
    ) -> Vec<ModuleId> {
        let named = home.children.join(&item.name);
        if let Some(body) = item.body {
            let folder = item.path.map_or(named, |path| home.paths.join(path));
            let home = Home {
                children: folder.clone(),
                paths: folder,
            };
            return vec![self.module(Some(parent), file, body.into_iter().collect(), &home)];
        }
        let elsewhere = item
            .path
            .iter()
            .chain(&item.other_paths)
            .map(|path| home.paths.join(path));
        let mut files: Vec<(PathBuf, PathBuf)> = elsewhere
            .map(|file| {
                (
                    file.clone(),
                    file.parent().unwrap_or(Path::new("")).to_owned(),
                )
            })
            .collect();
        if item.path.is_none() {
            let own = home.children.join(format!("{}.rs", item.name));
            files.extend([(own, named.clone()), (named.join("mod.rs"), named)]);
        }
        // A file that is not there may be one of another system.
        let files = files.into_iter().filter(|(file, _)| file.is_file());
        files
            .filter_map(|(file, children)| {
                let paths = file.parent().unwrap_or(Path::new("")).to_owned();
                self.file(Some(parent), &file, &Home { children, paths })
            })
            .collect()
    }
}

fn piece(file: &Path, tokens: Vec<TokenTree>) -> Piece {
    Piece {
        file: file.to_owned(),
        tokens,
    }
}
