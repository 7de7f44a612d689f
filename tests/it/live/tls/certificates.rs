//! Certificates of servers as they should be and as they should not, and those of clients.

use hathi_tests::{
    BACKENDS, CERT_ROLE, Certificate, EITHER_ROLE, SSL_ROLE, on_every_encrypted_server,
};

use super::open;

/// What becomes of a connection: refused, in clear, encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Refused,
    Clear,
    Tls,
}

use Outcome::{Clear, Refused, Tls};

const MODES: [&str; 6] = [
    "disable",
    "allow",
    "prefer",
    "require",
    "verify-ca",
    "verify-full",
];

/// What each mode makes of a certificate, the authority's file being given.
fn expected(certificate: Certificate) -> [Outcome; 6] {
    match certificate {
        Certificate::Right => [Clear, Clear, Tls, Tls, Tls, Tls],
        Certificate::WrongName => [Clear, Clear, Tls, Tls, Tls, Refused],
        _ => [Clear, Clear, Tls, Refused, Refused, Refused],
    }
}

on_every_encrypted_server! {
    async fn each_mode_accepts_the_certificates_that_it_should_and_no_others(server) {
        for certificate in Certificate::ALL {
            server.show(certificate).await;
            for backend in BACKENDS {
                for (mode, expected) in MODES.into_iter().zip(expected(certificate)) {
                    let outcome = open(&server.config(EITHER_ROLE, mode).tls_backend(backend)).await;
                    if let Err(error) = &outcome {
                        assert!(error.is_tls(), "{certificate:?} {mode}: {error}");
                        assert!(error.to_string().contains("no TLS with the server: "), "{error}");
                    }
                    let found = match outcome {
                        Err(_) => Refused,
                        Ok(false) => Clear,
                        Ok(true) => Tls,
                    };
                    assert_eq!(found, expected, "{certificate:?}, sslmode={mode}, {backend:?}");
                }
            }
        }
    }

    async fn a_client_shows_its_certificate_and_one_of_somebody_else_is_refused(server) {
        for backend in BACKENDS {
            let with = |file: &str| {
                let config = server.config(CERT_ROLE, "verify-full").tls_backend(backend);
                config.ssl_cert(server.file(&format!("{file}.crt"))).ssl_key(server.file(&format!("{file}.key")))
            };
            assert!(open(&with("client")).await.unwrap());
            for wrong in ["other-client", "expired-client"] {
                let error = open(&with(wrong)).await.unwrap_err();
                // With TLS 1.3 the server looks at it when the handshake is over for the client.
                assert!(error.server().is_none(), "{wrong}: {error}");
            }
            let error = open(&server.config(CERT_ROLE, "verify-full").tls_backend(backend)).await.unwrap_err();
            assert_eq!(error.sql_state().unwrap().code(), "28000", "{error}");
            let error = open(&with("client").user(SSL_ROLE).password("wrong")).await.unwrap_err();
            assert_eq!(error.sql_state().unwrap().code(), "28P01", "a certificate is no password: {error}");
        }
    }

    async fn settings_that_cannot_be_followed_are_refused_in_words(server) {
        for backend in BACKENDS {
            let config = server.config(SSL_ROLE, "require").tls_backend(backend);
            let missing = open(&config.clone().ssl_root_cert("/no/such/file")).await.unwrap_err();
            assert!(missing.is_tls() && missing.to_string().contains("cannot read /no/such/file"), "{missing}");
            let half = open(&config.clone().ssl_cert(server.file("client.crt"))).await.unwrap_err();
            assert!(half.is_tls() && half.to_string().contains("sslkey is not"), "{half}");
            let system = open(&config.ssl_root_cert("system")).await.unwrap_err();
            assert!(system.to_string().contains("sslrootcert=system needs sslmode=verify-full"), "{system}");
        }
    }
}
