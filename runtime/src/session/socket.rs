//! How the system looks after the TCP connection of a session.

use std::io;
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;

use crate::config::SocketOptions;

/// Sets what the configuration wants of a socket.
pub(super) fn prepare(stream: &TcpStream, options: SocketOptions) -> io::Result<()> {
    let socket = SockRef::from(stream);
    if let Some((idle, interval, count)) = options.keepalive {
        let keepalive = TcpKeepalive::new();
        let keepalive = idle.map_or(keepalive.clone(), |idle| keepalive.with_time(idle));
        let keepalive = repeated(keepalive, interval, count);
        socket.set_tcp_keepalive(&keepalive)?;
    }
    #[cfg(target_os = "linux")]
    if let Some(limit) = options.user_timeout {
        socket.set_tcp_user_timeout(Some(limit))?;
    }
    Ok(())
}

/// How often the server is asked for a sign of life, where a program may say so.
#[cfg(any(
    target_os = "android",
    target_os = "freebsd",
    target_os = "linux",
    target_os = "macos",
    target_os = "netbsd",
    windows
))]
fn repeated(
    mut keepalive: TcpKeepalive,
    interval: Option<Duration>,
    count: Option<u32>,
) -> TcpKeepalive {
    if let Some(interval) = interval {
        keepalive = keepalive.with_interval(interval);
    }
    if let Some(count) = count {
        keepalive = keepalive.with_retries(count);
    }
    keepalive
}

#[cfg(not(any(
    target_os = "android",
    target_os = "freebsd",
    target_os = "linux",
    target_os = "macos",
    target_os = "netbsd",
    windows
)))]
fn repeated(
    keepalive: TcpKeepalive,
    _interval: Option<Duration>,
    _count: Option<u32>,
) -> TcpKeepalive {
    keepalive
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The socket of a connection to a listener of this process.
    async fn prepared(options: SocketOptions) -> TcpStream {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stream = TcpStream::connect(address).await.unwrap();
        prepare(&stream, options).unwrap();
        stream
    }

    #[tokio::test]
    async fn the_system_is_told_how_to_look_after_a_connection() {
        let options = SocketOptions {
            keepalive: Some((
                Some(Duration::from_secs(61)),
                Some(Duration::from_secs(11)),
                Some(4),
            )),
            user_timeout: Some(Duration::from_millis(1500)),
        };
        let stream = prepared(options).await;
        let socket = SockRef::from(&stream);
        assert!(socket.keepalive().unwrap());
        #[cfg(target_os = "linux")]
        {
            assert_eq!(
                socket.tcp_keepalive_time().unwrap(),
                Duration::from_secs(61)
            );
            assert_eq!(
                socket.tcp_keepalive_interval().unwrap(),
                Duration::from_secs(11)
            );
            assert_eq!(socket.tcp_keepalive_retries().unwrap(), 4);
            assert_eq!(
                socket.tcp_user_timeout().unwrap(),
                Some(Duration::from_millis(1500))
            );
        }
        let stream = prepared(SocketOptions::default()).await;
        assert!(!SockRef::from(&stream).keepalive().unwrap());
    }
}
