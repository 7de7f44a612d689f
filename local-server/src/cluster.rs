//! Makes the folder of a new instance: a copied cluster with rules, settings, a password and an empty log.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::address::{Address, Password};
use crate::error::{Error, Kind};
use crate::folder::{self, PrivateFolder};
use crate::home::Home;
use crate::installation::Installation;
use crate::instance::Instance;
use crate::machine::{self, Machine};
use crate::options::{Listen, Options};
use crate::platform;
use crate::process::Run;
use crate::standby;
use crate::template::{SUPERUSER, Template};
use crate::watchdog;

const PASSWORD_LIMIT: Duration = Duration::from_secs(60);

/// The port in the name of a socket when nothing listens on TCP.
pub(crate) const SOCKET_PORT: u16 = 5432;

/// What makes a server of scratch data quick, and every server alike; the caller's settings come after these.
const SETTINGS: [(&str, &str); 9] = [
    ("fsync", "off"),
    ("synchronous_commit", "off"),
    ("full_page_writes", "off"),
    ("min_wal_size", "80MB"),
    ("max_wal_size", "1GB"),
    ("log_checkpoints", "off"),
    ("timezone", "UTC"),
    ("log_timezone", "UTC"),
    ("lc_messages", "C"),
];

/// An instance whose folders exist, but whose server does not run; what it made is removed unless it is released.
#[derive(Debug)]
pub(crate) struct Cluster {
    pub(crate) instance: Instance,
    home: PrivateFolder,
    socket: Option<PrivateFolder>,
    log: File,
}

impl Cluster {
    /// Creates an instance below the parent folder.
    pub(crate) fn create(
        parent: &Path,
        installation: &Installation,
        machine: &Machine,
        options: &Options,
    ) -> Result<Self, Error> {
        let template = Template::of(installation, machine)?;
        let home = Home::create(parent)?;
        let socket = if machine::suits_socket(home.path()) {
            None
        } else {
            Some(Home::create(machine.temporary()?)?)
        };
        let socket_folder = socket.as_ref().unwrap_or(&home).path().to_owned();
        let address = match &options.primary {
            Some(primary) => standby::address(socket_folder, &primary.address)?,
            None => address(socket_folder, options.listen)?,
        };
        let instance = Instance {
            home: Home::at(home.path()),
            address,
            version: installation.version().clone(),
        };
        template.copy_to(&instance.home.data())?;
        configure(&instance, options)?;
        if let Some(primary) = &options.primary {
            standby::follow(primary, &instance.home)?;
        }
        let script = instance.home.watchdog();
        fs::write(&script, watchdog::SCRIPT).map_err(Error::io("write", &script))?;
        let log = open_log(&instance)?;
        // Nothing is written by us below these folders from here on: the other user could have put a link there.
        for folder in socket.iter().chain([&home]) {
            machine.account.give(folder.path())?;
        }
        // A standby has the password from its primary: a change of its own would part their ways.
        if options.primary.is_none() {
            set_password(&instance, installation, machine)?;
        }
        Ok(Self {
            instance,
            home,
            socket,
            log,
        })
    }

    /// Hands the folders and the log, locked, to whoever starts the server.
    pub(crate) fn release(self) -> (Instance, File) {
        self.home.keep();
        self.socket.map(PrivateFolder::keep);
        (self.instance, self.log)
    }
}

fn address(socket_folder: PathBuf, listen: Listen) -> Result<Address, Error> {
    Ok(match listen {
        Listen::Socket => Address {
            socket_folder,
            port: SOCKET_PORT,
            password: None,
        },
        Listen::SocketAndTcp => Address {
            socket_folder,
            port: free_port()?,
            password: Password::new(folder::random_name::<16>()?),
        },
    })
}

/// A port that is free now. Someone may take it before the server does; the start is tried again then.
pub(crate) fn free_port() -> Result<u16, Error> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(Error::io("find a free port of", Path::new("127.0.0.1")))
}

fn configure(instance: &Instance, options: &Options) -> Result<(), Error> {
    let data = instance.home.data();
    let rules = data.join("pg_hba.conf");
    fs::write(&rules, access_rules(instance.address.has_tcp()))
        .map_err(Error::io("write", &rules))?;
    let path = data.join("postgresql.conf");
    let mut wanted = options.settings.clone();
    if let Some(primary) = &options.primary {
        wanted.push((
            "primary_conninfo".to_owned(),
            standby::conninfo(&primary.address),
        ));
    }
    let settings = settings(&instance.address, &wanted)?;
    OpenOptions::new()
        .append(true)
        .open(&path)
        .and_then(|mut file| file.write_all(settings.as_bytes()))
        .map_err(Error::io("write", &path))
}

