//! Asks the server, over a connection of its own, to stop what runs in a session.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use hathi_wire::cancel_request;
use tokio::time::timeout;

use super::transport::{Address, Transport};

/// How long a server may take to hear a cancel request.
const LIMIT: Duration = Duration::from_secs(5);

/// A cancel request on its way: ready when the server has closed the connection it came over.
///
/// Until then it could hit a later statement, so nothing is sent in the session before.
pub(crate) struct Cancel(Pin<Box<dyn Future<Output = ()> + Send + Sync>>);

impl std::fmt::Debug for Cancel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cancel")
    }
}

impl Cancel {
    pub(crate) fn new(address: &Address, process: u32, secret: &[u8]) -> Self {
        let (address, request) = (address.clone(), cancel_request(process, secret));
        // Whatever goes wrong, the answer that is being drained ends some time, or the caller's time limit passes.
        Self(Box::pin(async move {
            drop(timeout(LIMIT, send(&address, &request)).await)
        }))
    }

    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.0.as_mut().poll(cx)
    }
}

async fn send(address: &Address, request: &[u8]) -> io::Result<()> {
    let mut transport = Transport::connect(address).await?;
    let mut sent = 0;
    while let Some(rest) = request.get(sent..).filter(|rest| !rest.is_empty()) {
        sent += std::future::poll_fn(|cx| transport.poll_write(cx, rest)).await?;
    }
    let mut byte = [0];
    while std::future::poll_fn(|cx| transport.poll_read(cx, &mut byte)).await? > 0 {}
    Ok(())
}
