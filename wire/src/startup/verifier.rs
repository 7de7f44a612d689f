//! What a server keeps of a password: enough to check it, not enough to log in with.

use postgres_protocol::password::scram_sha_256;

/// What `CREATE ROLE … PASSWORD '…'` takes instead of a password, so that the server never sees the password itself,
/// nor does its log: `SCRAM-SHA-256$4096:salt$stored:server`, with a random salt.
///
/// It holds no character that must be escaped between single quotes.
///
/// # Example: a role whose password never leaves the program
///
/// ```
/// let verifier = hathi_wire::scram_verifier("correct horse");
/// assert!(verifier.starts_with("SCRAM-SHA-256$4096:"));
/// let sql = format!("CREATE ROLE ada LOGIN PASSWORD '{verifier}'");
/// # let _ = sql;
/// ```
#[must_use]
pub fn scram_verifier(password: &str) -> String {
    scram_sha_256(password.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verifier_has_the_parts_a_server_reads_and_another_salt_each_time() {
        let verifier = scram_verifier("grüße");
        let parts: Vec<&str> = verifier.split(['$', ':']).collect();
        let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
        assert_eq!(parts[..2], ["SCRAM-SHA-256", "4096"]);
        assert_eq!(lengths[2..], [24, 44, 44]);
        assert!(!verifier.contains('\''));
        assert_ne!(verifier, scram_verifier("grüße"));
    }
}
