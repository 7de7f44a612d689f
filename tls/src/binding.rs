//! The `tls-server-end-point` of RFC 5929: a hash of the server's certificate that SCRAM binds itself to.

use ring::digest;

/// What SCRAM-SHA-256-PLUS binds itself to: the hash of the server's certificate, by the hash of its own signature.
///
/// `None` if the signature names no hash (Ed25519) or one that nobody should use: then channel binding is impossible.
///
/// # Example: bytes that are no certificate
///
/// ```
/// assert_eq!(hathi_tls::end_point(b"not a certificate"), None);
/// ```
#[must_use]
pub fn end_point(certificate: &[u8]) -> Option<Vec<u8>> {
    let algorithm = signature_hash(certificate)?;
    Some(digest::digest(algorithm, certificate).as_ref().to_vec())
}

/// Certificate ::= SEQUENCE { tbsCertificate SEQUENCE, signatureAlgorithm SEQUENCE { OBJECT IDENTIFIER, … }, … }
fn signature_hash(certificate: &[u8]) -> Option<&'static digest::Algorithm> {
    const SEQUENCE: u8 = 0x30;
    const IDENTIFIER: u8 = 0x06;
    let (body, _) = element(certificate, SEQUENCE)?;
    let (_, rest) = element(body, SEQUENCE)?;
    let (algorithm, _) = element(rest, SEQUENCE)?;
    let (identifier, parameters) = element(algorithm, IDENTIFIER)?;
    match identifier {
        RSA_PSS => pss_hash(parameters),
        known => HASHES
            .iter()
            .find(|(identifier, _)| *identifier == known)
            .map(|(_, hash)| *hash),
    }
}

/// RSASSA-PSS-params ::= SEQUENCE { hashAlgorithm [0] SEQUENCE { OBJECT IDENTIFIER, … }, … }
fn pss_hash(parameters: &[u8]) -> Option<&'static digest::Algorithm> {
    let (parameters, _) = element(parameters, 0x30)?;
    // Left out it means SHA-1, which RFC 5929 replaces.
    let Some((hash, _)) = element(parameters, 0xa0) else {
        return Some(&digest::SHA256);
    };
    let (hash, _) = element(hash, 0x30)?;
    match element(hash, 0x06)?.0 {
        [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01] => Some(&digest::SHA256),
        [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02] => Some(&digest::SHA384),
        [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03] => Some(&digest::SHA512),
        _ => None,
    }
}

const RSA_PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a];

/// Signature algorithms and their hashes; MD5 and SHA-1 are replaced by SHA-256.
const HASHES: &[(&[u8], &digest::Algorithm)] = &[
    // RSA with MD5, SHA-1, SHA-256, SHA-384, SHA-512.
    (
        &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x04],
        &digest::SHA256,
    ),
    (
        &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x05],
        &digest::SHA256,
    ),
    (
        &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b],
        &digest::SHA256,
    ),
    (
        &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0c],
        &digest::SHA384,
    ),
    (
        &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0d],
        &digest::SHA512,
    ),
    // ECDSA with SHA-1, SHA-256, SHA-384, SHA-512.
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x01], &digest::SHA256),
    (
        &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02],
        &digest::SHA256,
    ),
    (
        &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03],
        &digest::SHA384,
    ),
    (
        &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x04],
        &digest::SHA512,
    ),
];

/// The contents of a DER element with this tag, and what follows it.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&found, rest) = der.split_first()?;
    if found != tag {
        return None;
    }
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
        let length = digits.iter().try_fold(0_usize, |length, &digit| {
            length.checked_mul(256)?.checked_add(usize::from(digit))
        })?;
        (length, rest)
    };
    rest.split_at_checked(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed_by(algorithm: &'static rcgen::SignatureAlgorithm) -> Vec<u8> {
        let key = rcgen::KeyPair::generate_for(algorithm).unwrap();
        let parameters = rcgen::CertificateParams::new(["db".to_owned()]).unwrap();
        parameters.self_signed(&key).unwrap().der().to_vec()
    }

    #[test]
    fn the_hash_is_that_of_the_certificates_signature() {
        let certificate = signed_by(&rcgen::PKCS_ECDSA_P256_SHA256);
        let expected = digest::digest(&digest::SHA256, &certificate);
        assert_eq!(end_point(&certificate).as_deref(), Some(expected.as_ref()));
        let certificate = signed_by(&rcgen::PKCS_ECDSA_P384_SHA384);
        let expected = digest::digest(&digest::SHA384, &certificate);
        assert_eq!(end_point(&certificate).as_deref(), Some(expected.as_ref()));
    }

    #[test]
    fn a_signature_without_a_hash_binds_nothing() {
        assert_eq!(end_point(&signed_by(&rcgen::PKCS_ED25519)), None);
    }

    #[test]
    fn a_certificate_cut_anywhere_or_with_lying_lengths_is_no_panic() {
        let certificate = signed_by(&rcgen::PKCS_ECDSA_P256_SHA256);
        for cut in 0..certificate.len() {
            let _ = end_point(&certificate[..cut]);
            let mut lying = certificate.clone();
            lying[cut] = 0xff;
            let _ = end_point(&lying);
        }
    }
}
