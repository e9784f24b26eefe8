//! The API description in `api/*.toml`: loading, and the rules every description keeps.

mod push;

pub(crate) use push::{Push, PushEvent, PushMethod, PushRecord};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::path::Path;

/// When a name is needed: T0 by the offline-push story, T1 by an ordinary messenger, T2 by the rest.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tier {
    T0,
    T1,
    T2,
    /// Error codes are only told apart as T0 or later.
    #[serde(rename = "T1/T2")]
    Later,
}

impl Tier {
    /// The spelling of the description files.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Tier::T0 => "T0",
            Tier::T1 => "T1",
            Tier::T2 => "T2",
            Tier::Later => "T1/T2",
        }
    }
}

/// One published enum.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Enum {
    pub(crate) name: String,
    pub(crate) tier: Tier,
    pub(crate) doc: String,
    /// The value a record has before anyone sets it.
    pub(crate) default: String,
    /// First part of the C and C++ constants where it does not follow from the name.
    pub(crate) constant_prefix: Option<String>,
    pub(crate) values: Vec<EnumValue>,
}

/// One value of an enum.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EnumValue {
    pub(crate) name: String,
    pub(crate) value: i32,
    pub(crate) doc: String,
    /// The one platform that publishes it, if it is not all that have the enum.
    pub(crate) only: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EnumsFile {
    #[serde(rename = "enum")]
    enums: Vec<Enum>,
}

/// One error code.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ErrorCode {
    pub(crate) code: u32,
    pub(crate) name: String,
    pub(crate) module: String,
    pub(crate) tier: Tier,
    pub(crate) doc: String,
    /// False when only the number is published and the name is ours.
    #[serde(default = "yes")]
    pub(crate) published: bool,
}

fn yes() -> bool {
    true
}

/// The two tables of error codes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Errors {
    pub(crate) zim: Vec<ErrorCode>,
    pub(crate) zpns: Vec<ErrorCode>,
}

/// Which way a record crosses the C boundary.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Direction {
    /// From the host into the library.
    In,
    /// From the library to the host.
    Out,
    /// Both.
    Both,
}

/// One published class.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Record {
    pub(crate) name: String,
    /// Class whose fields come first.
    pub(crate) base: Option<String>,
    pub(crate) tier: Tier,
    pub(crate) implemented: bool,
    /// Implemented, but by hand in each language, because it is more than its data.
    #[serde(default)]
    pub(crate) hand_written: bool,
    pub(crate) direction: Option<Direction>,
    pub(crate) doc: String,
    /// Values that inherited fields start with.
    #[serde(default)]
    pub(crate) base_defaults: BTreeMap<String, toml::Value>,
    /// Facts of the published documents beyond the one sentence.
    #[serde(default)]
    #[expect(dead_code, reason = "for readers, and for the languages to come")]
    note: String,
    /// Which fields the published TypeScript types mark optional.
    #[serde(default)]
    #[expect(dead_code, reason = "for readers, and for the languages to come")]
    ts_optional: String,
    pub(crate) fields: Vec<Field>,
}

impl Record {
    /// Whether the generators write this class.
    pub(crate) fn generated(&self) -> bool {
        self.implemented && !self.hand_written
    }

    /// The members of earlier versions that `field` replaced; an app may still set one of them instead.
    pub(crate) fn former(&self, field: &Field) -> impl Iterator<Item = &Field> {
        self.fields
            .iter()
            .filter(move |former| former.is_legacy() && former.same_as.as_ref() == Some(&field.name))
    }

    /// Whether a host passes this class in.
    pub(crate) fn comes_in(&self) -> bool {
        matches!(self.direction, Some(Direction::In | Direction::Both))
    }

    /// Whether the library hands this class out.
    pub(crate) fn goes_out(&self) -> bool {
        matches!(self.direction, Some(Direction::Out | Direction::Both))
    }
}

/// One field of a class.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Field {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: Type,
    /// Published default, where it is not zero, false or empty.
    pub(crate) default: Option<toml::Value>,
    /// A shared field that is never null.
    #[serde(default)]
    pub(crate) required: bool,
    /// Added after the C struct was first released: callers may be compiled without it.
    #[serde(default)]
    pub(crate) appended: bool,
    /// Tokens and what people wrote: kept out of debug output.
    #[serde(default)]
    pub(crate) private: bool,
    /// Version that brought the field, where it is younger than its class.
    #[serde(default)]
    pub(crate) since: String,
    /// Last version that published the field.
    #[serde(default)]
    pub(crate) until: String,
    /// The field that replaced this one, with the same value.
    pub(crate) same_as: Option<String>,
    /// An earlier name that languages without declared members still take.
    pub(crate) was: Option<String>,
    #[serde(default)]
    pub(crate) doc: String,
}

