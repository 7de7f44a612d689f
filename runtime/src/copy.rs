//! COPY: rows and bytes in bulk, in and out.

mod options;
mod statement;

pub use self::options::{CopyFormat, CopyOptions};
pub use self::statement::{CopyIn, CopyInParts, CopyOut, CopyOutParts};
