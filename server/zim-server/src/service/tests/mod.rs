//! Every rule against the memory store.

mod conversations;
mod groups;
mod messages;
mod push;
mod sessions;
pub(super) mod world;
