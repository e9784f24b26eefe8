//! The test kit: a whole service with strict vendor doubles, phones that use it, and what is needed to watch both.
//!
//! ```no_run
//! use zim_tests::{Kind, World, alert, text};
//!
//! let world = World::start();
//! let mut bob = world.phone("bob-phone", Kind::Iphone);
//! bob.register_push();
//! bob.login("bob");
//! bob.power_off();
//! let alice = world.online("alice");
//! alice.send(text("hello"), "bob", Some(alert("alice", "hello")));
//! let pushes = world.apns(1);
//! assert_eq!(pushes[0].body["aps"]["alert"]["body"], "hello");
//! ```
//!
//! | Part | Subject |
//! |---|---|
//! | [`World`] | an in-process server with doubles of the vendors |
//! | [`SeparateServer`] | the real `zim-server` program on its own folder, to be killed and started again |
//! | [`Phone`] | a device: messaging client, push client, install folder that outlives both |
//! | [`expect`] | what a vendor's request must be |
//! | [`Recorder`] | events, and waiting for them |
//! | [`Proxy`] | a link that goes silent or breaks |
//! | [`Raw`] | a bare WebSocket that speaks frames, good ones or bad |
//!
//! Every wait has a condition and a deadline; nothing here sleeps for a fixed time.

#![forbid(unsafe_code)]

pub mod expect;
mod http;
mod makers;
mod phone;
mod proxy;
mod raw;
mod recorder;
mod separate;
mod server_api;
mod settings;
mod site;
mod wait;
mod world;

pub use http::HttpAnswer;
pub use phone::{Kind, Phone, alert, text};
pub use proxy::Proxy;
pub use raw::{Raw, text_request};
pub use recorder::{Recorder, body, messages, texts};
pub use separate::SeparateServer;
pub use server_api::Signed;
pub use settings::{
    ADMIN_TOKEN, APNS_KEY_ID, APNS_TEAM_ID, APP_ID, APP_SIGN, BUNDLE_ID, PACKAGE, SECOND_BUNDLE_ID,
    SECOND_PACKAGE, SECRET, Settings,
};
pub use site::{Row, Service, Site, certificates, now_ms, seed, token};
pub use wait::{PATIENCE, until, wait};
pub use world::World;
pub use zim_vendor_doubles::{ApnsAnswer, FcmAnswer, MakerAnswer, Recorded};
