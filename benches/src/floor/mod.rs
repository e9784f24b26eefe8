//! The least code that does the same work: the reference every figure is divided by.

mod server;
mod writer;

pub use server::run;
pub use writer::Writer;
