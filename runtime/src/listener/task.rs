//! What reads the connection of a listener, and opens it again.

use std::collections::BTreeSet;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, SystemTime};

use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, Sleep, sleep, timeout};

use super::options::ListenerOptions;
use super::queue::Shared;
use crate::config::Config;
use crate::error::{Error, Kind};
use crate::notification::{Event, Gap};
use crate::session::Session;

/// How long the end of the session may take.
const CLOSING: Duration = Duration::from_secs(4);

/// What is asked of the task.
pub(super) enum Request {
    Change {
        verb: Verb,
        // Quoted.
        name: String,
        answer: oneshot::Sender<Result<(), Error>>,
    },
    Close,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Verb {
    Listen,
    Unlisten,
}

/// The task of a listener.
///
/// ```text
/// serve ── lost ──> wait ──> connect ──> LISTEN to all ──> Gap ──> serve
///   └── closed       ^──────── failed ────────┘
/// ```
/// What the lost connection had brought is told before the gap, and what the next one brings behind it.
pub(super) struct Task {
    config: Config,
    options: ListenerOptions,
    shared: Arc<Shared>,
    requests: mpsc::Receiver<Request>,
    // What was asked and not answered when the connection was lost.
    unanswered: Option<Request>,
    // The channels, quoted.
    channels: BTreeSet<String>,
    session: Session,
    // The last sign of life of the server, by two clocks: one that never goes back, and one that says what time it is.
    heard: (Instant, SystemTime),
    // Since when there is this connection, and how many were tried in vain before it.
    opened: Instant,
    failures: u32,
}

/// Why the connection is read no more.
enum Stop {
    Closed,
    Lost(Error),
}

/// What there is to be done.
enum Step {
    Asked(Option<Request>),
    Heard(Result<Event, Error>),
    Silent,
}

impl Task {
    pub(super) async fn connect(
        config: Config,
        options: ListenerOptions,
        shared: Arc<Shared>,
        requests: mpsc::Receiver<Request>,
    ) -> Result<Self, Error> {
        let session = open(&config, &options, &BTreeSet::new()).await?;
        shared.connected(session.process());
        Ok(Self {
            config,
            options,
            shared,
            requests,
            unanswered: None,
            channels: BTreeSet::new(),
            session,
            heard: (Instant::now(), SystemTime::now()),
            opened: Instant::now(),
            failures: 0,
        })
    }

    pub(super) async fn run(mut self) {
        loop {
            match self.serve().await {
                Stop::Closed => return,
                Stop::Lost(error) => {
                    if let Err(error) = self.reconnect(error).await {
                        return self.shared.end(Some(error));
                    }
                }
            }
        }
    }

    async fn serve(&mut self) -> Stop {
        let mut silence = pin!(sleep(self.options.check_every));
        if let Some(request) = self.unanswered.take()
            && let Some(stop) = self.answer(request).await
        {
            return stop;
        }
        loop {
            let stop = match self.step(silence.as_mut()).await {
                Step::Asked(None) => Some(self.close().await),
                Step::Asked(Some(request)) => self.answer(request).await,
                Step::Heard(Ok(event)) => {
                    self.heard();
                    self.shared.push(event);
                    None
                }
                Step::Heard(Err(error)) => Some(Stop::Lost(error)),
                Step::Silent => self.check(silence.as_mut()).await,
            };
            if let Some(stop) = stop {
                return stop;
            }
        }
    }

    async fn step(&mut self, mut silence: Pin<&mut Sleep>) -> Step {
        poll_fn(|cx| {
            if let Poll::Ready(request) = self.requests.poll_recv(cx) {
                return Poll::Ready(Step::Asked(request));
            }
            if self.shared.poll_room(cx).is_pending() {
                return Poll::Pending;
            }
            if let Poll::Ready(event) = self.session.link().poll_notification(cx) {
                return Poll::Ready(Step::Heard(event));
            }
            silence.as_mut().poll(cx).map(|()| Step::Silent)
        })
        .await
    }

