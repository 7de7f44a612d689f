//! Servers that play a script: what no real one says, or not on demand.

mod cancel;
mod cancel_token;
mod conversation;
mod copies;
mod cut;
mod damaged;
mod demands;
mod encryption;
mod ending;
mod hosts;
mod limits;
mod login;
mod noise;
mod notifications;
mod order;
mod passwords;
mod pool;
mod rows;
mod targets;
mod transactions;
mod unnamed;
