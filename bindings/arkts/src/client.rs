//! One messaging client.

use crate::answers::Done;
use crate::calls;
use crate::convert::{FromJs, ToJs, member, members};
use crate::events::Handler;
use crate::outbox::Outbox;
use napi::bindgen_prelude::Function;
use napi_derive::napi;
use serde_json::Value;
use std::sync::Arc;
use zim_core::model::PlatformType;
use zim_core::{Client, ClientConfig, Error};

/// Version of the SDK.
#[napi]
#[must_use]
pub fn version() -> String {
    zim_core::VERSION.to_owned()
}

/// A client of the Rust SDK. JavaScript's classes are above it.
#[napi]
pub struct NativeZim {
    client: Client,
    app_id: u32,
    outbox: Arc<Outbox>,
}

#[napi]
impl NativeZim {
    /// `wake` is called when there is something to [`take`](Self::take). Throws `{code, message}` as JSON text.
    #[napi(constructor)]
    #[allow(clippy::needless_pass_by_value, reason = "how napi hands arguments over")]
    pub fn new(config: Value, wake: Function<'_, (), ()>) -> napi::Result<Self> {
        let config = read(&config).map_err(|error| refused(&error))?;
        let app_id = config.app_id;
        let client = Client::new(config).map_err(|error| refused(&error))?;
        let outbox = Outbox::new(&wake)?;
        client.set_event_handler(Some(Arc::new(Handler(outbox.clone()))));
        Ok(Self { client, app_id, outbox })
    }

    /// Begins a call; its answer comes with `id`.
    #[napi]
    #[allow(clippy::needless_pass_by_value, reason = "how napi hands arguments over")]
    pub fn call(&self, id: u32, method: String, arguments: Vec<Value>) {
        let done = Done { outbox: self.outbox.clone(), id };
        if let Err(error) = calls::start(&self.client, &method, &arguments, &done) {
            done.fail(&error);
        }
    }

    /// The next answers and events, in order.
    #[napi]
    pub fn take(&self) -> Vec<Value> {
        self.outbox.take()
    }

    /// Ends the client. Nothing comes any more.
    #[napi]
    pub fn destroy(&self) {
        self.client.set_event_handler(None);
        self.client.destroy();
        self.outbox.close();
    }
}

impl NativeZim {
    pub(crate) fn uplink(&self) -> (u32, Client) {
        (self.app_id, self.client.clone())
    }
}

impl Drop for NativeZim {
    fn drop(&mut self) {
        self.destroy();
    }
}

/// An error as the text of an exception.
pub(crate) fn refused(error: &Error) -> napi::Error {
    napi::Error::from_reason(error.to_js().to_string())
}

fn read(value: &Value) -> Result<ClientConfig, Error> {
    let from = members(value, "appConfig")?;
    let mut config = ClientConfig::default();
    let (mut certificates, mut cache_path, mut platform) = (String::new(), String::new(), 0);
    member(from, "appID", &mut config.app_id)?;
    member(from, "appSign", &mut config.app_sign)?;
    member(from, "serverURL", &mut config.server_url)?;
    member(from, "allowPlaintext", &mut config.allow_plaintext)?;
    member(from, "cachePath", &mut cache_path)?;
    member(from, "certificates", &mut certificates)?;
    member(from, "platform", &mut platform)?;
    if !cache_path.is_empty() {
        config.cache_path = Some(cache_path.into());
    }
    if !certificates.is_empty() {
        config.extra_roots.push(certificates.into_bytes());
    }
    if platform != 0 {
        config.platform = PlatformType::from_js(&platform.into(), "platform")?;
    }
    Ok(config)
}
