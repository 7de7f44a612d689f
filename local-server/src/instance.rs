//! One server: its folder, where it is reached, its version.

use crate::address::Address;
use crate::error::Error;
use crate::folder;
use crate::home::Home;
use crate::version::Version;

/// A server that was started, by this process or another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Instance {
    pub(crate) home: Home,
    pub(crate) address: Address,
    pub(crate) version: Version,
}

impl Instance {
    /// Stops the server at once, with no help of a watchdog, and removes its folders.
    pub(crate) fn stop(&self) -> Result<(), Error> {
        self.home.stop()?;
        folder::remove(self.address.socket_folder())
    }
}
