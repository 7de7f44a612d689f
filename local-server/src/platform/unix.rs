//! Unix: users, modes, links, signals.

use std::fs::{DirBuilder, File, Metadata, OpenOptions, Permissions};
use std::io::{self, Read};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use rustix::process::{Pid, geteuid, kill_process, kill_process_group};

use super::Signal;

pub(crate) const SUPPORTED: bool = true;

/// The effective user of this process.
pub(crate) fn user() -> u32 {
    geteuid().as_raw()
}

/// Who owns the file.
pub(crate) fn owner(metadata: &Metadata) -> u32 {
    metadata.uid()
}

/// The permission bits of the file, the sticky bit among them.
pub(crate) fn mode(metadata: &Metadata) -> u32 {
    metadata.mode() & 0o7777
}

/// Gives the file to a user, not following a link.
pub(crate) fn change_owner(path: &Path, uid: u32, gid: u32) -> io::Result<()> {
    std::os::unix::fs::lchown(path, Some(uid), Some(gid))
}

pub(crate) fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    std::fs::set_permissions(path, Permissions::from_mode(mode))
}

/// Creates a folder that only this user can enter; it must not exist yet.
pub(crate) fn create_private_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().mode(0o700).create(path)
}

/// Options to which more are added; a file that they create can be opened by this user only.
pub(crate) fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.mode(0o600);
    options
}

pub(crate) fn symlink(target: &Path, link: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, link)
}

/// Makes the command run as another user; std also drops the supplementary groups.
pub(crate) fn run_as(command: &mut Command, uid: u32, gid: u32) {
    command.uid(uid).gid(gid);
}

/// Puts the command into a process group of its own, which signals to this process's group do not reach.
pub(crate) fn lead_group(command: &mut Command) {
    command.process_group(0);
}

pub(crate) fn signal(pid: u32, signal: Signal) -> io::Result<()> {
    Ok(kill_process(process(pid)?, number(signal))?)
}

pub(crate) fn signal_group(leader: u32, signal: Signal) -> io::Result<()> {
    Ok(kill_process_group(process(leader)?, number(signal))?)
}

/// Fills the buffer with bytes nobody can guess.
pub(crate) fn random(buf: &mut [u8]) -> io::Result<()> {
    File::open("/dev/urandom")?.read_exact(buf)
}

/// No process but an ordinary one: 0 and 1 would mean a whole group and init.
fn process(pid: u32) -> io::Result<Pid> {
    i32::try_from(pid)
        .ok()
        .filter(|pid| *pid > 1)
        .and_then(Pid::from_raw)
        .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))
}

fn number(signal: Signal) -> rustix::process::Signal {
    match signal {
        Signal::Quit => rustix::process::Signal::QUIT,
        Signal::Kill => rustix::process::Signal::KILL,
    }
}
