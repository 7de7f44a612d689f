//! The folder of answers under friendly and hostile hands.

use std::collections::BTreeSet;
use std::process::{Child, Command};
use std::{env, fs};

use super::{Entry, FORMAT, Store};
use crate::description::{
    Cardinality, ColumnDescription, Description, ParameterDescription, StatementKind,
};
use crate::schema::{Schema, UserType};
use crate::scratch::Scratch;
use crate::template::Template;

fn template(text: &str) -> Template {
    Template::parse(text).unwrap()
}

/// A description with as many parameters as the statement has.
fn description(template: &Template) -> Description {
    let column = ColumnDescription {
        name: "id".into(),
        ty: "int8".into(),
        nullable: false,
        elements: None,
        origin: None,
        because: None,
    };
    let parameter = |_| ParameterDescription {
        name: None,
        ty: "text".into(),
        nullable: true,
        meets: None,
    };
    Description {
        statement: StatementKind::Select,
        cardinality: Some(Cardinality::Optional),
        parameters: template.parameters().iter().map(parameter).collect(),
        columns: Some(vec![column]),
        reads: vec!["public.t".into()],
        writes: Vec::new(),
        dependencies: Default::default(),
        lints: Vec::new(),
    }
}

fn schema() -> Schema {
    let labels = vec!["sad".into(), "ok".into()];
    Schema {
        format: FORMAT,
        server_version: "18.4".into(),
        fingerprint: "f".into(),
        migrations_digest: None,
        types: [("public.mood".into(), UserType::Enum { labels })].into(),
    }
}

#[test]
fn what_was_put_is_got() {
    let scratch = Scratch::new();
    let store = Store::open(scratch.path());
    let template = template("SELECT id FROM t WHERE nick = {nick}");
    assert!(store.get(&template).unwrap().is_none());
    let path = store.put(&template, &description(&template)).unwrap();
    assert_eq!(path, store.path_of(&template));
    assert_eq!(
        scratch.files(),
        ["queries/select-id-from-t-where-nick-3dac1ace04ba.json"]
    );
    let found = store.get(&template).unwrap().unwrap();
    assert_eq!(found, description(&template).with_names_of(&template));
    assert_eq!(found.parameters[0].name.as_deref(), Some("nick"));
}

#[test]
fn what_was_removed_is_gone() {
    let scratch = Scratch::new();
    let store = Store::open(scratch.path());
    let template = template("SELECT 1 AS id");
    store.put(&template, &description(&template)).unwrap();
    assert!(store.remove(&template).unwrap());
    assert!(!store.remove(&template).unwrap());
    assert!(store.get(&template).unwrap().is_none());
}

#[test]
fn a_folder_that_is_not_there_has_no_answers() {
    let scratch = Scratch::new();
    let store = Store::open(scratch.path().join("nowhere"));
    assert!(store.get(&template("SELECT 1")).unwrap().is_none());
    assert!(store.schema().unwrap().is_none());
    assert!(store.address().unwrap().is_none());
    assert!(store.entries().unwrap().is_empty());
    store.clear().unwrap();
    store.put_address(None).unwrap();
    assert_eq!(scratch.files().len(), 0);
}

#[test]
fn files_have_sorted_keys_and_end_with_a_line_end() {
    let scratch = Scratch::new();
    let store = Store::open(scratch.path());
    let statement = template("SELECT id\r\n  FROM t -- all of them\nWHERE $1 = nick");
    let path = store.put(&statement, &description(&statement)).unwrap();
    let expected = r#"{
  "cardinality": "optional",
  "columns": [
    {
      "because": null,
      "name": "id",
      "nullable": false,
      "origin": null,
      "type": "int8"
    }
  ],
  "format": 1,
  "parameters": [
    {
      "name": null,
      "nullable": true,
      "type": "text"
    }
  ],
  "reads": [
    "public.t"
  ],
  "sql": "SELECT id FROM t WHERE $1 = nick",
  "statement": "select",
  "writes": []
}
"#;
    assert_eq!(fs::read_to_string(path).unwrap(), expected);
}

#[test]
fn layout_and_names_share_a_file_that_is_left_alone() {
    let scratch = Scratch::new();
    let store = Store::open(scratch.path());
    let [first, second] = [
        "SELECT id FROM t WHERE a = $a",
        "select id\nfrom t where a = {other.b}",
    ]
    .map(template);
    let path = store.put(&first, &description(&first)).unwrap();
    let before = fs::read_to_string(&path).unwrap();
    assert_eq!(store.put(&second, &description(&second)).unwrap(), path);
    assert_eq!(fs::read_to_string(&path).unwrap(), before);
    assert_eq!(
        store.get(&second).unwrap().unwrap().parameters[0]
            .name
            .as_deref(),
        Some("other.b")
    );
    store.overwrite(&second, &description(&second)).unwrap();
    assert!(fs::read_to_string(&path).unwrap().contains("other.b"));
}

