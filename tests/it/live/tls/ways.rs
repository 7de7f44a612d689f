//! Which way a session takes where the server's rules leave one of them, and how TLS begins.

use hathi::{SslMode, SslNegotiation};
use hathi_tests::{
    BACKENDS, CERT_ROLE, Certificate, EITHER_ROLE, PLAIN_ROLE, SSL_ROLE, on_every_encrypted_server,
};

use super::open;

on_every_encrypted_server! {
    async fn the_way_that_the_servers_rules_leave_is_found(server) {
        for backend in BACKENDS {
            for (role, mode, encrypted) in [
                (SSL_ROLE, "allow", true),
                (SSL_ROLE, "prefer", true),
                (PLAIN_ROLE, "allow", false),
                (PLAIN_ROLE, "prefer", false),
                (EITHER_ROLE, "allow", false),
                (EITHER_ROLE, "prefer", true),
            ] {
                let found = open(&server.config(role, mode).tls_backend(backend)).await;
                assert_eq!(found.unwrap(), encrypted, "{role}, sslmode={mode}, {backend:?}");
            }
            for (role, mode) in [(SSL_ROLE, "disable"), (PLAIN_ROLE, "require"), (PLAIN_ROLE, "verify-full")] {
                let error = open(&server.config(role, mode).tls_backend(backend)).await.unwrap_err();
                assert_eq!(error.sql_state().unwrap().code(), "28000", "{role}, sslmode={mode}: {error}");
            }
        }
    }

    async fn if_both_ways_fail_the_first_failure_is_told(server) {
        for backend in BACKENDS {
            // The last rule for these roles rejects them; the error says which way was taken.
            let words = |error: hathi::Error| error.to_string();
            let prefer = words(open(&server.config(CERT_ROLE, "prefer").tls_backend(backend)).await.unwrap_err());
            assert!(prefer.contains("certificate"), "{prefer}");
            let allow = words(open(&server.config(CERT_ROLE, "allow").tls_backend(backend)).await.unwrap_err());
            assert!(allow.contains("pg_hba.conf rejects connection") && allow.contains("no encryption"), "{allow}");
            let wrong = open(&server.config(SSL_ROLE, "prefer").tls_backend(backend).password("wrong")).await.unwrap_err();
            assert_eq!(wrong.sql_state().unwrap().code(), "28P01", "{wrong}");
        }
    }

    async fn tls_begins_without_a_question_from_version_17(server) {
        for backend in BACKENDS {
            for mode in ["require", "verify-full"] {
                let config = server.config(SSL_ROLE, mode).tls_backend(backend);
                match open(&config.ssl_negotiation(SslNegotiation::Direct)).await {
                    Ok(encrypted) => assert!(encrypted && server.major() >= 17),
                    Err(error) => {
                        assert!(server.major() < 17, "{error}");
                        assert!(error.is_tls() && error.to_string().contains("before PostgreSQL 17"), "{error}");
                    }
                }
            }
            let config = server.config(SSL_ROLE, "prefer").ssl_negotiation(SslNegotiation::Direct);
            let error = open(&config.tls_backend(backend)).await.unwrap_err();
            assert!(error.to_string().contains("sslnegotiation=direct needs sslmode=require"), "{error}");
        }
    }

    async fn a_certificate_that_is_renewed_is_seen_by_the_next_connection(server) {
        // What is read once is what the client trusts, not what the server shows.
        let config = server.config(SSL_ROLE, "verify-full");
        assert!(open(&config).await.unwrap());
        server.show(Certificate::Expired).await;
        assert!(open(&config).await.unwrap_err().is_tls());
        server.show(Certificate::Right).await;
        assert!(open(&config.clone()).await.unwrap());
        assert!(open(&config.ssl_mode(SslMode::Prefer)).await.unwrap());
    }
}
