//! What the tests do to processes and folders from outside.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

/// Says to a test that is run as a program of its own where to write what it did; then it holds on instead of ending.
pub(crate) const REPORT: &str = "HATHI_TEST_REPORT";

/// A folder that everyone can enter, removed when dropped.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        use std::os::unix::fs::PermissionsExt;
        let path = PathBuf::from("/tmp").join(format!("hathi-it-{}-{name}", std::process::id()));
        fs::create_dir(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The names of all it holds.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(&self.0)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A command that runs one test of this binary as a program of its own.
pub(crate) fn program(test: &str, report: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]);
    command.env(REPORT, report);
    command
}

/// In a test that is run as a program of its own: tells the lines to the one who runs it.
pub(crate) fn report(lines: &[&str]) {
    if let Some(path) = std::env::var_os(REPORT) {
        let new = PathBuf::from(&path).with_extension("new");
        fs::write(&new, lines.join("\n")).unwrap();
        fs::rename(new, path).unwrap();
    }
}

/// The lines that a program reports.
pub(crate) fn await_report(path: &Path) -> Vec<String> {
    eventually("the program reports", || path.is_file());
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(str::to_owned).collect()
}

/// Waits until it is so, but not for ever: a first start may have to fetch PostgreSQL.
#[track_caller]
pub(crate) fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(120);
    while !is_so() {
        assert!(
            Instant::now() < deadline,
            "not so after two minutes: {what}"
        );
        thread::sleep(Duration::from_millis(25));
    }
}

/// The command lines of all processes that mention the text, each with its process number in front.
pub(crate) fn processes(text: &str) -> Vec<String> {
    let output = Command::new("ps")
        .args(["-A", "-ww", "-o", "pid=,args="])
        .output()
        .unwrap();
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    lines
        .lines()
        .filter(|line| line.contains(text))
        .map(|line| line.trim().to_owned())
        .collect()
}

/// Sends a signal to a process, or to a group if the number has a minus sign.
pub(crate) fn signal(name: &str, target: &str) {
    let status = Command::new("kill")
        .args(["-s", name, "--", target])
        .status()
        .unwrap();
    assert!(status.success());
}

/// The folder of the server whose log this is.
pub(crate) fn home(log: &Path) -> PathBuf {
    log.parent().unwrap().to_owned()
}