impl Field {
    /// A name of earlier versions; only the declarations of C++, Java and Objective-C carry it.
    pub(crate) fn is_legacy(&self) -> bool {
        !self.until.is_empty()
    }
}

/// Type of a field, in the words of the description files.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "String")]
pub(crate) enum Type {
    Str,
    Bool,
    I32,
    U32,
    I64,
    U64,
    /// `bytes`
    Bytes,
    /// `map`: text to text.
    Map,
    /// `fn(…)`: a callback; only in classes written by hand.
    Function,
    /// The name of an enum or a class, held by value.
    Named(String),
    /// `optional X`: a config that may be absent.
    Optional(String),
    /// `shared X`: an object shared by reference that may be absent.
    Shared(String),
    /// `[T]`
    List(Box<Type>),
}

impl TryFrom<String> for Type {
    type Error = String;

    fn try_from(text: String) -> Result<Type, String> {
        let class = |name: &str| {
            if name.starts_with("ZIM") || name.starts_with("ZPNs") {
                Ok(name.to_owned())
            } else {
                Err(format!("`{text}` is no type"))
            }
        };
        Ok(match text.as_str() {
            "str" => Type::Str,
            "bool" => Type::Bool,
            "i32" => Type::I32,
            "u32" => Type::U32,
            "i64" => Type::I64,
            "u64" => Type::U64,
            "bytes" => Type::Bytes,
            "map" => Type::Map,
            other => {
                if other.starts_with("fn(") {
                    Type::Function
                } else if let Some(inner) = other.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                    Type::List(Box::new(Type::try_from(inner.to_owned())?))
                } else if let Some(name) = other.strip_prefix("optional ") {
                    Type::Optional(class(name)?)
                } else if let Some(name) = other.strip_prefix("shared ") {
                    Type::Shared(class(name)?)
                } else {
                    Type::Named(class(other)?)
                }
            }
        })
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordsFile {
    record: Vec<Record>,
}

/// One published method. The signatures are the source for the bindings of their languages.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "checked now, read by the language bindings to come")]
pub(crate) struct Method {
    pub(crate) name: String,
    pub(crate) domain: String,
    pub(crate) tier: Tier,
    pub(crate) since: String,
    pub(crate) implemented: bool,
    pub(crate) doc: String,
    cpp: Option<String>,
    cpp_result: Option<String>,
    cpp_seen: Option<String>,
    java: Option<String>,
    java_result: Option<String>,
    java_seen: Option<String>,
    objc: Option<String>,
    objc_result: Option<String>,
    objc_seen: Option<String>,
    ts: Option<String>,
    ts_result: Option<String>,
    ts_seen: Option<String>,
    arkts: Option<String>,
    events: Option<String>,
    note: Option<String>,
    differences: Option<String>,
}

impl Method {
    /// The C++ overloads, separated by ` ; `.
    pub(crate) fn cpp(&self) -> Option<&str> {
        self.cpp.as_deref()
    }

    /// The C++ callback with its parameters.
    pub(crate) fn cpp_result(&self) -> Option<&str> {
        self.cpp_result.as_deref()
    }

    /// The Java overloads, separated by ` ; `.
    pub(crate) fn java(&self) -> Option<&str> {
        self.java.as_deref()
    }

    /// The method of the Java callback with the types of its parameters.
    pub(crate) fn java_result(&self) -> Option<&str> {
        self.java_result.as_deref()
    }

    /// The Objective-C selectors, separated by ` ; `.
    pub(crate) fn objc(&self) -> Option<&str> {
        self.objc.as_deref()
    }

    /// The TypeScript overloads, separated by ` ; `.
    pub(crate) fn ts(&self) -> Option<&str> {
        self.ts.as_deref()
    }

    /// Members of what the TypeScript promise answers.
    pub(crate) fn ts_result(&self) -> Option<&str> {
        self.ts_result.as_deref()
    }

    /// Facts beyond the one sentence.
    pub(crate) fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MethodsFile {
    method: Vec<Method>,
}

/// One published event.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "checked now, read by the language bindings to come")]
pub(crate) struct Event {
    pub(crate) name: String,
    pub(crate) tier: Tier,
    pub(crate) since: String,
    pub(crate) implemented: bool,
    #[serde(default)]
    pub(crate) legacy: bool,
    pub(crate) doc: String,
    #[serde(default)]
    cpp: String,
    cpp_seen: Option<String>,
    java: Option<String>,
    objc: Option<String>,
    ts: Option<String>,
    note: Option<String>,
}

impl Event {
    /// The C++ parameters after `ZIM *zim`.
    pub(crate) fn cpp(&self) -> &str {
        &self.cpp
    }

    /// The Objective-C selector.
    pub(crate) fn objc(&self) -> Option<&str> {
        self.objc.as_deref()
    }