#[test]
fn an_equal_file_is_not_written_again() {
    let scratch = Scratch::new();
    let store = Store::open(scratch.path());
    let template = template("SELECT 1 AS id");
    let long_ago = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1);
    for path in [
        store.put(&template, &description(&template)).unwrap(),
        store.put_schema(&schema()).unwrap(),
    ] {
        fs::File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .set_modified(long_ago)
            .unwrap();
        store.put(&template, &description(&template)).unwrap();
        store.overwrite(&template, &description(&template)).unwrap();
        store.put_schema(&schema()).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), long_ago);
    }
}

/// A file with this content in place of the answer leads to this error.
#[track_caller]
fn check_broken(content: impl AsRef<[u8]>, expected: &str) {
    let scratch = Scratch::new();
    let store = Store::open(scratch.path());
    let template = template("SELECT id FROM t WHERE a = $1");
    let path = store.path_of(&template);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, content).unwrap();
    let error = store.get(&template).unwrap_err();
    assert_eq!(
        error.to_string(),
        expected.replace("FILE", &format!("\"{}\"", path.display()))
    );
    assert!(
        error
            .diagnostic()
            .help
            .iter()
            .any(|help| help.contains("cargo hathi prepare"))
    );
    // What cannot be read can be written anew, and does not hide its neighbours.
    assert_eq!(store.entries().unwrap().len(), 1);
    store.put(&template, &description(&template)).unwrap();
    assert!(store.get(&template).unwrap().is_some());
}

#[test]
fn broken_files_are_errors_that_name_them() {
    check_broken(
        "",
        "FILE is no cache file: EOF while parsing a value at line 1 column 0",
    );
    check_broken(
        "{\"format\": 1",
        "FILE is no cache file: EOF while parsing an object at line 1 column 12",
    );
    check_broken(
        "[]",
        "FILE is no cache file: expected a field \"format\" with a number from 1 on",
    );
    check_broken(
        r#"{"format": 0}"#,
        "FILE is no cache file: expected a field \"format\" with a number from 1 on",
    );
    check_broken(
        r#"{"format": "1"}"#,
        "FILE is no cache file: expected a field \"format\" with a number from 1 on",
    );
    check_broken(
        r#"{"format": 1}"#,
        "FILE is no cache file: missing field `sql`",
    );
    check_broken([0xff, 0xfe, 0], "FILE is no cache file: it is not UTF-8");
    check_broken(
        "<<<<<<< HEAD\n{}",
        "FILE is no cache file: expected value at line 1 column 1",
    );
    check_broken(
        "[".repeat(100_000),
        "FILE is no cache file: recursion limit exceeded at line 1 column 128",
    );
    let few = r#"{"format":1,"sql":"SELECT id FROM t WHERE a = $1","statement":"select","cardinality":"many","parameters":[],"columns":[],"reads":[],"writes":[]}"#;
    check_broken(few, "FILE is no cache file: expected 1 parameters, found 0");
}

