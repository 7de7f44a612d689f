//! How each pooler is set up for the tests.

use super::program::{newer_pgbouncer, pgbouncer, program};
use super::{POOLER_PASSWORD, Pooler};
use crate::daemon::{Daemon, free_port};
use crate::server::Cluster;

/// Writes the files of a pooler and starts it.
pub(super) fn start(pooler: Pooler, mut daemon: Daemon, cluster: &Cluster, port: u16) -> Daemon {
    match pooler {
        Pooler::OldPgbouncerTransaction | Pooler::OldPgbouncerSession => {
            let (file, follows_names) = pgbouncer();
            let names = if follows_names {
                "max_prepared_statements = 0\n"
            } else {
                ""
            };
            let settings = pgbouncer_settings(pooler, &daemon, cluster, port) + names;
            daemon.write("pgbouncer.ini", &settings);
            daemon.run("KILL", &file, &["pgbouncer.ini"]);
        }
        Pooler::PgbouncerTransaction | Pooler::PgbouncerSession => {
            let settings = pgbouncer_settings(pooler, &daemon, cluster, port);
            daemon.write(
                "pgbouncer.ini",
                &(settings + "max_prepared_statements = 200\n"),
            );
            // The folder where it was built may be closed to the server's user.
            let file = daemon.copy("pgbouncer", &newer_pgbouncer());
            daemon.run("KILL", &file, &["pgbouncer.ini"]);
        }
        Pooler::Haproxy => {
            daemon.write("haproxy.cfg", &haproxy_settings(&daemon, cluster, port));
            daemon.run(
                "KILL",
                &program("haproxy", "haproxy"),
                &["-db", "-f", "haproxy.cfg"],
            );
        }
        Pooler::Pgpool => {
            daemon.write("pgpool.conf", &pgpool_settings(&daemon, cluster, port));
            let pgpool = program("pgpool", "pgpool2");
            daemon.run("QUIT", &pgpool, &["-n", "-D", "-f", "pgpool.conf"]);
        }
    }
    daemon
}

/// Servers are lent in turn, so that nothing of a session is found again by chance.
fn pgbouncer_settings(pooler: Pooler, daemon: &Daemon, cluster: &Cluster, port: u16) -> String {
    daemon.write("users", &format!("\"postgres\" \"{POOLER_PASSWORD}\"\n"));
    daemon.write(
        "access",
        "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n",
    );
    let mode = if pooler.lends_for_a_transaction() {
        "transaction"
    } else {
        "session"
    };
    let socket = cluster.socket();
    let server = socket.parent().expect("a socket is in a folder").display();
    format!(
        "[databases]\n* = host={server} port={}\n\n[pgbouncer]\n\
         listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir = {}\n\
         auth_type = hba\nauth_hba_file = access\nauth_file = users\n\
         pool_mode = {mode}\ndefault_pool_size = 20\nmax_client_conn = 500\nserver_round_robin = 1\n",
        cluster.port(),
        daemon.folder().display()
    )
}

fn haproxy_settings(daemon: &Daemon, cluster: &Cluster, port: u16) -> String {
    format!(
        "defaults\n  mode tcp\n  timeout connect 10s\n  timeout client 1h\n  timeout server 1h\n\n\
         listen sockets\n  bind unix@{folder}/.s.PGSQL.{port} mode 777\n  server one unix@{socket}\n\n\
         listen ports\n  bind 127.0.0.1:{port}\n  server one 127.0.0.1:{server}\n",
        folder = daemon.folder().display(),
        socket = cluster.socket().display(),
        server = cluster.port(),
    )
}

/// A server that is alone is never given up: by default one broken connection, as of a cancelled test, suffices for that.
/// It is named as the primary: to others Pgpool-II says a plain BEGIN, whatever isolation was asked for.
fn pgpool_settings(daemon: &Daemon, cluster: &Cluster, port: u16) -> String {
    let socket = cluster.socket();
    let server = socket.parent().expect("a socket is in a folder").display();
    let folder = daemon.folder().display();
    format!(
        "backend_clustering_mode = 'streaming_replication'\nsr_check_period = 0\nlisten_addresses = '127.0.0.1'\nport = {port}\n\
         socket_dir = '{folder}'\npcp_port = {pcp}\npcp_socket_dir = '{folder}'\n\
         pid_file_name = '{folder}/pgpool.pid'\nlogdir = '{folder}'\n\
         backend_hostname0 = '{server}'\nbackend_port0 = {}\n\
         backend_flag0 = 'ALWAYS_PRIMARY|DISALLOW_TO_FAILOVER'\n\
         num_init_children = 48\nconnection_cache = off\n",
        cluster.port(),
        pcp = free_port(),
    )
}
