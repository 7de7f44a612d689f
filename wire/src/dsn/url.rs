//! `postgres://user:password@host:port,host:port/database?setting=value`, percent-encoded.

use super::draft::Draft;
use super::{Dsn, DsnError};

/// Reads what stands behind the scheme.
pub(super) fn read(rest: &str) -> Result<Dsn, DsnError> {
    let mut draft = Draft::default();
    // Who comes first: a password may hold a question mark as it is.
    let authority = rest.split('/').next().unwrap_or_default();
    let rest = match authority.rsplit_once('@') {
        Some((user, _)) => {
            read_user(user, &mut draft)?;
            rest.get(user.len() + 1..).unwrap_or_default()
        }
        None => rest,
    };
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (hosts, path) = rest.split_once('/').unwrap_or((rest, ""));
    read_hosts(hosts, &mut draft)?;
    draft.set("dbname", &decode(path, "database")?)?;
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let split = pair.split_once('=');
        let (key, value) =
            split
                .filter(|(_, value)| !value.contains('='))
                .ok_or(DsnError::Url {
                    part: "settings",
                    expected: "setting=value (\"%3D\" is \"=\" itself)",
                })?;
        match (&*decode(key, "settings")?, decode(value, "settings")?) {
            // What other drivers call it; libpq takes it too.
            ("ssl", value) if value == "true" => draft.set("sslmode", "require")?,
            (key, value) => draft.set(key, &value)?,
        }
    }
    draft.finish()
}

fn read_user(text: &str, draft: &mut Draft) -> Result<(), DsnError> {
    let (user, password) = text
        .split_once(':')
        .map_or((text, None), |(user, password)| (user, Some(password)));
    draft.set("user", &decode(user, "user")?)?;
    match password {
        Some(password) => draft.set("password", &decode(password, "password")?),
        None => Ok(()),
    }
}

fn read_hosts(text: &str, draft: &mut Draft) -> Result<(), DsnError> {
    let (mut names, mut ports) = (Vec::new(), Vec::new());
    for host in text.split(',') {
        let (name, port) = split_port(host)?;
        names.push(decode(name, "host")?);
        ports.push(port);
    }
    draft.set("host", &names.join(","))?;
    draft.set("port", &ports.join(","))
}

/// `[::1]:5432`, `host:5432`, `host`.
fn split_port(host: &str) -> Result<(&str, &str), DsnError> {
    if let Some(rest) = host.strip_prefix('[') {
        let expected = "an IPv6 address in brackets, as in \"[::1]:5432\"";
        let split = rest.split_once(']').filter(|(name, _)| !name.is_empty());
        let (name, rest) = split.ok_or(DsnError::Url {
            part: "host",
            expected,
        })?;
        return match rest.strip_prefix(':') {
            Some(port) => Ok((name, port)),
            None if rest.is_empty() => Ok((name, "")),
            None => Err(DsnError::Url {
                part: "host",
                expected,
            }),
        };
    }
    Ok(host.split_once(':').unwrap_or((host, "")))
}

fn decode(text: &str, part: &'static str) -> Result<String, DsnError> {
    let wrong = || DsnError::Url {
        part,
        expected: "\"%\" only before two hexadecimal digits (\"%25\" is \"%\" itself)",
    };
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let (digits, tail) = rest.split_at_checked(2).ok_or_else(wrong)?;
        let digits = std::str::from_utf8(digits)
            .ok()
            .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        bytes.push(
            digits
                .and_then(|digits| u8::from_str_radix(digits, 16).ok())
                .ok_or_else(wrong)?,
        );
        rest = tail;
    }
    String::from_utf8(bytes)
        .ok()
        .filter(|text| !text.contains('\0'))
        .ok_or(DsnError::Url {
            part,
            expected: "UTF-8 without zero bytes",
        })
}
