//! An action's own parameters, from a query or a JSON body, with faults that name the parameter.

use super::codes::{Code, Refusal};
use serde_json::{Map, Value};

/// Parameters by name. In a query every value is text, and `Name[]` repeats; numbers are therefore taken as text too.
#[derive(Debug, Default)]
pub(super) struct Fields {
    values: Map<String, Value>,
    /// Prefix of the names in faults: `OfflinePush.`
    path: String,
}

impl Fields {
    pub(super) fn of_query(query: &[(String, String)]) -> Self {
        let mut values = Map::new();
        for (name, value) in query {
            match name.strip_suffix("[]") {
                Some(list) => {
                    let list = values.entry(list).or_insert_with(|| Value::Array(Vec::new()));
                    if let Value::Array(list) = list {
                        list.push(value.clone().into());
                    }
                }
                None => {
                    values.insert(name.clone(), value.clone().into());
                }
            }
        }
        Self { values, path: String::new() }
    }

    pub(super) fn of_body(body: &[u8]) -> Result<Self, Refusal> {
        match serde_json::from_slice(body) {
            Ok(Value::Object(values)) => Ok(Self { values, path: String::new() }),
            Ok(_) => Err(Refusal::new(Code::BAD_INPUT, "the body is no JSON object")),
            Err(error) => Err(Refusal::new(Code::BAD_INPUT, format!("the body is no JSON: {error}"))),
        }
    }

    fn fault(&self, name: &str, fault: impl std::fmt::Display) -> Refusal {
        Refusal::parameter(&format!("{}{name}", self.path), fault)
    }

    fn value(&self, name: &str) -> Option<&Value> {
        self.values.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn is_present(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    /// A text; empty if it is absent.
    pub(super) fn text(&self, name: &str) -> Result<String, Refusal> {
        match self.value(name) {
            None => Ok(String::new()),
            Some(Value::String(text)) => Ok(text.clone()),
            Some(_) => Err(self.fault(name, "must be text")),
        }
    }

    /// A text that has to be there.
    pub(super) fn needed(&self, name: &str) -> Result<String, Refusal> {
        match self.text(name)? {
            text if text.is_empty() => Err(self.fault(name, "is missing")),
            text => Ok(text),
        }
    }

    /// A whole number, also as decimal text.
    pub(super) fn number(&self, name: &str) -> Result<Option<i64>, Refusal> {
        let number = match self.value(name) {
            None => return Ok(None),
            Some(Value::Number(number)) => number.as_i64(),
            Some(Value::String(text)) => text.parse().ok(),
            Some(_) => None,
        };
        number.map(Some).ok_or_else(|| self.fault(name, "must be a whole number"))
    }

    /// The same between two bounds; `absent` if it is not there, or a fault without one.
    pub(super) fn number_in(
        &self,
        name: &str,
        bounds: std::ops::RangeInclusive<u32>,
        absent: Option<u32>,
    ) -> Result<u32, Refusal> {
        let outside = || self.fault(name, format!("must be {} to {}", bounds.start(), bounds.end()));
        match self.number(name)? {
            None => absent.ok_or_else(|| self.fault(name, "is missing")),
            Some(number) => {
                u32::try_from(number).ok().filter(|number| bounds.contains(number)).ok_or_else(outside)
            }
        }
    }

    /// A switch: `true`, 1, or the same as text. Off if it is absent.
    pub(super) fn switch(&self, name: &str) -> Result<bool, Refusal> {
        match self.value(name) {
            None => Ok(false),
            Some(Value::Bool(on)) => Ok(*on),
            Some(Value::String(text)) if matches!(text.as_str(), "true" | "false") => Ok(text == "true"),
            Some(_) => match self.number(name)? {
                Some(0) => Ok(false),
                Some(1) => Ok(true),
                _ => Err(self.fault(name, "must be true or false (1 or 0)")),
            },
        }
    }

    /// A list of texts with 1 to `most` elements.
    pub(super) fn texts(&self, name: &str, most: usize) -> Result<Vec<String>, Refusal> {
        let list = match self.value(name) {
            Some(Value::Array(list)) if !list.is_empty() => list,
            Some(Value::Array(_)) | None => return Err(self.fault(name, "is missing or empty")),
            Some(_) => return Err(self.fault(name, "must be a list")),
        };
        self.check_length(name, list.len(), most)?;
        let texts = list.iter().map(|item| item.as_str().map(str::to_owned));
        texts.collect::<Option<_>>().ok_or_else(|| self.fault(name, "must be a list of texts"))
    }

    /// A list of objects with 1 to `most` elements.
    pub(super) fn objects(&self, name: &str, most: usize) -> Result<Vec<Fields>, Refusal> {
        let list = match self.value(name) {
            Some(Value::Array(list)) if !list.is_empty() => list,
            _ => return Err(self.fault(name, "must be a list that is not empty")),
        };
        self.check_length(name, list.len(), most)?;
        let object = |(at, item): (usize, &Value)| match item {
            Value::Object(values) => {
                Ok(Fields { values: values.clone(), path: format!("{}{name}[{at}].", self.path) })
            }
            _ => Err(self.fault(name, "must be a list of objects")),
        };
        list.iter().enumerate().map(object).collect()
    }

    /// An object, `None` if it is absent.
    pub(super) fn object(&self, name: &str) -> Result<Option<Fields>, Refusal> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::Object(values)) => {
                Ok(Some(Fields { values: values.clone(), path: format!("{}{name}.", self.path) }))
            }
            Some(_) => Err(self.fault(name, "must be an object")),
        }
    }

    fn check_length(&self, name: &str, length: usize, most: usize) -> Result<(), Refusal> {
        if length <= most {
            return Ok(());
        }
        let message = format!("{}{name} has {length} elements, {most} are the most", self.path);
        Err(Refusal::new(Code::LIST_TOO_LONG, message))
    }
}