    /// The TypeScript name with its payload.
    pub(crate) fn ts(&self) -> Option<&str> {
        self.ts.as_deref()
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EventsFile {
    event: Vec<Event>,
}

/// The whole description.
#[derive(Debug)]
pub(crate) struct Api {
    pub(crate) enums: Vec<Enum>,
    pub(crate) errors: Errors,
    pub(crate) records: Vec<Record>,
    pub(crate) methods: Vec<Method>,
    pub(crate) events: Vec<Event>,
    pub(crate) push: Push,
}

impl Api {
    /// Reads and checks `api/` below the workspace root.
    pub(crate) fn load(root: &Path) -> Result<Api, Box<dyn Error>> {
        let enums: EnumsFile = read(root, "enums.toml")?;
        let records: RecordsFile = read(root, "records.toml")?;
        let methods: MethodsFile = read(root, "methods.toml")?;
        let events: EventsFile = read(root, "events.toml")?;
        let api = Api {
            enums: enums.enums,
            errors: read(root, "errors.toml")?,
            records: records.record,
            methods: methods.method,
            events: events.event,
            push: read(root, "zpns.toml")?,
        };
        let problems = api.problems();
        if problems.is_empty() { Ok(api) } else { Err(format!("api/: {}", problems.join("; ")).into()) }
    }

    /// The enum of a name.
    pub(crate) fn find_enum(&self, name: &str) -> Option<&Enum> {
        self.enums.iter().find(|item| item.name == name)
    }

    /// The class of a name.
    pub(crate) fn find_record(&self, name: &str) -> Option<&Record> {
        self.records.iter().find(|item| item.name == name)
    }

    /// The classes the generators write, in the published order.
    pub(crate) fn generated_records(&self) -> impl Iterator<Item = &Record> {
        self.records.iter().filter(|record| record.generated())
    }

    /// The generated classes, each after the classes it holds by value: the order C++ needs.
    pub(crate) fn records_by_dependency(&self) -> Vec<&Record> {
        let mut ordered: Vec<&Record> = Vec::new();
        for record in self.generated_records() {
            self.visit(record, &mut ordered);
        }
        ordered
    }

    fn visit<'a>(&'a self, record: &'a Record, ordered: &mut Vec<&'a Record>) {
        if ordered.iter().any(|done| done.name == record.name) {
            return;
        }
        let mut needed: Vec<&str> = record.base.iter().map(String::as_str).collect();
        for field in &record.fields {
            needed.extend(field.kind.class());
        }
        for name in needed {
            if let Some(other) = self.find_record(name).filter(|other| other.generated()) {
                self.visit(other, ordered);
            }
        }
        ordered.push(record);
    }

    /// Fields of a class with the inherited ones first, without the names of earlier versions.
    pub(crate) fn all_fields(&self, record: &Record) -> Vec<Field> {
        let mut fields = match record.base.as_deref().and_then(|base| self.find_record(base)) {
            Some(base) => self.all_fields(base),
            None => Vec::new(),
        };
        for field in &mut fields {
            if let Some(value) = record.base_defaults.get(&field.name) {
                field.default = Some(value.clone());
            }
        }
        fields.extend(record.fields.iter().filter(|field| !field.is_legacy()).cloned());
        fields
    }

    /// What is wrong with the description, in words.
    fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let mut names = BTreeSet::new();
        for item in &self.enums {
            if !names.insert(&item.name) {
                problems.push(format!("enum {} appears twice", item.name));
            }
            if !item.values.iter().any(|value| value.name == item.default) {
                problems.push(format!("enum {}: the default {} is not a value", item.name, item.default));
            }
            let mut numbers = BTreeMap::new();
            for value in &item.values {
                if let Some(other) = numbers.insert(value.value, &value.name) {
                    problems.push(format!("enum {}: {other} and {} have one number", item.name, value.name));
                }
            }
        }
        for (table, codes) in [("zim", &self.errors.zim), ("zpns", &self.errors.zpns)] {
            for pair in codes.windows(2) {
                if pair[0].code >= pair[1].code {
                    problems.push(format!("errors {table}: {} is out of order", pair[1].code));
                }
            }
            let mut seen = BTreeSet::new();
            for code in codes {
                if !seen.insert(&code.name) {
                    problems.push(format!("errors {table}: the name {} appears twice", code.name));
                }
            }
        }
        for record in &self.records {
            self.check_record(record, &mut problems);
        }
        problems.extend(self.push.problems(|name| self.find_enum(name).is_some()));
        for (kind, list) in [
            ("record", self.records.iter().map(|item| &item.name).collect::<Vec<_>>()),
            ("method", self.methods.iter().map(|item| &item.name).collect()),
            ("event", self.events.iter().map(|item| &item.name).collect()),
        ] {
            let mut seen = BTreeSet::new();
            for name in list {
                if !seen.insert(name) {
                    problems.push(format!("{kind} {name} appears twice"));
                }
            }
        }
        problems
    }

