//! A server that only speaks the protocol: it shows no tree, and has no catalog to ask.

use std::fmt::Debug;
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;

use async_trait::async_trait;
use futures_util::Sink;
use hathi_describe::{Database, Limits};
use hathi_query_cache::{Cardinality, StatementKind, Template};
use pgwire::api::auth::StartupHandler;
use pgwire::api::auth::noop::NoopStartupHandler;
use pgwire::api::portal::{Format, Portal};
use pgwire::api::query::{ExtendedQueryHandler, SimpleQueryHandler};
use pgwire::api::results::{FieldFormat, FieldInfo, Response};
use pgwire::api::stmt::QueryParser;
use pgwire::api::store::PortalStore;
use pgwire::api::{ClientInfo, ClientPortalStore, PgWireServerHandlers, Type};
use pgwire::error::{ErrorInfo, PgWireError, PgWireResult};
use pgwire::messages::PgWireBackendMessage;
use pgwire::tokio::process_socket;

/// Knows one table, `users (id, name)`, and one parameter for each `$`.
#[derive(Debug)]
struct Small;

#[derive(Debug)]
struct Handlers(Arc<Small>);

fn refused(what: &str) -> PgWireError {
    PgWireError::UserError(Box::new(ErrorInfo::new(
        "ERROR".to_owned(),
        "42P01".to_owned(),
        what.to_owned(),
    )))
}

#[async_trait]
impl NoopStartupHandler for Small {}

#[async_trait]
impl SimpleQueryHandler for Small {
    async fn do_query<C>(&self, _client: &mut C, _query: &str) -> PgWireResult<Vec<Response>>
    where
        C: ClientInfo + ClientPortalStore + Sink<PgWireBackendMessage> + Unpin + Send + Sync,
        C::PortalStore: PortalStore,
        C::Error: Debug,
        PgWireError: From<<C as Sink<PgWireBackendMessage>>::Error>,
    {
        Err(refused("there is no catalog"))
    }
}

#[async_trait]
impl QueryParser for Small {
    type Statement = String;

    async fn parse_sql<C>(
        &self,
        _client: &C,
        sql: &str,
        _types: &[Option<Type>],
    ) -> PgWireResult<Option<String>>
    where
        C: ClientInfo + Unpin + Send + Sync,
    {
        if sql.contains("users") {
            Ok(Some(sql.to_owned()))
        } else {
            Err(refused("there is no such table"))
        }
    }

    fn get_parameter_types(&self, sql: &String) -> PgWireResult<Vec<Type>> {
        Ok(vec![Type::INT4; sql.matches('$').count()])
    }

    fn get_result_schema(
        &self,
        sql: &String,
        _format: Option<&Format>,
    ) -> PgWireResult<Vec<FieldInfo>> {
        let field = |name: &str, ty| FieldInfo::new(name.into(), None, None, ty, FieldFormat::Text);
        Ok(if sql.starts_with("SELECT") {
            vec![field("id", Type::INT4), field("name", Type::TEXT)]
        } else {
            Vec::new()
        })
    }
}

#[async_trait]
impl ExtendedQueryHandler for Small {
    type Statement = String;
    type QueryParser = Self;

    fn query_parser(&self) -> Arc<Self> {
        Arc::new(Self)
    }

    async fn do_query<C>(
        &self,
        _client: &mut C,
        _portal: &Portal<String>,
        _max_rows: usize,
    ) -> PgWireResult<Response>
    where
        C: ClientInfo + ClientPortalStore + Sink<PgWireBackendMessage> + Unpin + Send + Sync,
        C::PortalStore: PortalStore<Statement = String>,
        C::Error: Debug,
        PgWireError: From<<C as Sink<PgWireBackendMessage>>::Error>,
    {
        Err(refused("nothing is to be run"))
    }
}

impl PgWireServerHandlers for Handlers {
    fn simple_query_handler(&self) -> Arc<impl SimpleQueryHandler> {
        Arc::clone(&self.0)
    }

    fn extended_query_handler(&self) -> Arc<impl ExtendedQueryHandler> {
        Arc::clone(&self.0)
    }

    fn startup_handler(&self) -> Arc<impl StartupHandler> {
        Arc::clone(&self.0)
    }
}

/// Starts the server, and says where it listens. It ends with the tests.
fn start() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    listener.set_nonblocking(true).unwrap();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            let handlers = Arc::new(Handlers(Arc::new(Small)));
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(process_socket(socket, None, Arc::clone(&handlers)));
            }
        });
    });
    port
}

#[test]
fn of_a_server_without_trees_and_catalog_types_are_known_and_nothing_else() {
    let dsn = format!("postgres://ada@127.0.0.1:{}/app?sslmode=disable", start());
    let mut database = Database::connect(&dsn.parse().unwrap(), Limits::default()).unwrap();
    let statements = [
        "SELECT id, name FROM users WHERE id = $1",
        "DELETE FROM users WHERE id = $1",
        "SELECT id FROM crew",
    ];
    let templates = statements.map(|sql| Template::parse(sql).unwrap());
    let [select, delete, wrong] = database.describe(&templates).unwrap().try_into().unwrap();
    let select = select.unwrap();
    assert_eq!(select.statement, StatementKind::Select);
    assert_eq!(select.cardinality, Some(Cardinality::Many));
    assert_eq!(select.parameters[0].ty, "int4");
    let columns = select.columns.unwrap();
    let types: Vec<&str> = columns.iter().map(|column| &*column.ty).collect();
    assert_eq!(types, ["int4", "text"]);
    for column in columns {
        assert!(column.nullable, "{column:?}");
        assert_eq!(
            column.because.as_deref(),
            Some("the server does not show how it understands the statement")
        );
    }
    let delete = delete.unwrap();
    assert_eq!(
        (delete.statement, delete.columns),
        (StatementKind::Delete, None)
    );
    assert_eq!(wrong.unwrap_err().0[0].message, "there is no such table");
    assert_eq!(database.fingerprint().unwrap().len(), 64);
}