/// Whoever can enter the socket's folder is the server's user or root. Over TCP everyone needs the password.
fn access_rules(tcp: bool) -> String {
    let mut rules = "local all all trust\nlocal replication all trust\n".to_owned();
    if tcp {
        rules.push_str("host all all 127.0.0.1/32 scram-sha-256\nhost replication all 127.0.0.1/32 scram-sha-256\n");
    }
    rules
}

/// Lines for `postgresql.conf`, of which the last of a name counts.
fn settings(address: &Address, wanted: &[(String, String)]) -> Result<String, Error> {
    let (listen, port) = (
        if address.has_tcp() { "127.0.0.1" } else { "" },
        address.port().to_string(),
    );
    let socket = address.socket_folder().to_string_lossy();
    let fixed = [
        ("listen_addresses", listen),
        ("port", &port),
        ("unix_socket_directories", &socket),
        ("unix_socket_permissions", "0700"),
        // Files in the cluster: a server that is killed leaves nothing outside its folder, and /dev/shm may be tiny.
        ("dynamic_shared_memory_type", "mmap"),
        // The log is where the error of a failed start is read, and its lock says that the server lives.
        ("logging_collector", "off"),
        ("log_destination", "stderr"),
        ("password_encryption", "scram-sha-256"),
    ];
    let wanted = wanted
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let mut text = "\n".to_owned();
    for (name, value) in SETTINGS.into_iter().chain(wanted).chain(fixed) {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
        if name.is_empty() || !name.chars().all(plain) || value.contains(['\n', '\r', '\0']) {
            return Err(Kind::BadSetting {
                name: name.to_owned(),
            }
            .into());
        }
        let value = value.replace('\\', "\\\\").replace('\'', "''");
        text.push_str(&format!("{name} = '{value}'\n"));
    }
    Ok(text)
}

fn open_log(instance: &Instance) -> Result<File, Error> {
    let path = instance.home.log();
    let log = platform::private_file()
        .append(true)
        .create_new(true)
        .open(&path)
        .map_err(Error::io("create", &path))?;
    log.lock().map_err(Error::io("lock", &path))?;
    Ok(log)
}

/// Sets the superuser's password before the server ever listens. It goes over a pipe, and a failure does not log it.
fn set_password(
    instance: &Instance,
    installation: &Installation,
    machine: &Machine,
) -> Result<(), Error> {
    let Some(password) = &instance.address.password else {
        return Ok(());
    };
    let program = installation.bin().join("postgres");
    let mut postgres = machine.account.command(&program);
    postgres
        .args(["--single", "-D"])
        .arg(instance.home.data())
        .args(["-c", "log_min_error_statement=panic", SUPERUSER]);
    let sql = format!("ALTER ROLE {SUPERUSER} PASSWORD '{}'\n", password.expose());
    let run = Run {
        activity: "setting the password",
        limit: PASSWORD_LIMIT,
        input: Some(&sql),
    };
    let finished = run.finish(&mut postgres)?;
    if finished.status.success() && !finished.output.contains("ERROR:") {
        return Ok(());
    }
    Err(Kind::Program {
        program,
        status: Some(finished.status),
        output: finished.output,
    }
    .into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn socket() -> Address {
        Address {
            socket_folder: "/tmp/it's".into(),
            port: 5432,
            password: None,
        }
    }

    #[test]
    fn over_tcp_everyone_needs_the_password() {
        for rule in access_rules(true)
            .lines()
            .filter(|rule| !rule.starts_with("local"))
        {
            assert!(
                rule.starts_with("host ") && rule.ends_with(" scram-sha-256"),
                "{rule}"
            );
        }
        assert!(!access_rules(false).contains("host"));
    }

    #[test]
    fn the_callers_settings_beat_ours_but_for_those_that_make_it_private() {
        let wanted = [("fsync", "on"), ("listen_addresses", "*")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let text = settings(&socket(), &wanted).unwrap();
        let last = |name: &str| {
            text.lines()
                .rev()
                .find_map(|line| line.strip_prefix(&format!("{name} = ")))
                .unwrap()
        };
        assert_eq!(last("fsync"), "'on'");
        assert_eq!(last("listen_addresses"), "''");
        assert_eq!(last("unix_socket_directories"), "'/tmp/it''s'");
    }

    #[test]
    fn a_setting_that_could_smuggle_another_is_refused() {
        for (name, value) in [("a b", "x"), ("", "x"), ("a", "x\nfsync = on")] {
            let error = settings(&socket(), &[(name.to_owned(), value.to_owned())]).unwrap_err();
            assert!(
                error
                    .to_string()
                    .contains("cannot be the name of a setting"),
                "{error}"
            );
        }
    }
}
