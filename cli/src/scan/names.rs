//! What a path means: whether it leads to one of our macros.

use super::imports::Import;
use super::tree::{ModuleId, Scope, Tree};
use crate::workspace::{HATHI, Member};

/// One of the macros that take SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Macro {
    /// `query!` and `command!`.
    Literal,
    /// `query_file!` and `command_file!`.
    File,
    /// `copy_in!`.
    CopyIn,
    /// `copy_out!`.
    CopyOut,
}

impl Macro {
    /// The macro of this name at the root of our crate.
    fn named(name: &str) -> Option<Self> {
        match name {
            "query" | "command" => Some(Self::Literal),
            "query_file" | "command_file" => Some(Self::File),
            "copy_in" => Some(Self::CopyIn),
            "copy_out" => Some(Self::CopyOut),
            _ => None,
        }
    }
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    /// The crate `hathi`.
    Hathi,
    /// A module of the workspace.
    Module(ModuleId),
    /// One of our macros.
    Macro(Macro),
}

/// Where a path stands: in a module, and in blocks inside it, the outermost first.
#[derive(Clone, Copy)]
pub(crate) struct Names<'a> {
    /// All modules.
    pub(crate) tree: &'a Tree,
    /// The packages they belong to.
    pub(crate) members: &'a [Member],
    /// The module.
    pub(crate) module: ModuleId,
    /// What the blocks declare.
    pub(crate) blocks: &'a [Scope],
}

/// The names that are being looked up: imports can lead in a circle.
type Pending = Vec<(Level, String)>;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Block(usize),
    Module(ModuleId),
}

