//! Every rule against the memory store.

mod conversations;
mod groups;
mod messages;
mod push;
mod revoke;
mod sessions;
pub(super) mod world;
