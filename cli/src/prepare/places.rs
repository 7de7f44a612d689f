//! Which projects a command means: those of the crates around or below the current folder.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use hathi_query_cache::Home;

use crate::project;
use crate::workspace::Member;

/// A project and the members that keep their answers in it.
#[derive(Debug)]
pub(crate) struct Place {
    /// Where its cache is.
    pub(crate) home: Home,
    /// The folder whose `.env` counts first.
    pub(crate) start: PathBuf,
    /// All members of the home, by their places in the list: an answer that any of them needs is kept.
    pub(crate) members: BTreeSet<usize>,
    /// Whether the command means no other project.
    pub(crate) is_only: bool,
}

/// The projects of the members below a folder, else of the member around it, else of all.
pub(crate) fn around(here: &Path, members: &[Member]) -> Vec<Place> {
    let mut homes: BTreeMap<Home, BTreeSet<usize>> = BTreeMap::new();
    for (index, member) in members.iter().enumerate() {
        homes
            .entry(project::home(&member.folder))
            .or_default()
            .insert(index);
    }
    let meant = meant(here, members);
    homes.retain(|_, kept| !kept.is_disjoint(&meant));
    let is_only = homes.len() == 1;
    let places = homes.into_iter().map(|(home, kept)| Place {
        start: start(&home, &meant, members),
        home,
        members: kept,
        is_only,
    });
    places.collect()
}

fn meant(here: &Path, members: &[Member]) -> BTreeSet<usize> {
    let below = |member: &Member| member.folder.starts_with(here);
    let found: BTreeSet<usize> = indices(members, below).collect();
    if !found.is_empty() {
        return found;
    }
    let around = indices(members, |member| here.starts_with(&member.folder));
    match around.max_by_key(|index| members[*index].folder.components().count()) {
        Some(nearest) => BTreeSet::from([nearest]),
        None => (0..members.len()).collect(),
    }
}

fn indices(members: &[Member], is_it: impl Fn(&Member) -> bool) -> impl Iterator<Item = usize> {
    members
        .iter()
        .enumerate()
        .filter(move |(_, member)| is_it(member))
        .map(|(index, _)| index)
}

/// One crate that is meant may have a `.env` of its own.
fn start(home: &Home, meant: &BTreeSet<usize>, members: &[Member]) -> PathBuf {
    let only = meant.first().filter(|_| meant.len() == 1);
    let folder = only.map(|index| &members[*index].folder);
    folder
        .filter(|folder| folder.starts_with(&home.folder))
        .unwrap_or(&home.folder)
        .clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(here: &str, expected: &[usize]) {
        let member = |folder: &str| Member {
            name: folder.to_owned(),
            folder: folder.into(),
            targets: Vec::new(),
            dependencies: Vec::new(),
        };
        let members = [member("/w"), member("/w/crates/a"), member("/w/crates/b")];
        let found: Vec<usize> = meant(Path::new(here), &members).into_iter().collect();
        assert_eq!(found, expected, "in {here}");
    }

    #[test]
    fn the_crates_below_are_meant_or_the_one_around() {
        check("/w", &[0, 1, 2]);
        check("/w/crates", &[1, 2]);
        check("/w/crates/a", &[1]);
        check("/w/crates/a/src", &[1]);
        check("/w/docs", &[0]);
        check("/elsewhere", &[0, 1, 2]);
    }
}
