//! As much of the protocol as it takes to log in, and to see what the server demands.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use hathi_local::Address;
use postgres_protocol::authentication::sasl::{ChannelBinding, ScramSha256};

/// How a login went.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Login {
    /// The server asked for nothing and told its version.
    Trusted { version: String },
    /// The server asked for a password by SCRAM, took it, and told its version.
    Proven { version: String },
    /// The server refused with this SQLSTATE.
    Refused { sqlstate: String },
}

/// Logs in over the unix socket.
pub(crate) fn over_socket(address: &Address) -> Login {
    let path = address
        .socket_folder()
        .join(format!(".s.PGSQL.{}", address.port()));
    let stream = UnixStream::connect(path).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    log_in(stream, "")
}

/// Logs in over TCP.
pub(crate) fn over_tcp(address: &Address, password: &str) -> Login {
    let stream = TcpStream::connect(("127.0.0.1", address.port())).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    log_in(stream, password)
}

/// The password in the URL of a server that listens on TCP.
pub(crate) fn password(address: &Address) -> String {
    let url = address.url();
    let rest = url.strip_prefix("postgres://postgres:").unwrap();
    rest.split_once('@').unwrap().0.to_owned()
}

fn log_in(mut stream: impl Read + Write, password: &str) -> Login {
    let parameters = b"\0\x03\0\0user\0postgres\0database\0postgres\0\0";
    let length = u32::try_from(parameters.len() + 4).unwrap();
    stream.write_all(&length.to_be_bytes()).unwrap();
    stream.write_all(parameters).unwrap();
    let mut scram = ScramSha256::new(password.as_bytes(), ChannelBinding::unsupported());
    let (mut proven, mut version) = (false, String::new());
    loop {
        let (tag, body) = message(&mut stream);
        match (tag, body.get(..4)) {
            (b'R', Some([0, 0, 0, 0])) => {}
            (b'R', Some([0, 0, 0, 10])) => {
                assert!(body[4..].starts_with(b"SCRAM-SHA-256\0"), "{body:?}");
                let mut answer = b"SCRAM-SHA-256\0".to_vec();
                answer.extend(u32::try_from(scram.message().len()).unwrap().to_be_bytes());
                answer.extend(scram.message());
                send(&mut stream, &answer);
            }
            (b'R', Some([0, 0, 0, 11])) => {
                scram.update(&body[4..]).unwrap();
                let answer = scram.message().to_vec();
                send(&mut stream, &answer);
            }
            (b'R', Some([0, 0, 0, 12])) => {
                scram.finish(&body[4..]).unwrap();
                proven = true;
            }
            (b'S', _) => {
                if let Some(value) = body.strip_prefix(b"server_version\0") {
                    version = String::from_utf8_lossy(value)
                        .trim_end_matches('\0')
                        .to_owned();
                }
            }
            (b'Z', _) if proven => return Login::Proven { version },
            (b'Z', _) => return Login::Trusted { version },
            (b'E', _) => {
                let sqlstate = body.split(|byte| *byte == 0).find_map(|field| {
                    field
                        .strip_prefix(b"C")
                        .map(|code| String::from_utf8_lossy(code).into_owned())
                });
                return Login::Refused {
                    sqlstate: sqlstate.unwrap(),
                };
            }
            (b'K', _) => {}
            other => panic!("{other:?}"),
        }
    }
}

fn message(stream: &mut impl Read) -> (u8, Vec<u8>) {
    let mut head = [0; 5];
    stream.read_exact(&mut head).unwrap();
    let length = u32::from_be_bytes(head[1..].try_into().unwrap());
    let mut body = vec![0; usize::try_from(length).unwrap() - 4];
    stream.read_exact(&mut body).unwrap();
    (head[0], body)
}

fn send(stream: &mut impl Write, answer: &[u8]) {
    stream.write_all(b"p").unwrap();
    let length = u32::try_from(answer.len() + 4).unwrap();
    stream.write_all(&length.to_be_bytes()).unwrap();
    stream.write_all(answer).unwrap();
}
