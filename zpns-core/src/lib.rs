//! The Rust SDK for offline push: vendor choice, push id, binding, badge and notification events.
//!
//! The host owns the vendors' SDKs and hands in what they deliver through [`VendorChannel`]; this crate decides which
//! vendor a device uses, makes the PushID, has it bound to the user that logs in, and turns vendor messages into
//! events. It opens no socket: a [`zim_core::Client`] carries its registration (see [`Uplink`]).
//!
//! # Example
//!
//! ```
//! use std::sync::{Arc, Mutex};
//! use std::time::Duration;
//! use zpns_core::*;
//!
//! struct Phone;
//! impl VendorChannel for Phone {
//!     fn request_token(&self, _: Vendor, _: &PushConfig) -> Result<(), ChannelError> {
//!         Ok(()) // start the vendor's SDK here; its answer goes to `token_received`
//!     }
//!     fn release_token(&self, _: Vendor) -> Result<(), ChannelError> {
//!         Ok(())
//!     }
//!     fn set_local_badge(&self, _: Vendor, _: u32) {}
//! }
//!
//! struct Log(Mutex<Vec<Event>>);
//! impl EventHandler for Log {
//!     fn on_event(&self, _: &Zpns, event: Event) {
//!         self.0.lock().unwrap().push(event);
//!     }
//! }
//!
//! # struct Nowhere;
//! # impl Uplink for Nowhere {
//! #     fn set_push_registration(&self, _: Option<zim_proto::v1::PushRegistration>) {}
//! #     fn report_badge(&self, _: u32) {}
//! # }
//! # let client = Arc::new(Nowhere);
//! let device = DeviceProperties { os: Os::Android, bundle_id: "im.example".into(), ..Default::default() };
//! let zpns = Zpns::new(Options { device, channel: Arc::new(Phone), dispatch: Dispatch::Pump });
//! let log = Arc::new(Log(Mutex::default()));
//! zpns.set_event_handler(Some(log.clone()));
//! zpns.set_push_config(PushConfig::default().enable_fcm_push());
//! zpns.attach(1, client); // a `zim_core::Client` in an app
//! zpns.register_push();
//! zpns.token_received(Vendor::Fcm, "token-of-this-phone");
//!
//! assert!(zpns.next_event(Duration::ZERO));
//! let events = log.0.lock().unwrap();
//! let Event::Registered(registered) = &events[0] else { panic!() };
//! assert_eq!(registered.error_code, 0);
//! assert_eq!(Some(registered.push_id.clone()), zpns.push_id());
//! ```

#![forbid(unsafe_code)]

mod channel;
mod config;
mod device;
mod environment;
mod error;
mod event;
mod machine;
mod message;
mod queue;
mod standalone;
mod uplink;
mod vendor;
mod zpns;

pub use channel::{ChannelError, VendorChannel};
pub use config::PushConfig;
pub use device::{DeviceProperties, Os};
pub use environment::is_product;
pub use error::Error;
pub use event::{Event, EventHandler, EventKind, Registered};
pub use message::{PushMessage, VoipInfo, parse};
pub use standalone::Standalone;
pub use uplink::Uplink;
pub use vendor::{Vendor, choose};
pub use zim_core::Dispatch;
pub use zim_proto::{IOSEnvironment, ZpnsErrorCode};
pub use zpns::{Options, Zpns};
