//! Plain JavaScript values to Rust and back. Absent, `undefined` and `null` members keep their published default.

use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::Arc;
use zim_core::Error;

/// Largest integer a JavaScript number holds exactly (`Number.MAX_SAFE_INTEGER`).
const MAX_SAFE: i64 = (1 << 53) - 1;

/// A value that JavaScript passes in. `name` is the published name of the parameter, for the error.
pub(crate) trait FromJs: Sized {
    /// 6000001 naming the parameter if the value is of another kind.
    fn from_js(value: &Value, name: &str) -> Result<Self, Error>;
}

/// A value that JavaScript gets.
pub(crate) trait ToJs {
    fn to_js(&self) -> Value;
}

/// The members of an object.
pub(crate) fn members<'a>(value: &'a Value, name: &str) -> Result<&'a Map<String, Value>, Error> {
    value.as_object().ok_or_else(|| wrong(name, "an object"))
}

/// Reads one member into `into`, which holds its default.
pub(crate) fn member<T: FromJs>(from: &Map<String, Value>, name: &str, into: &mut T) -> Result<(), Error> {
    match from.get(name) {
        None | Some(Value::Null) => Ok(()),
        Some(value) => {
            *into = T::from_js(value, name)?;
            Ok(())
        }
    }
}

/// 6000001 about a value of the wrong kind.
pub(crate) fn wrong(name: &str, kind: &str) -> Error {
    Error::invalid(name, &format!("{name}: must be {kind}"))
}

/// The one place where JavaScript numbers become integers: whole, and exact as a number.
fn integer(value: &Value, name: &str) -> Result<i64, Error> {
    let whole = |number: f64| {
        #[allow(clippy::cast_possible_truncation, reason = "whole and within 2^53")]
        #[allow(clippy::cast_precision_loss, reason = "2^53 is exact")]
        (number.fract() == 0.0 && number.abs() <= MAX_SAFE as f64).then_some(number as i64)
    };
    let number = value.as_i64().or_else(|| value.as_f64().and_then(whole));
    number
        .filter(|number| (-MAX_SAFE..=MAX_SAFE).contains(number))
        .ok_or_else(|| wrong(name, "an integer below 2^53"))
}

/// The one place where integers become JavaScript numbers. Every id and time of the service is below 2^53; a foreign
/// one beyond is told as the limit rather than as another id.
fn number(value: i64) -> Value {
    value.clamp(-MAX_SAFE, MAX_SAFE).into()
}

impl FromJs for String {
    fn from_js(value: &Value, name: &str) -> Result<Self, Error> {
        value.as_str().map(str::to_owned).ok_or_else(|| wrong(name, "a string"))
    }
}

impl ToJs for String {
    fn to_js(&self) -> Value {
        Value::String(self.clone())
    }
}

impl FromJs for bool {
    fn from_js(value: &Value, name: &str) -> Result<Self, Error> {
        value.as_bool().ok_or_else(|| wrong(name, "a boolean"))
    }
}

impl ToJs for bool {
    fn to_js(&self) -> Value {
        Value::Bool(*self)
    }
}

macro_rules! integers {
    ($($kind:ty),*) => {$(
        impl FromJs for $kind {
            fn from_js(value: &Value, name: &str) -> Result<Self, Error> {
                let limits = || wrong(name, concat!("an integer (", stringify!($kind), ")"));
                <$kind>::try_from(integer(value, name)?).map_err(|_| limits())
            }
        }

        impl ToJs for $kind {
            fn to_js(&self) -> Value {
                number(i64::try_from(*self).unwrap_or(MAX_SAFE))
            }
        }
    )*};
}

integers!(u8, i32, u32, i64, u64);

impl<T: FromJs> FromJs for Vec<T> {
    fn from_js(value: &Value, name: &str) -> Result<Self, Error> {
        let items = value.as_array().ok_or_else(|| wrong(name, "an array"))?;
        items.iter().map(|item| T::from_js(item, name)).collect()
    }
}

impl<T: ToJs> ToJs for Vec<T> {
    fn to_js(&self) -> Value {
        self.iter().map(ToJs::to_js).collect()
    }
}

impl<T: FromJs> FromJs for Option<T> {
    fn from_js(value: &Value, name: &str) -> Result<Self, Error> {
        if value.is_null() { Ok(None) } else { T::from_js(value, name).map(Some) }
    }
}

impl<T: ToJs> ToJs for Option<T> {
    fn to_js(&self) -> Value {
        self.as_ref().map_or(Value::Null, ToJs::to_js)
    }
}

impl<T: FromJs> FromJs for Arc<T> {
    fn from_js(value: &Value, name: &str) -> Result<Self, Error> {
        T::from_js(value, name).map(Arc::new)
    }
}

impl<T: ToJs> ToJs for Arc<T> {
    fn to_js(&self) -> Value {
        (**self).to_js()
    }
}

impl FromJs for HashMap<String, String> {
    fn from_js(value: &Value, name: &str) -> Result<Self, Error> {
        let text = |(key, value): (&String, &Value)| Ok((key.clone(), String::from_js(value, name)?));
        members(value, name)?.iter().map(text).collect()
    }
}

impl ToJs for HashMap<String, String> {
    fn to_js(&self) -> Value {
        self.iter().map(|(key, value)| (key.clone(), Value::String(value.clone()))).collect()
    }
}

impl ToJs for Error {
    fn to_js(&self) -> Value {
        let message = match &self.parameter {
            Some(parameter) if !self.message.contains(parameter.as_str()) => {
                format!("{parameter}: {}", self.message)
            }
            _ => self.message.clone(),
        };
        serde_json::json!({ "code": self.code.code(), "message": message })
    }
}

/// Conversions of one published enum: numbers, 6000001 for one that this version does not know.
macro_rules! enumeration {
    ($($kind:ident),* $(,)?) => {$(
        impl crate::convert::FromJs for zim_proto::$kind {
            fn from_js(value: &serde_json::Value, name: &str) -> Result<Self, zim_core::Error> {
                let number = i32::from_js(value, name)?;
                Self::from_value(number).ok_or_else(|| crate::convert::wrong(name, concat!("a value of ZIM", stringify!($kind))))
            }
        }

        impl crate::convert::ToJs for zim_proto::$kind {
            fn to_js(&self) -> serde_json::Value {
                self.value().into()
            }
        }
    )*};
}
pub(crate) use enumeration;
