//! What the operating system does and std does not offer on every platform.

#[cfg(unix)]
mod unix;
#[cfg(unix)]
pub(crate) use unix::{
    SUPPORTED, change_owner, create_private_folder, lead_group, mode, owner, private_file, random,
    run_as, set_mode, signal, signal_group, symlink, user,
};

#[cfg(not(unix))]
mod other;
#[cfg(not(unix))]
pub(crate) use other::{
    SUPPORTED, change_owner, create_private_folder, lead_group, mode, owner, private_file, random,
    run_as, set_mode, signal, signal_group, symlink, user,
};

/// The two signals that end a server at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signal {
    /// SIGQUIT: PostgreSQL's immediate shutdown.
    Quit,
    /// SIGKILL, for what does not answer.
    Kill,
}
