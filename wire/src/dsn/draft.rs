//! Settings as they are read, before hosts, addresses and ports are brought together.

use core::net::IpAddr;
use std::time::Duration;

use super::auth_methods::{AuthMethod, AuthMethods};
use super::error::nearest;
use super::words::Word;
use super::{Dsn, DsnError, Host, PORT, Secret};

/// Settings that are read one after the other; the last of a name counts.
#[derive(Debug, Default)]
pub(super) struct Draft {
    dsn: Dsn,
    hosts: Vec<String>,
    addresses: Vec<String>,
    ports: Vec<String>,
}

/// Every setting that can be followed, or is refused in words of its own.
const KNOWN: [&str; 56] = [
    "application_name",
    "channel_binding",
    "client_encoding",
    "connect_timeout",
    "dbname",
    "fallback_application_name",
    "gssdelegation",
    "gssencmode",
    "gsslib",
    "host",
    "hostaddr",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "krbsrvname",
    "load_balance_hosts",
    "max_protocol_version",
    "min_protocol_version",
    "oauth_ca_file",
    "oauth_client_id",
    "oauth_client_secret",
    "oauth_issuer",
    "oauth_scope",
    "options",
    "passfile",
    "password",
    "port",
    "replication",
    "require_auth",
    "requirepeer",
    "scram_client_key",
    "scram_server_key",
    "service",
    "servicefile",
    "ssl_max_protocol_version",
    "ssl_min_protocol_version",
    "sslcert",
    "sslcertmode",
    "sslcompression",
    "sslcrl",
    "sslcrldir",
    "sslkey",
    "sslkeylogfile",
    "sslmode",
    "sslnegotiation",
    "sslpassword",
    "sslrootcert",
    "sslsni",
    "target_session_attrs",
    "tcp_user_timeout",
    "user",
    "ssl",
    "requiressl",
    "tty",
    "authtype",
];

/// The known setting of this name, as a name that lives on.
fn known(key: &str) -> Result<&'static str, DsnError> {
    let found = KNOWN.iter().find(|&&name| name == key);
    found.copied().ok_or_else(|| DsnError::UnknownKey {
        key: key.to_owned(),
        nearest: nearest(key, &KNOWN),
    })
}

impl Draft {
    /// Takes one setting. An empty value leaves it open, as if it were not there.
    pub(super) fn set(&mut self, key: &str, value: &str) -> Result<(), DsnError> {
        let key = known(key)?;
        if value.is_empty() {
            return Ok(());
        }
        let text = || Some(value.to_owned());
        let dsn = &mut self.dsn;
        match key {
            "host" => self.hosts = list(value),
            "hostaddr" => self.addresses = list(value),
            "port" => self.ports = list(value),
            "user" => dsn.user = text(),
            "password" => dsn.password = text().map(Secret::new),
            "passfile" => dsn.passfile = text(),
            "dbname" => dsn.database = text(),
            "service" => dsn.service = text(),
            "servicefile" => dsn.service_file = text(),
            "application_name" => dsn.application_name = text(),
            "fallback_application_name" => dsn.fallback_application_name = text(),
            "options" => dsn.options = text(),
            "sslrootcert" => dsn.ssl_root_cert = text(),
            "sslcert" => dsn.ssl_cert = text(),
            "sslkey" => dsn.ssl_key = text(),
            "sslmode" => dsn.ssl_mode = word(key, value)?,
            "sslnegotiation" => dsn.ssl_negotiation = word(key, value)?,
            "sslsni" => dsn.ssl_sni = word(key, value)?,
            "channel_binding" => dsn.channel_binding = word(key, value)?,
            "min_protocol_version" => dsn.min_protocol_version = word(key, value)?,
            "max_protocol_version" => dsn.max_protocol_version = word(key, value)?,
            "target_session_attrs" => dsn.target_session_attrs = word(key, value)?,
            "load_balance_hosts" => dsn.load_balance_hosts = word(key, value)?,
            "require_auth" => {
                let methods = AuthMethods::read(value);
                dsn.require_auth = Some(methods.ok_or(wrong(key, AuthMethod::EXPECTED))?);
            }
            _ => return self.set_time(key, value),
        }
        Ok(())
    }

    /// Takes a setting whose value is a time or a count.
    fn set_time(&mut self, key: &'static str, value: &str) -> Result<(), DsnError> {
        let number = || value.trim().parse::<i32>().ok();
        // What libpq calls "no limit" and "the system's default" is zero or less.
        let count = |expected| {
            let number = number().ok_or(wrong(key, expected))?;
            Ok(u32::try_from(number).unwrap_or_default())
        };
        let seconds = || Ok(Duration::from_secs(count("a number of seconds")?.into()));
        let keepalives = &mut self.dsn.keepalives;
        match key {
            // Every wait has a limit here, if not this one then the default.
            "connect_timeout" => {
                self.dsn.connect_timeout = Some(seconds()?).filter(|limit| !limit.is_zero());
            }
            "keepalives" => {
                let number = number().ok_or(wrong(key, bool::EXPECTED))?;
                keepalives.enabled = Some(number != 0);
            }
            "keepalives_idle" => keepalives.idle = Some(seconds()?),
            "keepalives_interval" => keepalives.interval = Some(seconds()?),
            "keepalives_count" => keepalives.count = Some(count("a number")?),
            "tcp_user_timeout" => {
                let limit = count("a number of milliseconds")?;
                self.dsn.tcp_user_timeout = Some(Duration::from_millis(limit.into()));
            }
            _ => return without_effect(key, value),
        }
        Ok(())
    }

