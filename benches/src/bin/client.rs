//! The process that is counted: `client <url> <mode> <count>`, where the mode is `queries` or `rows`. `threads-` in front of
//! `queries` asks for the multi-thread runtime, `heard-` for a subscriber.

use std::hint::black_box;

use hathi::{Config, Error, Session};
use hathi_benches::{BY_ID, ROWS, UP_TO};

fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, mode, count] = arguments.as_slice() else {
        std::process::exit(2);
    };
    let (config, count) = (url.parse::<Config>()?, count.parse::<i32>().unwrap_or(0));
    match mode.as_str() {
        "threads-queries" => {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(1)
                .enable_all()
                .build();
            let Ok(runtime) = runtime else {
                std::process::exit(2)
            };
            let task = runtime.spawn(async move { queries(&config, count).await });
            runtime
                .block_on(task)
                .unwrap_or_else(|_| std::process::exit(2))
        }
        mode => {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            let Ok(runtime) = runtime else {
                std::process::exit(2)
            };
            match mode {
                #[cfg(feature = "tracing")]
                "heard-queries" => {
                    let registry = tracing_subscriber::registry();
                    let _listening = tracing::subscriber::set_default(registry);
                    runtime.block_on(queries(&config, count))
                }
                "rows" => runtime.block_on(rows(&config, count)),
                _ => runtime.block_on(queries(&config, count)),
            }
        }
    }
}

async fn queries(config: &Config, count: i32) -> Result<(), Error> {
    let mut session = Session::connect(config).await?;
    for i in 0..count {
        black_box(session.fetch_one(BY_ID.bind((i % ROWS + 1,))).await?);
    }
    session.close().await
}

async fn rows(config: &Config, count: i32) -> Result<(), Error> {
    let mut session = Session::connect(config).await?;
    for _ in 0..count / ROWS {
        black_box(session.fetch_all(UP_TO.bind((ROWS,))).await?);
    }
    session.close().await
}
