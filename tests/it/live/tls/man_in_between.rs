//! SCRAM bound to the transport: who passes it on is found out, even with a certificate that everybody trusts.

use hathi::{ChannelBinding, Session};
use hathi_tests::{
    BACKENDS, EITHER_ROLE, ManInBetween, PLAIN_ROLE, SSL_ROLE, on_every_encrypted_server,
};

use super::{is_encrypted, open};

on_every_encrypted_server! {
    async fn a_man_in_between_is_found_out_unless_binding_is_switched_off(server) {
        let man = ManInBetween::before(server);
        for backend in BACKENDS {
            let config = server.config(SSL_ROLE, "verify-full").tls_backend(backend);
            let direct = |binding| config.clone().channel_binding(binding);
            let through = |binding| direct(binding).port(man.port());
            for binding in [ChannelBinding::Prefer, ChannelBinding::Require] {
                assert!(open(&direct(binding)).await.unwrap());
                // The proof holds the hash of another certificate than the server's.
                let error = open(&through(binding)).await.unwrap_err();
                assert_eq!(error.sql_state().unwrap().code(), "28000", "{error}");
                assert!(error.to_string().contains("channel binding"), "{error}");
            }
            assert!(open(&through(ChannelBinding::Disable)).await.unwrap(), "{backend:?}");
        }
    }

    async fn binding_that_is_required_and_cannot_be_had_is_refused(server) {
        for backend in BACKENDS {
            let config = server.config(PLAIN_ROLE, "prefer").tls_backend(backend);
            assert!(!open(&config).await.unwrap());
            let error = open(&config.channel_binding(ChannelBinding::Require)).await.unwrap_err();
            // Over TLS the server has no rule for this role, and what it says comes first.
            assert_eq!(error.sql_state().unwrap().code(), "28000", "{error}");
            let config = server.config(PLAIN_ROLE, "allow").tls_backend(backend);
            let error = open(&config.channel_binding(ChannelBinding::Require)).await.unwrap_err();
            assert!(error.to_string().contains("channel_binding=require asks for SCRAM bound to TLS"), "{error}");
            let error = open(&server.config(EITHER_ROLE, "disable").channel_binding(ChannelBinding::Require)).await.unwrap_err();
            assert!(error.to_string().contains("channel_binding=require needs TLS"), "{error}");
        }
    }

    async fn a_unix_socket_is_never_encrypted_and_never_bound(server) {
        let mut witness = server.witness().await;
        assert!(!is_encrypted(&mut witness).await);
        let folder = crate::live::ask::text(&mut witness, "SELECT current_setting('unix_socket_directories')").await;
        for mode in ["prefer", "require", "verify-full"] {
            let config = server.config("postgres", mode).host(folder.clone());
            assert!(!open(&config).await.unwrap(), "{mode}");
        }
        let config = server.config("postgres", "require").host(folder).channel_binding(ChannelBinding::Require);
        assert!(Session::connect(&config).await.is_err());
    }
}