    /// Brings hosts, addresses and ports together.
    pub(super) fn finish(self) -> Result<Dsn, DsnError> {
        let mut dsn = self.dsn;
        for port in &self.ports {
            let port = match port.trim() {
                "" => Some(PORT),
                digits => digits.parse().ok().filter(|&port| port > 0),
            };
            dsn.ports
                .push(port.ok_or(wrong("port", "a number from 1 to 65535"))?);
        }
        let names = self.hosts.iter();
        if self.addresses.is_empty() {
            dsn.hosts = names.map(|name| Host::new(named(name), PORT)).collect();
        } else if names.len() == 0 || names.len() == self.addresses.len() {
            for (index, address) in self.addresses.iter().enumerate() {
                let name = self.hosts.get(index).map_or("", String::as_str);
                dsn.hosts.push(addressed(name, address)?);
            }
        } else {
            return Err(wrong("hostaddr", "as many addresses as there are hosts"));
        }
        dsn.place()?;
        Ok(dsn)
    }
}

fn list(value: &str) -> Vec<String> {
    value
        .split(',')
        .map(|part| part.trim().to_owned())
        .collect()
}

/// A host that was left empty.
fn named(name: &str) -> &str {
    if name.is_empty() { "localhost" } else { name }
}

fn addressed(name: &str, address: &str) -> Result<Host, DsnError> {
    if address.is_empty() {
        return Ok(Host::new(named(name), PORT));
    }
    let parsed: IpAddr = address
        .parse()
        .map_err(|_| wrong("hostaddr", "an IP address, or several separated by commas"))?;
    let name = if name.is_empty() { address } else { name };
    Ok(Host::Tcp {
        name: name.to_owned(),
        address: Some(parsed),
        port: PORT,
    })
}

fn wrong(key: &'static str, expected: &'static str) -> DsnError {
    DsnError::Value { key, expected }
}

fn word<W: Word>(key: &'static str, value: &str) -> Result<Option<W>, DsnError> {
    match W::read(value) {
        Some(value) => Ok(Some(value)),
        None => Err(wrong(key, W::EXPECTED)),
    }
}

/// The settings of libpq that change nothing here, where they ask for nothing that is not done; otherwise an error.
fn without_effect(key: &'static str, value: &str) -> Result<(), DsnError> {
    let refuse = |instead| Err(DsnError::Unsupported { key, instead });
    match (key, value) {
        ("client_encoding", encoding) => match &*encoding.to_ascii_lowercase() {
            "utf8" | "utf-8" | "unicode" | "auto" => Ok(()),
            _ => Err(wrong(key, "UTF8: text in Rust is nothing else")),
        },
        ("gssencmode", "disable" | "prefer") => Ok(()),
        ("gssencmode", "require") => refuse("use sslmode=verify-full"),
        ("gssencmode", _) => Err(wrong(key, "disable, prefer or require")),
        // They matter to a server that asks for GSSAPI, which is refused by name.
        ("krbsrvname" | "gsslib" | "gssdelegation", _) => Ok(()),
        ("sslcompression", "0") => Ok(()),
        ("sslcompression", _) => {
            refuse("TLS libraries have dropped it because it leaks what is sent")
        }
        ("sslcertmode", "allow") => Ok(()),
        ("sslcertmode", _) => {
            refuse("a certificate is sent if sslcert names one and the server asks for it")
        }
        ("ssl_min_protocol_version", "TLSv1" | "TLSv1.1" | "TLSv1.2") => Ok(()),
        ("ssl_max_protocol_version", "TLSv1.3") => Ok(()),
        ("ssl_min_protocol_version" | "ssl_max_protocol_version", _) => {
            refuse("TLS 1.2 and 1.3 are spoken, the newer one if the server can")
        }
        ("sslpassword", _) => {
            refuse("use a key file without a passphrase, readable by its owner only")
        }
        ("sslcrl" | "sslcrldir", _) => {
            refuse("use sslrootcert with an authority that signs only servers you trust")
        }
        ("sslkeylogfile", _) => refuse("read the server's log with log_statement=all instead"),
        ("ssl", _) => refuse("use sslmode"),
        ("requiressl", "0") => Ok(()),
        ("requiressl", _) => refuse("use sslmode=require"),
        ("requirepeer", _) => {
            refuse("put the socket in a folder that only the server's user can write")
        }
        ("replication", "false" | "off" | "no" | "0") => Ok(()),
        ("replication", _) => {
            refuse("replication needs a client of its own, such as pg_receivewal")
        }
        ("scram_client_key" | "scram_server_key", _) => refuse("use password or passfile"),
        ("tty" | "authtype", _) => Ok(()),
        // What is left is what OAUTHBEARER needs.
        _ => refuse("use a password that is asked for at each connect"),
    }
}