    fn check_record(&self, record: &Record, problems: &mut Vec<String>) {
        let name = &record.name;
        if record.generated() && record.direction.is_none() {
            problems.push(format!("record {name} has no direction"));
        }
        if let Some(base) = &record.base
            && self.find_record(base).is_none()
        {
            problems.push(format!("record {name}: its base {base} is unknown"));
        }
        for field in &record.fields {
            let at = format!("record {name}.{}", field.name);
            if record.generated() && field.doc.is_empty() {
                problems.push(format!("{at} has no doc"));
            }
            if let Some(class) = field.kind.class() {
                let target = self.find_record(class);
                // The values of ZIMErrorCode are the table of error codes.
                if target.is_none() && self.find_enum(class).is_none() && class != "ZIMErrorCode" {
                    problems.push(format!("{at}: {class} is unknown"));
                }
                if record.generated() && target.is_some_and(|target| !target.implemented) {
                    problems.push(format!("{at}: {class} is not implemented"));
                }
            }
            if let (Type::Named(class), Some(value)) = (&field.kind, &field.default)
                && let Some(item) = self.find_enum(class)
                && !item.values.iter().any(|known| Some(known.name.as_str()) == value.as_str())
            {
                problems.push(format!("{at}: the default is no value of {class}"));
            }
        }
    }
}

impl Type {
    /// Name of the enum or class this type mentions.
    pub(crate) fn class(&self) -> Option<&str> {
        match self {
            Type::Named(name) | Type::Optional(name) | Type::Shared(name) => Some(name),
            Type::List(inner) => inner.class(),
            _ => None,
        }
    }
}

fn read<T: serde::de::DeserializeOwned>(root: &Path, name: &str) -> Result<T, Box<dyn Error>> {
    let path = root.join("api").join(name);
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    toml::from_str(&text).map_err(|error| format!("api/{name}: {error}").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_description_is_complete() {
        let api = Api::load(&super::super::root()).expect("api/ is valid");
        // 76 published enums: 75 here, and ZIMErrorCode, whose values are the table of error codes.
        assert_eq!(api.enums.iter().filter(|item| item.name.starts_with("ZIM")).count() + 1, 76);
        assert_eq!(api.errors.zim.len(), 173);
        assert_eq!(api.errors.zim.iter().filter(|code| code.tier == Tier::T0).count(), 66);
        assert_eq!(api.errors.zpns.len(), 6);
        assert_eq!(tiers(&api.records, |item| item.tier), [42, 74, 93]);
        assert_eq!(tiers(&api.methods, |item| item.tier), [26, 84, 79]);
        assert_eq!(tiers(&api.events, |item| item.tier), [24, 25, 18]);
        assert_eq!(api.records.len(), 209);
        assert_eq!(api.methods.len(), 189);
        assert_eq!(api.events.len(), 67);
        assert_eq!(api.push.events.len(), 4);
    }

    fn tiers<T>(items: &[T], of: fn(&T) -> Tier) -> [usize; 3] {
        [Tier::T0, Tier::T1, Tier::T2].map(|tier| items.iter().filter(|item| of(item) == tier).count())
    }

    #[test]
    fn all_of_tier_t0_is_implemented() {
        let api = Api::load(&super::super::root()).expect("api/ is valid");
        assert!(api.records.iter().all(|item| item.tier != Tier::T0 || item.implemented));
        assert!(api.methods.iter().all(|item| item.tier != Tier::T0 || item.implemented));
        assert!(api.events.iter().all(|item| item.tier != Tier::T0 || item.implemented));
    }

    #[test]
    fn words_of_types_are_understood() {
        let parse = |text: &str| Type::try_from(text.to_owned());
        assert_eq!(parse("u32"), Ok(Type::U32));
        assert_eq!(parse("optional ZIMPushConfig"), Ok(Type::Optional("ZIMPushConfig".into())));
        assert_eq!(parse("[shared ZIMMessage]"), Ok(Type::List(Box::new(Type::Shared("ZIMMessage".into())))));
        assert!(parse("u128").is_err());
        assert!(parse("[str").is_err());
    }

    #[test]
    fn a_class_comes_after_those_it_holds() {
        let api = Api::load(&super::super::root()).expect("api/ is valid");
        let order: Vec<&str> = api.records_by_dependency().iter().map(|item| item.name.as_str()).collect();
        let at = |name: &str| order.iter().position(|item| *item == name).expect(name);
        assert!(at("ZIMVoIPConfig") < at("ZIMPushConfig"));
        assert!(at("ZIMPushConfig") < at("ZIMMessageSendConfig"));
        assert!(at("ZIMUserInfo") < at("ZIMGroupMemberInfo"));
    }
}
