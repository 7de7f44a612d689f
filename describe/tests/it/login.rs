//! What an address leaves out is looked up where libpq looks, and what it demands is followed.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::thread::{self, JoinHandle};

use hathi_describe::{Database, Dsn, Error, Limits};

/// A file with these permissions, removed when dropped.
struct File(PathBuf);

impl File {
    fn new(name: &str, text: &str, mode: u32) -> Self {
        let path = std::env::temp_dir().join(format!("hathi-{}-{name}", std::process::id()));
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        Self(path)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        drop(fs::remove_file(&self.0));
    }
}

/// Reads a message without its tag and returns its body.
fn body(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut length = [0; 4];
    stream.read_exact(&mut length).ok()?;
    let mut body = vec![0; usize::try_from(u32::from_be_bytes(length)).unwrap() - 4];
    stream.read_exact(&mut body).unwrap();
    Some(body)
}

/// A server that asks for a password, refuses whatever it is, and returns it.
fn asking() -> (u16, JoinHandle<Option<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let script = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        body(&mut stream).unwrap();
        stream.write_all(b"R\0\0\0\x08\0\0\0\x03").unwrap();
        stream.read_exact(&mut [0]).ok()?;
        let mut password = body(&mut stream).unwrap();
        password.pop();
        let words = b"E\0\0\0\x1eSFATAL\0VFATAL\0C28P01\0Mno\0\0";
        stream.write_all(words).unwrap();
        Some(String::from_utf8(password).unwrap())
    });
    (port, script)
}

fn refused(text: &str) -> Error {
    let mut dsn: Dsn = text.parse().unwrap();
    // The script does not know the question for TLS.
    dsn.ssl_mode = Some(hathi_wire::SslMode::Disable);
    Database::connect(&dsn, Limits::default()).unwrap_err()
}

#[test]
fn a_password_is_found_in_a_file_by_host_port_database_and_role() {
    let (port, script) = asking();
    let text = format!("127.0.0.1:1:*:*:other\n127.0.0.1:{port}:b:a:found\n");
    let file = File::new("pgpass", &text, 0o600);
    let passfile = file.0.display();
    let error = refused(&format!(
        "host=127.0.0.1 port={port} user=a dbname=b passfile={passfile}"
    ));
    assert_eq!(error.server().unwrap().code.code(), "28P01");
    assert_eq!(script.join().unwrap().as_deref(), Some("found"));
}

#[test]
fn a_password_file_that_others_may_read_is_not_used() {
    let (port, script) = asking();
    let file = File::new("open", "*:*:*:*:hush\n", 0o644);
    let passfile = file.0.display();
    let error = refused(&format!(
        "host=127.0.0.1 port={port} user=a passfile={passfile}"
    ))
    .to_string();
    assert!(
        error.contains("run chmod 600") && !error.contains("hush"),
        "{error}"
    );
    assert_eq!(script.join().unwrap(), None);
}

#[test]
fn a_service_says_what_the_address_leaves_out() {
    let (port, script) = asking();
    let file = File::new(
        "service",
        &format!("[crew]\nhost=127.0.0.1\nport={port}\npassword=served\n"),
        0o600,
    );
    refused(&format!(
        "service=crew servicefile={} user=a",
        file.0.display()
    ));
    assert_eq!(script.join().unwrap().as_deref(), Some("served"));
    let error = refused(&format!("service=cargo servicefile={}", file.0.display())).to_string();
    assert!(error.contains("service \"cargo\" was not found"), "{error}");
}

#[test]
fn a_method_that_was_not_allowed_gets_nothing() {
    let (port, script) = asking();
    let error = refused(&format!(
        "host=127.0.0.1 port={port} user=a password=hush require_auth=scram-sha-256"
    ));
    assert!(
        error.to_string().contains("asks for the method password"),
        "{error}"
    );
    assert_eq!(script.join().unwrap(), None);
    let error = refused("host=127.0.0.1 sslmode=disable channel_binding=require").to_string();
    assert!(
        error.contains("channel_binding=require needs TLS"),
        "{error}"
    );
}
