//! The gateway from outside: a real server, real sockets, a client that speaks nothing but frames.

mod client;
mod http;
mod life;
mod sessions;
