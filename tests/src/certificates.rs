//! Certificates made while the tests run: authorities, servers as they should be and as they should not, clients.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

/// What a server shows to its clients, who expect `localhost`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certificate {
    /// As it should be.
    Right,
    /// It was.
    Expired,
    /// Signed by itself.
    SelfSigned,
    /// Somebody else's.
    WrongName,
    /// Signed by an authority that clients do not know.
    UnknownAuthority,
}

impl Certificate {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Right,
        Self::Expired,
        Self::SelfSigned,
        Self::WrongName,
        Self::UnknownAuthority,
    ];

    /// The name of its files.
    pub(crate) fn file(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Expired => "expired",
            Self::SelfSigned => "self-signed",
            Self::WrongName => "wrong-name",
            Self::UnknownAuthority => "unknown-authority",
        }
    }
}

/// A folder with all certificates and their keys.
#[derive(Debug)]
pub struct CertificateFolder(PathBuf);

impl CertificateFolder {
    /// Makes all of them beside a file of the server, with which they go, and gives those of servers to its owner.
    ///
    /// # Panics
    ///
    /// If a file cannot be written.
    pub fn beside(owner: &Path) -> Self {
        let path = owner.with_file_name("certificates");
        fs::create_dir_all(&path).expect("a folder for certificates");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("a folder of ours");
        let this = Self(path);
        let (ours, others) = (Authority::new("ours"), Authority::new("others"));
        this.write("root.crt", &ours.pem);
        this.write("other-root.crt", &others.pem);
        for certificate in Certificate::ALL {
            let name = match certificate {
                Certificate::WrongName => "elsewhere",
                _ => "localhost",
            };
            let year = match certificate {
                Certificate::Expired => 2001,
                _ => 4000,
            };
            let issuer = match certificate {
                Certificate::SelfSigned => None,
                Certificate::UnknownAuthority => Some(&others),
                _ => Some(&ours),
            };
            this.issue(certificate.file(), name, year, issuer);
            this.give(certificate.file(), owner);
        }
        this.issue("man-in-between", "localhost", 4000, Some(&ours));
        this.issue("client", crate::CERT_ROLE, 4000, Some(&ours));
        this.issue("expired-client", crate::CERT_ROLE, 2001, Some(&ours));
        this.issue("other-client", crate::CERT_ROLE, 4000, Some(&others));
        this
    }

    /// The path of one of them: `root.crt`, `client.key`, …
    pub fn path(&self, file: &str) -> String {
        self.0.join(file).display().to_string()
    }

    /// A certificate for a name, which is a server's name and a client's role.
    fn issue(&self, file: &str, name: &str, year: i32, issuer: Option<&Authority>) {
        let key = rcgen::KeyPair::generate().expect("a key");
        let mut parameters =
            rcgen::CertificateParams::new([name.replace('_', "-")]).expect("a name");
        parameters.not_after = rcgen::date_time_ymd(year, 1, 1);
        let common = rcgen::DnType::CommonName;
        parameters.distinguished_name.push(common, name);
        let certificate = match issuer {
            Some(authority) => parameters.signed_by(&key, &authority.issuer),
            None => parameters.self_signed(&key),
        };
        let pem = certificate.expect("a certificate").pem();
        self.write(&format!("{file}.crt"), &pem);
        self.write(&format!("{file}.key"), &key.serialize_pem());
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.0.join(file);
        fs::write(&path, text).expect("a file in a folder of ours");
        let mode = if file.ends_with(".key") { 0o600 } else { 0o644 };
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("a file of ours");
    }

    fn give(&self, file: &str, owner: &Path) {
        let owner = fs::metadata(owner).expect("a file of the server");
        let key = self.0.join(format!("{file}.key"));
        chown(key, Some(owner.uid()), Some(owner.gid())).expect("a file of ours");
    }
}

struct Authority {
    pem: String,
    issuer: rcgen::Issuer<'static, rcgen::KeyPair>,
}

impl Authority {
    fn new(name: &str) -> Self {
        let key = rcgen::KeyPair::generate().expect("a key");
        let mut parameters = rcgen::CertificateParams::new([]).expect("no name");
        let common = rcgen::DnType::CommonName;
        parameters.distinguished_name.push(common, name);
        parameters.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let pem = parameters.self_signed(&key).expect("a certificate").pem();
        Self {
            pem,
            issuer: rcgen::Issuer::new(parameters, key),
        }
    }
}
