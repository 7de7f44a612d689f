//! Platforms on which no server can be run: everything compiles, and each entry point refuses before it comes here.

use std::fs::{Metadata, OpenOptions};
use std::io;
use std::path::Path;
use std::process::Command;

use super::Signal;

pub(crate) const SUPPORTED: bool = false;

pub(crate) fn user() -> u32 {
    u32::MAX
}

pub(crate) fn owner(_metadata: &Metadata) -> u32 {
    u32::MAX
}

pub(crate) fn mode(_metadata: &Metadata) -> u32 {
    0
}

pub(crate) fn change_owner(_path: &Path, _uid: u32, _gid: u32) -> io::Result<()> {
    Err(unsupported())
}

pub(crate) fn set_mode(_path: &Path, _mode: u32) -> io::Result<()> {
    Err(unsupported())
}

pub(crate) fn create_private_folder(_path: &Path) -> io::Result<()> {
    Err(unsupported())
}

pub(crate) fn private_file() -> OpenOptions {
    OpenOptions::new()
}

pub(crate) fn symlink(_target: &Path, _link: &Path) -> io::Result<()> {
    Err(unsupported())
}

pub(crate) fn run_as(_command: &mut Command, _uid: u32, _gid: u32) {}

pub(crate) fn lead_group(_command: &mut Command) {}

pub(crate) fn signal(_pid: u32, _signal: Signal) -> io::Result<()> {
    Err(unsupported())
}

pub(crate) fn signal_group(_leader: u32, _signal: Signal) -> io::Result<()> {
    Err(unsupported())
}

pub(crate) fn random(_buf: &mut [u8]) -> io::Result<()> {
    Err(unsupported())
}

fn unsupported() -> io::Error {
    io::Error::from(io::ErrorKind::Unsupported)
}
