//! The members of the workspace, as cargo tells them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;

use crate::failure::Failure;

/// The package that users depend on.
pub(crate) const HATHI: &str = "hathi";

/// A package of the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    /// The package's name.
    pub(crate) name: String,
    /// The folder of its manifest.
    pub(crate) folder: PathBuf,
    /// What is compiled of it.
    pub(crate) targets: Vec<Target>,
    /// The packages it may name.
    pub(crate) dependencies: Vec<Dependency>,
}

/// A library, program, test, example, benchmark or build script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// The name of the crate.
    pub(crate) krate: String,
    /// Its first file.
    pub(crate) root: PathBuf,
    /// Whether the package's other targets, and other packages, may name it.
    pub(crate) is_library: bool,
}

/// A dependency of any kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Dependency {
    /// The package's name.
    pub(crate) package: String,
    /// What the code calls it.
    pub(crate) krate: String,
}

impl Member {
    /// Whether its code can call our macros by themselves.
    pub(crate) fn uses_hathi(&self) -> bool {
        self.name == HATHI || self.dependencies.iter().any(|found| found.package == HATHI)
    }
}

/// Asks cargo for the members of the workspace around a folder.
pub(crate) fn members(folder: &Path) -> Result<Vec<Member>, Failure> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Failure::no_cargo(&error))?;
    if !output.status.success() {
        return Err(Failure::no_workspace(&String::from_utf8_lossy(
            &output.stderr,
        )));
    }
    let metadata: Metadata = serde_json::from_slice(&output.stdout)
        .map_err(|error| Failure::no_workspace(&error.to_string()))?;
    Ok(metadata.packages.into_iter().map(Member::from).collect())
}

/// The part of `cargo metadata` that is needed.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    manifest_path: PathBuf,
    targets: Vec<PackageTarget>,
    dependencies: Vec<PackageDependency>,
}

#[derive(Deserialize)]
struct PackageTarget {
    name: String,
    kind: Vec<String>,
    src_path: PathBuf,
}

#[derive(Deserialize)]
struct PackageDependency {
    name: String,
    rename: Option<String>,
}

impl From<Package> for Member {
    fn from(package: Package) -> Self {
        let folder = package.manifest_path.parent().map(Path::to_owned);
        Self {
            folder: folder.unwrap_or_default(),
            name: package.name,
            targets: package.targets.into_iter().map(Target::from).collect(),
            dependencies: package
                .dependencies
                .into_iter()
                .map(Dependency::from)
                .collect(),
        }
    }
}

impl From<PackageTarget> for Target {
    fn from(target: PackageTarget) -> Self {
        const OTHERS: [&str; 5] = ["bin", "example", "test", "bench", "custom-build"];
        Self {
            krate: target.name.replace('-', "_"),
            root: target.src_path,
            is_library: !target.kind.iter().any(|kind| OTHERS.contains(&&**kind)),
        }
    }
}

impl From<PackageDependency> for Dependency {
    fn from(dependency: PackageDependency) -> Self {
        let krate = dependency.rename.as_ref().unwrap_or(&dependency.name);
        Self {
            krate: krate.replace('-', "_"),
            package: dependency.name,
        }
    }
}
