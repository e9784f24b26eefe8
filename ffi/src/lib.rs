//! `libzim`: the C ABI of open ZIM and ZPNs.
//!
//! This crate converts and nothing else: views of C memory become owned values, results become views, and panics,
//! NULL and misuse become a status. What a call does is said in zim-core and zpns-core.
//!
//! Conventions, for all of `zim.h` (see also `docs/c-abi.md`):
//! * a function returns [`status::zim_status`]: whether the *call* was well formed. How the operation went comes through its
//!   callback, exactly once, also on failure and on destroy;
//! * input is borrowed for the call and copied; output is a view that lives until the callback returns;
//! * structs start with `struct_size`; new fields are appended, a smaller size means they are absent.

#![deny(unsafe_op_in_unsafe_fn)]
#![allow(non_camel_case_types)]

mod arena;
mod callback;
pub mod client;
mod convert;
pub mod device;
pub mod error;
pub mod events;
pub mod generated;
mod guard;
pub mod log_sink;
pub mod message;
pub mod status;
pub mod types;
pub mod zpns;
