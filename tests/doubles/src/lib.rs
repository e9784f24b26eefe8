//! Strict doubles of the push vendors' servers, for tests, benches and the story example.
//!
//! A double listens on loopback with a certificate of its own making, checks every request as strictly as the vendor
//! documents allow, records it, and answers as the vendor would, or as a script says. All keys are generated at start.

#![forbid(unsafe_code)]

mod apns;
mod fcm;
mod identity;
mod maker;
mod record;

pub use apns::{ApnsAnswer, ApnsDouble, ApnsOptions};
pub use fcm::{FcmAnswer, FcmDouble};
pub use maker::{MakerAnswer, MakerDouble};
pub use record::{Recorded, TooFew};
