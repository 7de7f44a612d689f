//! Servers that play a script: what no real one says, or not on demand.

mod cancel;
mod conversation;
mod cut;
mod ending;
mod limits;
mod login;
mod noise;
mod order;
mod rows;
mod transactions;