    /// Asks a server that has been silent for a sign of life.
    async fn check(&mut self, mut silence: Pin<&mut Sleep>) -> Option<Stop> {
        let due = self.heard.0 + self.options.check_every;
        if Instant::now() >= due {
            let limit = self.options.check_limit;
            let during = "asking the server for a sign of life";
            match within(limit, during, self.session.simple("")).await {
                Ok(_) => self.heard(),
                Err(error) => return Some(Stop::Lost(error)),
            }
        }
        silence
            .as_mut()
            .reset(self.heard.0 + self.options.check_every);
        None
    }

    async fn answer(&mut self, request: Request) -> Option<Stop> {
        let Request::Change { verb, name, answer } = request else {
            return Some(self.close().await);
        };
        if answer.is_closed() {
            return None;
        }
        let script = match verb {
            Verb::Listen => format!("LISTEN {name}"),
            Verb::Unlisten => format!("UNLISTEN {name}"),
        };
        let limit = self.options.limit_of_calls(&self.config);
        let during = "changing what is listened to";
        let said = within(limit, during, self.session.simple(&script)).await;
        match said {
            Ok(_) => {
                match verb {
                    Verb::Listen => self.channels.insert(name),
                    Verb::Unlisten => self.channels.remove(&name),
                };
                self.heard();
                // Who asked may have gone meanwhile.
                let _ = answer.send(Ok(()));
            }
            Err(error) if error.server().is_some() && !error.is_closed() => {
                self.heard();
                let _ = answer.send(Err(error));
            }
            Err(error) => {
                self.unanswered = Some(Request::Change { verb, name, answer });
                return Some(Stop::Lost(error));
            }
        }
        None
    }

    async fn close(&mut self) -> Stop {
        let link = self.session.link();
        // A server that does not answer finds out when the connection is closed.
        let _ = timeout(CLOSING, poll_fn(|cx| link.poll_hang_up(cx))).await;
        Stop::Closed
    }

    fn heard(&mut self) {
        self.heard = (Instant::now(), SystemTime::now());
    }

    /// Opens the connection again, and tells the gap that it leaves.
    async fn reconnect(&mut self, cause: Error) -> Result<(), Error> {
        self.shared.connected(None);
        // What had arrived was said before the gap.
        while let Some(event) = self.session.link().take_event() {
            self.shared.push(event);
        }
        self.options.tell(&cause);
        let gap = Event::Gap(Gap {
            since: self.heard.1,
            dropped: 0,
            cause: Some(Arc::new(cause)),
        });
        let lost = Instant::now();
        if lost - self.opened > self.options.backoff.1 {
            self.failures = 0;
        }
        loop {
            sleep(self.options.wait(self.failures)).await;
            self.failures = self.failures.saturating_add(1);
            match open(&self.config, &self.options, &self.channels).await {
                Ok(session) => {
                    self.session = session;
                    self.opened = Instant::now();
                    self.heard();
                    self.shared.push(gap);
                    self.shared.connected(self.session.process());
                    return Ok(());
                }
                Err(error) => {
                    self.options.tell(&error);
                    let limit = self.options.give_up_after;
                    if limit.is_some_and(|limit| lost.elapsed() >= limit) {
                        return Err(error);
                    }
                }
            }
        }
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.session.link().say_goodbye();
        self.shared.end(None);
    }
}

/// A session that listens to these channels.
async fn open(
    config: &Config,
    options: &ListenerOptions,
    channels: &BTreeSet<String>,
) -> Result<Session, Error> {
    // Boxed: its future is large, and would be part of every future around it.
    let mut session = Box::pin(Session::connect(config)).await?;
    session.link().connection.keep_notifications(options.queue);
    if !channels.is_empty() {
        let listen = |name: &String| format!("LISTEN {name}; ");
        let script: String = channels.iter().map(listen).collect();
        let limit = options.limit_of_calls(config);
        let during = "listening again";
        within(limit, during, session.simple(&script)).await?;
    }
    Ok(session)
}

async fn within<T>(
    limit: Duration,
    during: &'static str,
    said: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let late = |_| Err(Error::new(Kind::Timeout { limit, during }));
    timeout(limit, said).await.unwrap_or_else(late)
}
