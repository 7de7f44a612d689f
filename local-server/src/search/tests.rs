//! The order in which PostgreSQL is looked for, with stand-ins that only tell a version.

use super::*;
use crate::folder::{PrivateFolder, Visibility};
use crate::machine::tests::bare;
use crate::platform;

fn scratch() -> PrivateFolder {
    let folder = PrivateFolder::create(Path::new("/tmp"), "hathi-test-").unwrap();
    Visibility::Public.apply(folder.path()).unwrap();
    folder
}

/// A folder whose `postgres` only tells its version.
fn install(folder: &PrivateFolder, name: &str, version: &str) -> PathBuf {
    let bin = folder.path().join(name);
    fs::create_dir_all(&bin).unwrap();
    for program in ["postgres", "initdb"] {
        let path = bin.join(program);
        fs::write(
            &path,
            format!("#!/bin/sh\necho '{program} (PostgreSQL) {version}'\n"),
        )
        .unwrap();
        platform::set_mode(&path, 0o755).unwrap();
    }
    bin
}

#[track_caller]
fn check(machine: &Machine, major: Option<u32>, expected: Result<&Path, &str>) {
    match (locate(machine, major, Downloads::Forbidden), expected) {
        (Ok(found), Ok(bin)) => assert_eq!(found.bin(), bin),
        (Err(error), Err(text)) => assert!(error.to_string().contains(text), "{error}"),
        (found, _) => panic!("{found:?}"),
    }
}

#[test]
fn the_setting_comes_before_the_path_unless_the_major_differs() {
    let folder = scratch();
    let mut machine = bare(folder.path());
    let (set, path) = (
        install(&folder, "set", "16.1"),
        install(&folder, "path", "17.2"),
    );
    machine.bin_setting = vec![set.clone()];
    machine.path = vec![PathBuf::from("relative"), path.clone()];
    check(&machine, None, Ok(&set));
    check(&machine, Some(16), Ok(&set));
    check(&machine, Some(17), Ok(&path));
    let seen = format!("found: PostgreSQL 16.1 in {set:?}, which is another major");
    check(&machine, Some(18), Err(&seen));
}

#[test]
fn a_setting_without_a_working_postgres_is_an_error() {
    let folder = scratch();
    let mut machine = bare(folder.path());
    machine.bin_setting = vec![folder.path().join("nothing")];
    check(
        &machine,
        None,
        Err("which holds no working postgres and initdb"),
    );
    machine.bin_setting = vec![install(&folder, "broken", "nonsense")];
    check(
        &machine,
        None,
        Err("which holds no working postgres and initdb"),
    );
}

#[test]
fn the_setting_may_name_the_folder_above_the_programs() {
    let folder = scratch();
    let mut machine = bare(folder.path());
    let bin = install(&folder, "prefix/bin", "18.4");
    machine.bin_setting = vec![folder.path().join("prefix")];
    check(&machine, Some(18), Ok(&bin));
}

#[test]
fn a_link_on_the_path_leads_to_the_real_folder() {
    let folder = scratch();
    let mut machine = bare(folder.path());
    let real = install(&folder, "real", "15.18");
    let links = folder.path().join("links");
    fs::create_dir(&links).unwrap();
    for program in ["postgres", "initdb"] {
        platform::symlink(&real.join(program), &links.join(program)).unwrap();
    }
    machine.path = vec![links];
    check(&machine, None, Ok(&real));
}

#[test]
fn versions_too_old_are_passed_over() {
    let folder = scratch();
    let mut machine = bare(folder.path());
    let (old, fine) = (
        install(&folder, "old", "13.9"),
        install(&folder, "fine", "14.1"),
    );
    machine.path = vec![old, fine.clone()];
    check(&machine, None, Ok(&fine));
    check(&machine, Some(13), Err("the oldest supported is 14"));
}

#[test]
fn of_earlier_fetches_the_pinned_one_is_preferred_and_then_the_newest() {
    let folder = scratch();
    let machine = bare(folder.path());
    let platform = package::platform();
    let fetch = |version: &str| {
        install(
            &folder,
            &format!("{}/{version}-{platform}/bin", package::FOLDER),
            version.split('-').next().unwrap(),
        )
    };
    let earlier = fetch("18.9.0-beta.1");
    fetch("17.99.0-beta.1");
    check(&machine, Some(18), Ok(&earlier));
    let newest = fetch("18.10.0-beta.1");
    check(&machine, Some(18), Ok(&newest));
    if let Some(package) = Package::pinned(&platform, 18) {
        let pinned = install(
            &folder,
            &format!("{}/{}/bin", package::FOLDER, package.folder_name()),
            "18.4",
        );
        check(&machine, None, Ok(&pinned));
    }
}

#[test]
fn without_npm_and_downloads_the_error_says_which_was_the_reason() {
    let folder = scratch();
    let machine = bare(folder.path());
    check(
        &machine,
        Some(18),
        Err("fetched none: downloads were not allowed"),
    );
    let error = locate(&machine, Some(18), Downloads::Allowed).unwrap_err();
    assert!(error.is_missing());
    assert!(
        error
            .to_string()
            .contains("fetched none: npm is not on the PATH"),
        "{error}"
    );
}
