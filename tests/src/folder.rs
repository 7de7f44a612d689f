//! Short-lived folders for unix sockets, whose paths must be short.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use hathi::Config;

/// A folder that holds one socket, named as PostgreSQL names them; removed when dropped.
#[derive(Debug)]
pub struct SocketFolder(PathBuf);

const PORT: u16 = 5432;

impl SocketFolder {
    /// An empty folder.
    ///
    /// # Panics
    ///
    /// If it cannot be created.
    #[expect(
        clippy::new_without_default,
        reason = "it creates a folder, which a default value should not do"
    )]
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        // Not the folder for temporary files: on some systems its path is longer than that of a socket may be.
        let path = Path::new("/tmp").join(format!("hathi-tests-{}-{number}", std::process::id()));
        fs::create_dir(&path).expect("a folder can be created in /tmp");
        Self(path)
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Where the socket belongs.
    pub fn socket(&self) -> PathBuf {
        self.0.join(format!(".s.PGSQL.{PORT}"))
    }

    /// The way to the socket.
    pub fn config(&self) -> Config {
        Config::new()
            .host(self.0.to_string_lossy())
            .port(PORT)
            .user("ada")
            .database("crew")
    }
}

impl Drop for SocketFolder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}
