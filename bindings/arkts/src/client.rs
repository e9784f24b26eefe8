//! One messaging client.

use crate::answers::Done;
use crate::calls;
use crate::convert::{FromJs, ToJs, member, members, wrong};
use crate::events::Handler;
use crate::outbox::Outbox;
use napi::bindgen_prelude::{External, Function};
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

/// A client of the Rust SDK, which JavaScript holds as an opaque value.
pub struct NativeZim {
    client: Client,
    app_id: u32,
    outbox: Arc<Outbox>,
}

/// Makes a client from a configuration in JSON. `wake` is called when there is something to [`take`](zim_take). Throws `{code, message}` as JSON text.
#[napi]
#[allow(clippy::needless_pass_by_value, reason = "how napi hands arguments over")]
pub fn create_zim(config: String, wake: Function<'_, (), ()>) -> napi::Result<External<NativeZim>> {
    let config = parse(&config).and_then(|config| read(&config)).map_err(|error| refused(&error))?;
    let app_id = config.app_id;
    let client = Client::new(config).map_err(|error| refused(&error))?;
    let outbox = Outbox::new(&wake)?;
    client.set_event_handler(Some(Arc::new(Handler(outbox.clone()))));
    Ok(External::new(NativeZim { client, app_id, outbox }))
}

/// Begins a call with its parameters, a list in JSON; its answer comes with `id`.
#[napi]
#[allow(clippy::needless_pass_by_value, reason = "how napi hands arguments over")]
pub fn zim_call(zim: &External<NativeZim>, id: u32, method: String, parameters: String) {
    let done = Done { outbox: zim.outbox.clone(), id };
    let started = parse(&parameters).and_then(|parameters| match parameters {
        Value::Array(parameters) => calls::start(&zim.client, &method, &parameters, &done),
        _ => Err(wrong("parameters", "a list")),
    });
    if let Err(error) = started {
        done.fail(&error);
    }
}

/// The next answers and events, in order.
#[napi]
#[must_use]
pub fn zim_take(zim: &External<NativeZim>) -> Vec<Value> {
    zim.outbox.take()
}

/// Ends the client. Nothing comes any more.
#[napi]
pub fn zim_destroy(zim: &External<NativeZim>) {
    zim.destroy();
}

impl NativeZim {
    pub(crate) fn uplink(&self) -> (u32, Client) {
        (self.app_id, self.client.clone())
    }

    fn destroy(&self) {
        self.client.set_event_handler(None);
        self.client.destroy();
        self.outbox.close();
    }
}

impl Drop for NativeZim {
    fn drop(&mut self) {
        self.destroy();
    }
}

/// What JavaScript passes in comes as JSON: its own `JSON.stringify` refuses what is no plain data.
pub(crate) fn parse(text: &str) -> Result<Value, Error> {
    serde_json::from_str(text).map_err(|error| Error::invalid("json", &error.to_string()))
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
