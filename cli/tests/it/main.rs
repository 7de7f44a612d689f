//! The program from outside: run on projects in folders of their own, with real servers.

mod batch;
mod check;
mod db;
mod describe;
mod help;
mod prepare;
mod project;
mod surroundings;
mod workspace;
