//! `postgres://user:password@host:port,host:port/database?setting=value`, percent-encoded.

use super::{Draft, Dsn, DsnError};

/// Reads what stands behind the scheme.
pub(super) fn read(rest: &str) -> Result<Dsn, DsnError> {
    let mut draft = Draft::default();
    let (rest, query) = rest
        .split_once('?')
        .map_or((rest, ""), |(rest, query)| (rest, query));
    let (authority, path) = rest
        .split_once('/')
        .map_or((rest, ""), |(authority, path)| (authority, path));
    let hosts = match authority.rsplit_once('@') {
        Some((user, hosts)) => {
            read_user(user, &mut draft)?;
            hosts
        }
        None => authority,
    };
    read_hosts(hosts, &mut draft)?;
    if !path.is_empty() {
        draft.set("dbname", &decode(path, "database")?)?;
    }
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').ok_or(DsnError::Url {
            part: "settings",
            expected: "setting=value",
        })?;
        draft.set(&decode(key, "settings")?, &decode(value, "settings")?)?;
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
    for host in text.split(',').filter(|host| !host.is_empty()) {
        let (name, port) = split_port(host)?;
        draft.hosts.push(decode(name, "host")?);
        draft.ports.push(port.to_owned());
    }
    Ok(())
}

/// `[::1]:5432`, `host:5432`, `host`.
fn split_port(host: &str) -> Result<(&str, &str), DsnError> {
    if let Some(rest) = host.strip_prefix('[') {
        let expected = "an IPv6 address in brackets, as in \"[::1]:5432\"";
        let (name, rest) = rest.split_once(']').ok_or(DsnError::Url {
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
    String::from_utf8(bytes).map_err(|_| DsnError::Url {
        part,
        expected: "UTF-8",
    })
}
