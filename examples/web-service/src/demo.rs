//! A few requests to the service, and what it answers.

use std::error::Error;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const REQUESTS: [(&str, &str, &str); 8] = [
    (
        "POST",
        "/crew",
        r#"{"name": "Ada", "email": "ada@example.org"}"#,
    ),
    (
        "POST",
        "/crew",
        r#"{"name": "Grace", "email": "grace@example.org", "nick": "Amazing Grace"}"#,
    ),
    (
        "POST",
        "/crew",
        r#"{"name": "Another Ada", "email": "ada@example.org"}"#,
    ),
    ("POST", "/crew/1/captain", ""),
    ("POST", "/crew/7/captain", ""),
    ("GET", "/crew/2", ""),
    ("GET", "/crew/7", ""),
    ("GET", "/crew", ""),
];

/// Sends the requests one after the other, and prints the answers.
pub(crate) async fn run(address: SocketAddr) -> Result<(), Box<dyn Error>> {
    for (method, path, body) in REQUESTS {
        let answer = ask(address, method, path, body).await?;
        println!("{method} {path}\n  {answer}");
    }
    Ok(())
}

/// The status and the body of an answer. A client of yours would use a library.
async fn ask(
    address: SocketAddr,
    method: &str,
    path: &str,
    body: &str,
) -> Result<String, Box<dyn Error>> {
    let mut stream = TcpStream::connect(address).await?;
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let (head, body) = answer
        .split_once("\r\n\r\n")
        .ok_or("an answer without a body")?;
    let status = head
        .lines()
        .next()
        .unwrap_or_default()
        .trim_start_matches("HTTP/1.1 ");
    Ok(format!("{status} {body}").trim_end().to_owned())
}
