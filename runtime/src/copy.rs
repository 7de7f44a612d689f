//! COPY: rows and bytes in bulk, in and out.

mod bytes_in;
mod bytes_out;
mod command;
mod failure;
mod feed;
mod held;
mod lines;
mod options;
mod progress;
mod pull;
mod rows;
mod sink;
mod sql;
mod start;
mod statement;
mod text_value;
mod verbs;
mod writer;

pub use self::bytes_in::CopyInBytes;
pub use self::bytes_out::CopyOutBytes;
pub use self::command::{CopyInCommand, CopyOutCommand};
pub(crate) use self::failure::CopyFailure;
pub use self::options::{CopyFormat, CopyOptions};
pub use self::progress::CopyProgress;
pub use self::rows::CopyRows;
pub use self::statement::{CopyIn, CopyInParts, CopyOut, CopyOutParts};
pub use self::writer::CopyWriter;
