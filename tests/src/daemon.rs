//! Programs that run in the background as the user of a server, in a folder of their own, and end with this process.

use std::fs::{self, File};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use hathi::{Config, Session};

use crate::folder::SocketFolder;

/// How long a program may take to answer, on a machine that does a lot else.
const START_LIMIT: Duration = Duration::from_secs(60);
/// How long it may take to end when it was told to.
const STOP_LIMIT: Duration = Duration::from_secs(30);
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(20);

/// Waits for the end of its input, which is the end of the process that holds the other end, and stops the program.
/// Arguments: the signal that stops it, its folder, its command.
const WATCH: &str = r#"
trap '' HUP INT QUIT TERM
signal=$1
folder=$2
shift 2
exec 3<&0 </dev/null
"$@" 3<&- &
program=$!
cat <&3 >/dev/null
kill -s "$signal" "$program"
wait "$program"
rm -rf -- "$folder"
"#;

/// A folder that belongs to the user of a server, and later the program that runs in it.
#[derive(Debug)]
pub(crate) struct Daemon {
    folder: SocketFolder,
    owner: (u32, u32),
    watch: Option<Child>,
}

impl Daemon {
    /// An empty folder that the user of a server can use, given a file of that user.
    pub(crate) fn folder_for(file: &Path) -> Self {
        let file = fs::metadata(file).expect("the server's socket is there");
        let owner = (file.uid(), file.gid());
        let folder = SocketFolder::new();
        let daemon = Self {
            folder,
            owner,
            watch: None,
        };
        daemon.give(daemon.folder());
        let open = fs::Permissions::from_mode(0o755);
        fs::set_permissions(daemon.folder(), open).expect("our own folder");
        daemon
    }

    /// The folder.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file for the program.
    pub(crate) fn write(&self, name: &str, content: &str) -> PathBuf {
        let path = self.folder().join(name);
        fs::write(&path, content).expect("a file in our own folder");
        self.give(&path);
        path
    }

    /// Copies a program into the folder.
    pub(crate) fn copy(&self, name: &str, program: &Path) -> PathBuf {
        let path = self.folder().join(name);
        fs::copy(program, &path).expect("a program can be copied to our own folder");
        self.give(&path);
        path
    }

    /// Runs the program; what it says is in the file `log`.
    pub(crate) fn run(&mut self, signal: &str, program: &Path, arguments: &[&str]) {
        let log = File::create(self.folder().join("log")).expect("a file in our own folder");
        let mut watch = Command::new("/bin/sh");
        watch
            .args(["-c", WATCH, "sh", signal])
            .arg(self.folder())
            .arg(program)
            .args(arguments)
            .current_dir(self.folder())
            .env("HOME", self.folder())
            .stdin(Stdio::piped())
            .stdout(log.try_clone().expect("a second handle of a file"))
            .stderr(log)
            .process_group(0);
        if self.is_of_somebody_else() {
            watch.uid(self.owner.0).gid(self.owner.1);
        }
        self.watch = Some(watch.spawn().expect("there is a shell"));
    }

    /// Waits until a session can be had.
    pub(crate) async fn answers(&self, config: &Config) {
        let deadline = Instant::now() + START_LIMIT;
        while let Err(error) = Session::connect(config).await {
            assert!(
                Instant::now() < deadline,
                "no session within {START_LIMIT:?}: {error}\n{}",
                self.log()
            );
            tokio::time::sleep(BETWEEN_ATTEMPTS).await;
        }
    }

    /// What the program has said.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder().join("log")).unwrap_or_default()
    }

    fn give(&self, path: &Path) {
        if self.is_of_somebody_else() {
            chown(path, Some(self.owner.0), Some(self.owner.1)).expect("root can give files away");
        }
    }

    fn is_of_somebody_else(&self) -> bool {
        fs::metadata("/proc/self").map_or(self.owner.0, |ours| ours.uid()) != self.owner.0
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        if let Some(mut watch) = self.watch.take() {
            drop(watch.stdin.take());
            let deadline = Instant::now() + STOP_LIMIT;
            while matches!(watch.try_wait(), Ok(None)) && Instant::now() < deadline {
                std::thread::sleep(Duration::from_millis(5));
            }
            if matches!(watch.try_wait(), Ok(None)) {
                eprintln!("it did not end within {STOP_LIMIT:?}:\n{}", self.log());
                // It leads a group.
                let group = format!("-{}", watch.id());
                let killed = Command::new("kill")
                    .args(["-s", "KILL", "--", &group])
                    .status();
                drop(killed.and_then(|_| watch.wait()));
            }
        }
    }
}

/// A port that nobody listens on.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("a port").port()
}
