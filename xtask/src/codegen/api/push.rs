//! The push client in `api/zpns.toml`: one set of classes, methods and events, and which of them each TypeScript package has.

use super::{Field, Tier};
use serde::Deserialize;
use std::collections::BTreeSet;

/// The classes, methods and events of the push client.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Push {
    #[serde(rename = "record")]
    pub(crate) records: Vec<PushRecord>,
    #[serde(rename = "method")]
    pub(crate) methods: Vec<PushMethod>,
    #[serde(rename = "event")]
    pub(crate) events: Vec<PushEvent>,
}

/// One class.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "some facts are for readers")]
pub(crate) struct PushRecord {
    pub(crate) name: String,
    tier: Tier,
    implemented: bool,
    pub(crate) doc: String,
    note: Option<String>,
    /// Members on HarmonyOS.
    #[serde(default)]
    pub(crate) arkts: Vec<String>,
    /// Members of `@zego/ZPNs` that HarmonyOS does not publish.
    #[serde(default)]
    pub(crate) arkts_ours: Vec<String>,
    /// Members in uni-app.
    #[serde(default)]
    pub(crate) uniapp: Vec<String>,
    /// Members of uni-app's package that uni-app does not publish.
    #[serde(default)]
    pub(crate) uniapp_ours: Vec<String>,
    fields: Vec<Field>,
}

impl PushRecord {
    /// The field of a member. The platforms differ in the case of `enableHWBadge`.
    pub(crate) fn field(&self, member: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name.eq_ignore_ascii_case(member))
    }
}

/// One method, with its signature on each platform that has it; several are separated by ` ; `.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "some facts are for readers")]
pub(crate) struct PushMethod {
    pub(crate) name: String,
    domain: String,
    tier: Tier,
    since: String,
    implemented: bool,
    pub(crate) doc: String,
    java: Option<String>,
    objc: Option<String>,
    ts: Option<String>,
    pub(crate) arkts: Option<String>,
    pub(crate) arkts_ours: Option<String>,
    pub(crate) uniapp: Option<String>,
    pub(crate) uniapp_ours: Option<String>,
    events: Option<String>,
    note: Option<String>,
}

/// One event, with its form on each platform that has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "some facts are for readers")]
pub(crate) struct PushEvent {
    pub(crate) name: String,
    tier: Tier,
    since: String,
    implemented: bool,
    pub(crate) doc: String,
    java: Option<String>,
    objc: Option<String>,
    ts: Option<String>,
    pub(crate) arkts: Option<String>,
    pub(crate) arkts_ours: Option<String>,
    pub(crate) uniapp: Option<String>,
    pub(crate) uniapp_ours: Option<String>,
}

impl Push {
    /// What is wrong with this part of the description; `is_enum` knows the enums.
    pub(super) fn problems(&self, is_enum: impl Fn(&str) -> bool) -> Vec<String> {
        let mut problems = Vec::new();
        for (kind, names) in [
            ("record", self.records.iter().map(|item| &item.name).collect::<Vec<_>>()),
            ("method", self.methods.iter().map(|item| &item.name).collect()),
            ("event", self.events.iter().map(|item| &item.name).collect()),
        ] {
            let mut seen = BTreeSet::new();
            for name in names {
                if !seen.insert(name) {
                    problems.push(format!("push {kind} {name} appears twice"));
                }
            }
        }
        for record in &self.records {
            for field in &record.fields {
                let known = |class| is_enum(class) || self.records.iter().any(|other| other.name == class);
                if let Some(class) = field.kind.class().filter(|class| !known(class)) {
                    problems.push(format!("push record {}.{}: {class} is unknown", record.name, field.name));
                }
                if field.doc.is_empty() {
                    problems.push(format!("push record {}.{} has no doc", record.name, field.name));
                }
            }
        }
        problems
    }
}
