//! Every rule against the memory store.

mod conversations;
mod groups;
mod messages;
mod push;
mod revoke;
mod sessions;
mod targets;
pub(super) mod world;