impl Names<'_> {
    /// The macro that a path leads to, if it is one of ours.
    pub(crate) fn macro_at(&self, path: &[String]) -> Option<Macro> {
        if let [name] = path
            && self.is_defined_here(name)
        {
            return None;
        }
        let meanings = self.meanings(path, &mut Pending::new());
        let found = meanings.into_iter().find_map(|meaning| match meaning {
            Meaning::Macro(found) => Some(found),
            _ => None,
        });
        found.or_else(|| match path {
            [name] => self.macro_use(name),
            _ => None,
        })
    }

    /// A `macro_rules!` of the same name.
    fn is_defined_here(&self, name: &str) -> bool {
        let module = &self.tree.modules[self.module].scope;
        let scopes = self.blocks.iter().chain([module]);
        scopes
            .flat_map(|scope| &scope.macros)
            .any(|found| found == name)
    }

    /// The macros that `#[macro_use] extern crate` at the crate's root brings everywhere.
    fn macro_use(&self, name: &str) -> Option<Macro> {
        let root = &self.tree.modules[self.root()];
        let crates = root.macro_use.iter().flat_map(|krate| self.external(krate));
        crates
            .flat_map(|krate| self.inside(krate, name, &mut Pending::new()))
            .find_map(|meaning| match meaning {
                Meaning::Macro(found) => Some(found),
                _ => None,
            })
    }

    fn root(&self) -> ModuleId {
        self.tree.crates[self.tree.modules[self.module].krate].root
    }

    fn meanings(&self, path: &[String], pending: &mut Pending) -> Vec<Meaning> {
        let Some((first, mut rest)) = path.split_first() else {
            return Vec::new();
        };
        let mut meanings = match &**first {
            "" => match rest.split_first() {
                Some((krate, behind)) => {
                    rest = behind;
                    self.external(krate)
                }
                None => Vec::new(),
            },
            "crate" => vec![Meaning::Module(self.root())],
            "self" => vec![Meaning::Module(self.module)],
            "super" => self.parent(self.module),
            name => self.visible(name, pending),
        };
        for name in rest {
            let step = |meaning| match (meaning, &**name) {
                (Meaning::Module(module), "super") => self.parent(module),
                (meaning, "self") => vec![meaning],
                (meaning, name) => self.inside(meaning, name, pending),
            };
            meanings = meanings.into_iter().flat_map(step).collect();
        }
        meanings
    }

    fn parent(&self, module: ModuleId) -> Vec<Meaning> {
        self.tree.modules[module]
            .parent
            .map(Meaning::Module)
            .into_iter()
            .collect()
    }

    /// What a name means here: the innermost block that knows it decides, then the module, then the crates around.
    fn visible(&self, name: &str, pending: &mut Pending) -> Vec<Meaning> {
        for (index, block) in self.blocks.iter().enumerate().rev() {
            let level = Level::Block(index);
            if let Some(found) = self.imported(level, &block.imports, name, pending) {
                return found;
            }
        }
        let found = self.declared(self.module, name, pending);
        found.unwrap_or_else(|| self.external(name))
    }

    /// What a name means inside of a crate or a module.
    fn inside(&self, place: Meaning, name: &str, pending: &mut Pending) -> Vec<Meaning> {
        match place {
            Meaning::Hathi => Macro::named(name).map(Meaning::Macro).into_iter().collect(),
            Meaning::Macro(_) => Vec::new(),
            Meaning::Module(module) => self.declared(module, name, pending).unwrap_or_default(),
        }
    }

    /// What a module calls by a name; `None` if it knows no such name.
    fn declared(
        &self,
        module: ModuleId,
        name: &str,
        pending: &mut Pending,
    ) -> Option<Vec<Meaning>> {
        if let Some(found) = Macro::named(name).filter(|_| self.is_root_of_hathi(module)) {
            return Some(vec![Meaning::Macro(found)]);
        }
        let names = Names {
            module,
            blocks: &[],
            ..*self
        };
        let known = &self.tree.modules[module];
        let imported = names.imported(Level::Module(module), &known.scope.imports, name, pending);
        let children = known.children.get(name).into_iter().flatten();
        let children: Vec<Meaning> = children.copied().map(Meaning::Module).collect();
        if children.is_empty() {
            return imported;
        }
        Some(
            children
                .into_iter()
                .chain(imported.unwrap_or_default())
                .collect(),
        )
    }

    /// What the imports of a level bring under a name; `None` if none of them brings it.
    fn imported(
        &self,
        level: Level,
        imports: &[Import],
        name: &str,
        pending: &mut Pending,
    ) -> Option<Vec<Meaning>> {
        let question = (level, name.to_owned());
        if pending.contains(&question) {
            return None;
        }
        pending.push(question);
        let named = imports
            .iter()
            .filter(|import| import.name.as_deref() == Some(name));
        let found: Option<Vec<Meaning>> = named
            .map(|import| self.meanings(&import.path, pending))
            .reduce(|found, more| found.into_iter().chain(more).collect());
        // A name of its own hides those that `*` brings, wherever it leads.
        let found = found.or_else(|| {
            let all = imports.iter().filter(|import| import.name.is_none());
            let places = all.flat_map(|import| self.meanings(&import.path, pending));
            let places: Vec<Meaning> = places.collect();
            let brought = places
                .into_iter()
                .flat_map(|place| self.inside(place, name, pending));
            Some(brought.collect::<Vec<_>>()).filter(|brought| !brought.is_empty())
        });
        pending.pop();
        found
    }

    /// The crate that a name means, by the manifest of the package.
    fn external(&self, name: &str) -> Vec<Meaning> {
        let krate = &self.tree.crates[self.tree.modules[self.module].krate];
        let member = &self.members[krate.member];
        let own = (!krate.is_library).then(|| library_name(member)).flatten();
        let package = if own == Some(name) {
            Some(&member.name)
        } else {
            let named = member
                .dependencies
                .iter()
                .find(|dependency| dependency.krate == name);
            named.map(|dependency| &dependency.package)
        };
        match package {
            Some(package) if package == HATHI => vec![Meaning::Hathi],
            Some(package) => self.library(package).into_iter().collect(),
            None => Vec::new(),
        }
    }

    /// The library of a package of the workspace.
    fn library(&self, package: &str) -> Option<Meaning> {
        let found = self
            .tree
            .crates
            .iter()
            .find(|krate| krate.is_library && self.members[krate.member].name == package);
        found.map(|krate| Meaning::Module(krate.root))
    }

    fn is_root_of_hathi(&self, module: ModuleId) -> bool {
        let krate = &self.tree.crates[self.tree.modules[module].krate];
        krate.is_library && krate.root == module && self.members[krate.member].name == HATHI
    }
}

fn library_name(member: &Member) -> Option<&str> {
    let library = member.targets.iter().find(|target| target.is_library)?;
    Some(&library.krate)
}
