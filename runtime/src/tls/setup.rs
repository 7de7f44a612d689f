//! The libraries that speak TLS, set up once for each configuration.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use hathi_tls::{Error, Settings};
use hathi_wire::Dsn;

/// Which library speaks TLS.
///
/// # Example: the certificates of the platform, with the platform's own library
///
/// ```
/// # #[cfg(feature = "native-tls")]
/// # {
/// use hathi::{Config, TlsBackend};
///
/// let config = Config::new().tls_backend(TlsBackend::NativeTls);
/// # let _ = config;
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TlsBackend {
    /// rustls with ring: the one that is taken if both are there and nothing else is said.
    #[cfg(feature = "rustls")]
    Rustls,
    /// The platform's own: OpenSSL, Secure Transport or SChannel.
    #[cfg(feature = "native-tls")]
    NativeTls,
}

impl TlsBackend {
    #[cfg(feature = "rustls")]
    const DEFAULT: Self = Self::Rustls;
    #[cfg(not(feature = "rustls"))]
    const DEFAULT: Self = Self::NativeTls;
}

/// A library that has read its files.
#[derive(Debug, Clone)]
pub(super) enum Setup {
    #[cfg(feature = "rustls")]
    Rustls(hathi_tls::Protocol),
    #[cfg(feature = "native-tls")]
    NativeTls(hathi_tls::NativeProtocol),
}

impl Setup {
    fn new(backend: TlsBackend, settings: &Settings) -> Result<Self, Error> {
        match backend {
            #[cfg(feature = "rustls")]
            TlsBackend::Rustls => hathi_tls::Protocol::new(settings).map(Self::Rustls),
            #[cfg(feature = "native-tls")]
            TlsBackend::NativeTls => hathi_tls::NativeProtocol::new(settings).map(Self::NativeTls),
        }
    }
}

/// What a configuration and its clones have set up. Files are read for the first connection and never for a later one.
#[derive(Clone)]
pub(crate) struct Setups {
    backend: TlsBackend,
    // A configuration that is changed and used in between has several.
    ready: Arc<Mutex<Vec<(TlsBackend, Settings, Setup)>>>,
}

impl Setups {
    pub(crate) fn with(mut self, backend: TlsBackend) -> Self {
        self.backend = backend;
        self
    }

    /// The library, set up as the settings say. What could not be read is read again the next time.
    pub(super) fn of(&self, dsn: &Dsn) -> Result<Setup, Error> {
        let settings = Settings::of(dsn);
        // Whoever panicked here left a list of things that are all ready.
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        let known = ready
            .iter()
            .find(|(backend, known, _)| *backend == self.backend && *known == settings);
        if let Some((_, _, setup)) = known {
            return Ok(setup.clone());
        }
        let setup = Setup::new(self.backend, &settings)?;
        ready.push((self.backend, settings, setup.clone()));
        Ok(setup)
    }
}

impl Default for Setups {
    fn default() -> Self {
        Self {
            backend: TlsBackend::DEFAULT,
            ready: Arc::default(),
        }
    }
}

impl fmt::Debug for Setups {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.backend.fmt(f)
    }
}

/// What has been read is no part of what a configuration says.
impl PartialEq for Setups {
    fn eq(&self, other: &Self) -> bool {
        self.backend == other.backend
    }
}

impl Eq for Setups {}

#[cfg(all(test, feature = "rustls"))]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_once_for_a_configuration_and_its_clones() {
        let path = std::env::temp_dir().join(format!("hathi-setup-{}.crt", std::process::id()));
        let key = rcgen::KeyPair::generate().unwrap();
        let parameters = rcgen::CertificateParams::new(["db".to_owned()]).unwrap();
        std::fs::write(&path, parameters.self_signed(&key).unwrap().pem()).unwrap();
        let text = format!("host=db sslmode=verify-full sslrootcert={}", path.display());
        let dsn: Dsn = text.parse().unwrap();
        let setups = Setups::default();
        #[cfg_attr(
            not(feature = "native-tls"),
            expect(
                irrefutable_let_patterns,
                reason = "without native-tls there is only one"
            )
        )]
        let Setup::Rustls(first) = setups.of(&dsn).unwrap() else {
            panic!("rustls comes first");
        };
        std::fs::remove_file(&path).unwrap();
        #[cfg_attr(
            not(feature = "native-tls"),
            expect(
                irrefutable_let_patterns,
                reason = "without native-tls there is only one"
            )
        )]
        let Setup::Rustls(second) = setups.clone().of(&dsn).unwrap() else {
            panic!("rustls comes first");
        };
        assert!(Arc::ptr_eq(first.config(), second.config()));
        assert!(
            Setups::default().of(&dsn).is_err(),
            "nothing has been read there"
        );
    }
}
