//! Somebody between client and server who speaks TLS with both: with a certificate of their own, which the authority has
//! signed, too.

use std::net::TcpListener as BlockingListener;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use crate::encrypted::Encrypted;

const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f];

/// Listens until it is dropped.
#[derive(Debug)]
pub struct ManInBetween {
    port: u16,
    task: JoinHandle<()>,
}

impl ManInBetween {
    /// Stands in front of a server.
    ///
    /// # Panics
    ///
    /// If no port can be had.
    pub fn before(server: &Encrypted) -> Self {
        let listener = BlockingListener::bind(("127.0.0.1", 0)).expect("a free port");
        listener.set_nonblocking(true).expect("a socket");
        let listener = TcpListener::from_std(listener).expect("a socket");
        let port = listener.local_addr().expect("a port").port();
        let (acceptor, connector) = (acceptor(server), connector(server));
        let server = server.port();
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (acceptor, connector) = (acceptor.clone(), connector.clone());
                // What one side does not like ends the connection, which the other side sees.
                tokio::spawn(async move { drop(stand(client, server, acceptor, connector).await) });
            }
        });
        Self { port, task }
    }

    /// The TCP port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for ManInBetween {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn stand(
    mut client: TcpStream,
    port: u16,
    acceptor: TlsAcceptor,
    connector: TlsConnector,
) -> std::io::Result<()> {
    let mut request = [0; 8];
    client.read_exact(&mut request).await?;
    client.write_all(b"S").await?;
    let mut client = acceptor.accept(client).await?;
    let mut server = TcpStream::connect(("127.0.0.1", port)).await?;
    server.write_all(&SSL_REQUEST).await?;
    server.read_exact(&mut [0]).await?;
    let name = ServerName::try_from("localhost").expect("a name");
    let mut server = connector.connect(name, server).await?;
    copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}

fn acceptor(server: &Encrypted) -> TlsAcceptor {
    let chain = vec![certificate(&server.file("man-in-between.crt"))];
    let key = PrivateKeyDer::from_pem_file(server.file("man-in-between.key")).expect("a key");
    let config = ServerConfig::builder().with_no_client_auth();
    TlsAcceptor::from(Arc::new(
        config.with_single_cert(chain, key).expect("a pair"),
    ))
}

fn connector(server: &Encrypted) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    let root = certificate(&server.file("root.crt"));
    roots.add(root).expect("an authority");
    let config = ClientConfig::builder().with_root_certificates(roots);
    TlsConnector::from(Arc::new(config.with_no_client_auth()))
}

fn certificate(path: &str) -> CertificateDer<'static> {
    CertificateDer::from_pem_file(path).expect("a certificate")
}