#[test]
fn a_later_format_is_told_apart_whatever_it_holds() {
    check_broken(
        r#"{"format": 2, "sql": 7}"#,
        "FILE has format 2, this hathi reads up to 1",
    );
    check_broken(
        r#"{"format": 18446744073709551615}"#,
        "FILE has format 18446744073709551615, this hathi reads up to 1",
    );
    let scratch = Scratch::new();
    scratch.write("schema.json", r#"{"format": 2}"#);
    assert!(Store::open(scratch.path()).schema().unwrap_err().is_newer());
}

#[test]
fn unknown_fields_and_their_order_do_no_harm() {
    let scratch = Scratch::new();
    let store = Store::open(scratch.path());
    let template = template("SELECT 1 AS id");
    let path = store.put(&template, &description(&template)).unwrap();
    let mut value: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    value["added_later"] = serde_json::json!({ "a": [1] });
    value["columns"][0]["added_later"] = serde_json::json!(true);
    fs::write(&path, value.to_string()).unwrap();
    assert_eq!(
        store.get(&template).unwrap().unwrap(),
        description(&template)
    );
}

#[test]
fn a_file_of_another_statement_is_no_answer() {
    let scratch = Scratch::new();
    let store = Store::open(scratch.path());
    let [one, other] = ["SELECT 1 AS id", "SELECT 2 AS id"].map(template);
    let path = store.put(&one, &description(&one)).unwrap();
    fs::rename(path, store.path_of(&other)).unwrap();
    assert!(store.get(&other).unwrap().is_none());
}

#[test]
fn entries_are_listed_in_order_and_without_unfinished_files() {
    let scratch = Scratch::new();
    let store = Store::open(scratch.path());
    for text in ["SELECT 2 AS b", "SELECT 1 AS a"] {
        let template = template(text);
        store.put(&template, &description(&template)).unwrap();
    }
    scratch.write("queries/.123-0.tmp", "{");
    scratch.write("queries/README.md", "");
    scratch.write("queries/.x.json", "");
    let entries: Vec<Entry> = store
        .entries()
        .unwrap()
        .into_iter()
        .map(|(_, entry)| entry.unwrap())
        .collect();
    assert_eq!(
        entries
            .iter()
            .map(|entry| entry.sql.as_str())
            .collect::<Vec<_>>(),
        ["SELECT 1 AS a", "SELECT 2 AS b"]
    );
}

#[test]
fn pruning_keeps_what_it_is_told_to() {
    let scratch = Scratch::new();
    let store = Store::open(scratch.path());
    let [kept, dropped] = ["SELECT 1 AS id", "SELECT 2 AS id"].map(template);
    let kept = store.put(&kept, &description(&kept)).unwrap();
    let dropped = store.put(&dropped, &description(&dropped)).unwrap();
    assert_eq!(
        store.prune(&BTreeSet::from([kept.clone()])).unwrap(),
        [dropped]
    );
    assert!(kept.exists());
}

#[test]
fn live_answers_are_ignored_by_git_and_apart_from_the_others() {
    let scratch = Scratch::new();
    let store = Store::open(scratch.path());
    let template = template("SELECT 1 AS id");
    store
        .live()
        .put(&template, &description(&template))
        .unwrap();
    store.live().put_schema(&schema()).unwrap();
    let query = store
        .path_of(&template)
        .file_name()
        .unwrap()
        .to_string_lossy()
        .into_owned();
    let query = format!("live/queries/{query}");
    assert_eq!(
        scratch.files(),
        ["live/.gitignore", query.as_str(), "live/schema.json"]
    );
    assert_eq!(
        fs::read_to_string(scratch.path().join("live/.gitignore")).unwrap(),
        "*\n"
    );
    assert!(store.get(&template).unwrap().is_none());
    assert_eq!(store.live().live().folder(), store.live().folder());
    store.live().clear().unwrap();
    assert_eq!(scratch.files(), ["live/.gitignore"]);
}

#[test]
fn the_address_is_kept_for_the_user_alone() {
    let scratch = Scratch::new();
    let store = Store::open(scratch.path());
    let url = "postgres://app:secret@127.0.0.1:5432/app";
    store.put_address(Some(url)).unwrap();
    assert_eq!(store.address().unwrap().as_deref(), Some(url));
    assert_eq!(scratch.files(), ["live/.gitignore", "live/database_url"]);
    #[cfg(unix)]
    {
        let mode =
            std::os::unix::fs::MetadataExt::mode(&fs::metadata(store.address_path()).unwrap());
        assert_eq!(mode & 0o777, 0o600);
    }
    store.live().clear().unwrap();
    assert!(store.address().unwrap().is_some());
    store.put_address(None).unwrap();
    assert!(store.address().unwrap().is_none());
}

#[test]
fn the_schema_is_kept_with_its_types() {
    let scratch = Scratch::new();
    let store = Store::open(scratch.path());
    let path = store.put_schema(&schema()).unwrap();
    assert_eq!(path, store.schema_path());
    assert_eq!(store.schema().unwrap(), Some(schema()));
}

#[test]
fn statements_of_any_length_and_script_have_short_ascii_file_names() {
    let store = Store::open("/somewhere");
    let long = format!(
        "SELECT {} FROM \"{}\"",
        "größe, ".repeat(200_000),
        "漢".repeat(70_000)
    );
    for text in [long.as_str(), "SELECT '漢字' AS \"🐘/..\\\"", "VALUES (1)"] {
        let path = store.path_of(&template(text));
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        assert!(name.len() <= 48 + 1 + 12 + 5, "{name}");
        assert!(name.bytes().all(|byte| byte.is_ascii_lowercase()
            || byte.is_ascii_digit()
            || b"-_.".contains(&byte)));
        assert_eq!(path.parent().unwrap(), store.folder().join("queries"));
    }
}

const WRITER: &str = "HATHI_TEST_WRITER";

fn writer(folder: &std::path::Path) -> Child {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", "store::tests::two_processes_may_write_one_file"]);
    command
        .env(WRITER, folder)
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn two_processes_may_write_one_file() {
    let template = template("SELECT id FROM t WHERE a = $1 AND b = $2");
    let versions: Vec<Description> = (1..=2_usize)
        .map(|number| Description {
            reads: vec!["public.t".repeat(500 * number)],
            ..description(&template)
        })
        .collect();
    if let Some(folder) = env::var_os(WRITER) {
        // This process is one of the writers below.
        let store = Store::open(folder);
        for round in 0..200 {
            store.overwrite(&template, &versions[round % 2]).unwrap();
        }
        return;
    }
    let scratch = Scratch::new();
    let store = Store::open(scratch.path());
    store.put(&template, &versions[0]).unwrap();
    let mut writers = [writer(scratch.path()), writer(scratch.path())];
    while writers
        .iter_mut()
        .any(|writer| writer.try_wait().unwrap().is_none())
    {
        let found = store.get(&template).unwrap().unwrap();
        assert!(versions.contains(&found.with_names_of(&template)));
    }
    for mut writer in writers {
        assert!(writer.wait().unwrap().success());
    }
    assert_eq!(scratch.files().len(), 1, "{:?}", scratch.files());
}
