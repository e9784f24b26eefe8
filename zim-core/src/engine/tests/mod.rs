//! The engine against a reference model of the service, in virtual time.

mod calls;
mod connection;
mod conversations;
mod disk;
mod groups;
mod own;
mod push;
mod random;
mod recall;
mod receive;
mod robust;
mod send;
mod server;
mod session;
mod speed;
mod start;
mod world;
