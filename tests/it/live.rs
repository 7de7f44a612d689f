//! Real servers, each test with a database of its own.

mod ask;
mod cancelled;
mod connect;
mod drift;
mod dropped;
mod ended;
mod fragments;
mod handles;
mod limits;
mod long_life;
mod notices;
mod path;
mod pipelines;
mod pool;
mod prepared;
mod raw;
mod refused;
mod rows;
mod script;
mod streams;
mod surroundings;
mod tls;
mod transactions;
mod unnamed;
mod values;
mod verbs;
