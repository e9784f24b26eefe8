//! Push strategies: what a sender names by `resourcesID`.
//!
//! A strategy holds one optional block per vendor; the block of the receiving device's vendor shapes the request.
//! Names and values are those of the original console (`docs/push.md` lists them).

use crate::model::Vendor;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// Longest name of a strategy, in characters.
pub const MAX_NAME_CHARACTERS: usize = 32;
/// Most strategies of one app.
pub const MAX_PER_APP: usize = 10;
/// Most variables of a Xiaomi template.
const MAX_TEMPLATE_VARIABLES: usize = 9;
/// The intent behind which the client library raises its click event, on Huawei, Xiaomi and vivo.
pub const SDK_INTENT: &str =
    "intent://im.zego.zpns.click_notification/detail#Intent;scheme=pushscheme;launchFlags=0x4000000;end";
/// The activity that does so on OPPO.
pub const OPPO_ACTIVITY: &str = "im.zego.zpns.ZPNsOpenClickedActivity";

/// One named strategy.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Strategy {
    /// APNs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub apple: Option<Apple>,
    /// FCM on Android.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fcm: Option<Fcm>,
    /// Huawei on Android.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub huawei: Option<Huawei>,
    /// HarmonyOS 5 and later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub harmonyos: Option<HarmonyOs>,
    /// Xiaomi.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub xiaomi: Option<Xiaomi>,
    /// OPPO.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oppo: Option<Oppo>,
    /// vivo.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vivo: Option<Vivo>,
    /// Web Push: browsers and UnifiedPush.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub web: Option<Web>,
}

/// How Apple shows a push.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ApplePushType {
    /// A notification.
    #[default]
    Alert,
    /// Wakes the app in the background, shows nothing.
    Silent,
    /// A call through PushKit.
    Voip,
}

/// Block for APNs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Apple {
    /// Alert, silent or VoIP.
    pub push_type: ApplePushType,
    /// Sound file of the app's bundle; only for alerts. Empty = the system's sound.
    pub sound: String,
    /// Lets a notification service extension change the push.
    pub mutable_content: bool,
}

/// What FCM delivers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FcmPushType {
    /// A notification the system shows.
    #[default]
    Notification,
    /// A data message: the app is called, nothing is shown.
    Data,
}

/// `android.priority`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FcmPriority {
    /// May wait until the device wakes.
    Normal,
    /// Wakes the device.
    High,
}

/// Block for FCM on Android.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Fcm {
    /// Notification or data message.
    pub push_type: FcmPushType,
    /// File in `res/raw`, only for notification messages; from Android 8 the channel decides.
    pub sound: String,
    /// Android notification channel.
    pub channel_id: String,
    /// Without it: high for calls, normal for all else.
    pub priority: Option<FcmPriority>,
}

/// What a tap does, for the vendors whose notification is built on the server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ClickAction {
    /// Opens the app.
    #[default]
    OpenApp,
    /// Opens a web page.
    OpenUrl {
        /// Address.
        url: String,
    },
    /// Opens a page of the app.
    OpenPage {
        /// The vendor's intent text; empty = the page of the client library, which raises its click event.
        #[serde(default)]
        intent: String,
    },
}

/// Block for Huawei on Android.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Huawei {
    /// 0 formal, 1 test.
    pub target_user_type: u8,
    /// Notification channel.
    pub channel_id: String,
    /// Self-classification, e.g. `IM` or `VOIP`.
    pub category: String,
    /// What a tap does.
    pub click: ClickAction,
}

/// Block for HarmonyOS.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HarmonyOs {
    /// Test message.
    pub test_message: bool,
    /// 0 notification, 6 background, 10 VoIP.
    pub push_type: u8,
    /// Empty = `IM`.
    pub category: String,
    /// 0 home page, 1 the page of `uri`.
    pub click_type: u8,
    /// Required with `click_type` 1.
    pub uri: String,
}

/// Block for Xiaomi.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Xiaomi {
    /// Private channel.
    pub channel_id: String,
    /// Name of the channel.
    pub channel_name: String,
    /// Description of the channel.
    pub channel_description: String,
    /// Template of a private class, empty = none. Xiaomi then makes the text itself, from `template_param`.
    pub template_id: String,
    /// Values of the template's variables; `{title}` and `{content}` stand for those of the push.
    pub template_param: BTreeMap<String, String>,
    /// What a tap does.
    pub click: ClickAction,
}

/// Block for OPPO.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Oppo {
    /// Private channel (old scheme).
    pub channel_id: String,
    /// Message class.
    pub category: String,
    /// Strength of the reminder, `None` = the vendor's default.
    pub notify_level: Option<u8>,
    /// What a tap does.
    pub click: ClickAction,
}

/// Block for vivo.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Vivo {
    /// Second-level class; must match `classification` if both are given.
    pub category: String,
    /// 0 operational, 1 system.
    pub classification: Option<u8>,
    /// 0 formal, 1 test device.
    pub push_mode: u8,
    /// What a tap does.
    pub click: ClickAction,
}

/// What the service worker, or the app behind UnifiedPush, is told to do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WebPushType {
    /// Show a notification.
    #[default]
    Notification,
    /// Show nothing. Browsers show one of their own then; an app behind UnifiedPush need not.
    Silent,
}

/// When a push service that saves the device's battery delivers (RFC 8030).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Urgency {
    /// On power and Wi-Fi.
    VeryLow,
    /// On power or Wi-Fi.
    Low,
    /// On neither.
    Normal,
    /// Also with a low battery.
    High,
}

impl Urgency {
    /// The value of the header.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::VeryLow => "very-low",
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
        }
    }
}

/// Block for Web Push.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Web {
    /// Notification or silent.
    pub push_type: WebPushType,
    /// Without it: high for call invitations, normal for all else.
    pub urgency: Option<Urgency>,
}

/// Why a strategy is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StrategyError {
    /// Name empty, too long, or not plain English characters.
    #[error("strategy name {0:?}: 1 to {MAX_NAME_CHARACTERS} visible ASCII characters")]
    Name(String),
    /// Too many.
    #[error("app {0}: more than {MAX_PER_APP} strategies")]
    TooMany(u32),
    /// A value does not fit its parameter.
    #[error("strategy {name:?}, {parameter}: {message}")]
    Value {
        /// Strategy.
        name: String,
        /// Block and parameter.
        parameter: &'static str,
        /// What is allowed.
        message: &'static str,
    },
}

impl Strategy {
    /// Whether it says anything about this vendor.
    pub(crate) fn has_block(&self, vendor: Vendor) -> bool {
        match vendor {
            Vendor::Apns => self.apple.is_some(),
            Vendor::Fcm => self.fcm.is_some(),
            Vendor::Huawei => self.huawei.is_some(),
            Vendor::Xiaomi => self.xiaomi.is_some(),
            Vendor::Oppo => self.oppo.is_some(),
            Vendor::Vivo => self.vivo.is_some(),
            Vendor::HarmonyOs => self.harmonyos.is_some(),
            Vendor::Web => self.web.is_some(),
        }
    }

    fn check(&self, name: &str) -> Result<(), StrategyError> {
        let fault =
            |parameter, message| Err(StrategyError::Value { name: name.to_owned(), parameter, message });
        if let Some(apple) = &self.apple
            && apple.push_type != ApplePushType::Alert
            && !apple.sound.is_empty()
        {
            return fault("apple.sound", "only an alert has a sound");
        }
        if let Some(fcm) = &self.fcm
            && fcm.push_type == FcmPushType::Data
            && !fcm.sound.is_empty()
        {
            return fault("fcm.sound", "only a notification message has a sound");
        }
        if let Some(huawei) = &self.huawei
            && huawei.target_user_type > 1
        {
            return fault("huawei.target_user_type", "0 or 1");
        }
        if let Some(Huawei { click: ClickAction::OpenUrl { url }, .. }) = &self.huawei
            && !url.starts_with("https://")
        {
            return fault("huawei.click", "Huawei opens https addresses only");
        }
        if let Some(harmony) = &self.harmonyos {
            if ![0, 6, 10].contains(&harmony.push_type) {
                return fault("harmonyos.push_type", "0, 6 or 10");
            }
            if harmony.click_type > 1 {
                return fault("harmonyos.click_type", "0 or 1");
            }
            if harmony.click_type == 1 && harmony.uri.is_empty() {
                return fault("harmonyos.uri", "required with click_type 1");
            }
        }
        match self.phone_maker_faults().next() {
            Some((parameter, message)) => fault(parameter, message),
            None => Ok(()),
        }
    }

    /// What Xiaomi, OPPO or vivo would refuse, by parameter.
    fn phone_maker_faults(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let xiaomi = self.xiaomi.iter().flat_map(|xiaomi| {
            let is_named = !xiaomi.channel_name.is_empty() || !xiaomi.channel_description.is_empty();
            [
                (xiaomi.channel_id.is_empty() && is_named)
                    .then_some(("xiaomi.channel_id", "required with a name or description of the channel")),
                (xiaomi.channel_id.is_empty() && !xiaomi.template_id.is_empty())
                    .then_some(("xiaomi.channel_id", "required with a template")),
                (xiaomi.template_id.is_empty() && !xiaomi.template_param.is_empty())
                    .then_some(("xiaomi.template_id", "required with template_param")),
                (xiaomi.template_param.len() > MAX_TEMPLATE_VARIABLES)
                    .then_some(("xiaomi.template_param", "at most 9 variables")),
            ]
        });
        let oppo = self.oppo.iter().flat_map(|oppo| {
            [
                oppo.notify_level
                    .is_some_and(|level| ![1, 2, 16].contains(&level))
                    .then_some(("oppo.notify_level", "1, 2 or 16")),
                (oppo.notify_level.is_some() && oppo.category.is_empty())
                    .then_some(("oppo.category", "required with notify_level")),
            ]
        });
        let vivo = self.vivo.iter().flat_map(|vivo| {
            let class = class_of_category(&vivo.category);
            [
                vivo.classification
                    .is_some_and(|class| class > 1)
                    .then_some(("vivo.classification", "0 or 1")),
                (vivo.push_mode > 1).then_some(("vivo.push_mode", "0 or 1")),
                vivo.category
                    .bytes()
                    .any(|byte| byte.is_ascii_lowercase())
                    .then_some(("vivo.category", "written in upper case")),
                (vivo.classification.is_some() && class.is_some() && vivo.classification != class).then_some(
                    ("vivo.classification", "does not belong to the category; vivo refuses the pair"),
                ),
            ]
        });
        xiaomi.chain(oppo).chain(vivo).flatten()
    }
}

/// vivo's class of a second-level class that is known: 0 operational, 1 system.
fn class_of_category(category: &str) -> Option<u8> {
    match category {
        "IM" | "ACCOUNT" | "TODO" | "DEVICE_REMINDER" | "ORDER" | "SUBSCRIPTION" => Some(1),
        "NEWS" | "CONTENT" | "MARKETING" | "SOCIAL" => Some(0),
        _ => None,
    }
}

/// The strategies of all apps.
#[derive(Debug, Clone, Default)]
pub struct Strategies {
    by_app: HashMap<u32, BTreeMap<String, Strategy>>,
}

/// What a `resourcesID` came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolution<'a> {
    /// The strategy, if it exists and has a block for the vendor.
    pub strategy: Option<&'a Strategy>,
    /// Why not, for the delivery log. The push then is an ordinary visible one.
    pub warning: Option<String>,
}

impl Strategies {
    /// Adds or replaces a strategy.
    ///
    /// # Errors
    /// [`StrategyError`] names the strategy and what is wrong with it.
    pub fn insert(&mut self, app_id: u32, name: &str, strategy: Strategy) -> Result<(), StrategyError> {
        let plain = name.bytes().all(|byte| byte.is_ascii_graphic());
        if name.is_empty() || name.len() > MAX_NAME_CHARACTERS || !plain {
            return Err(StrategyError::Name(name.to_owned()));
        }
        strategy.check(name)?;
        let app = self.by_app.entry(app_id).or_default();
        if app.len() >= MAX_PER_APP && !app.contains_key(name) {
            return Err(StrategyError::TooMany(app_id));
        }
        app.insert(name.to_owned(), strategy);
        Ok(())
    }

    /// The strategy a sender named, for a device of this vendor.
    #[must_use]
    pub fn resolve(&self, app_id: u32, resources_id: &str, vendor: Vendor) -> Resolution<'_> {
        if resources_id.is_empty() {
            return Resolution { strategy: None, warning: None };
        }
        match self.by_app.get(&app_id).and_then(|app| app.get(resources_id)) {
            Some(strategy) if strategy.has_block(vendor) => {
                Resolution { strategy: Some(strategy), warning: None }
            }
            Some(_) => Resolution {
                strategy: None,
                warning: Some(format!(
                    "strategy {resources_id:?} has no block for {vendor:?}: sent as an ordinary visible push"
                )),
            },
            None => Resolution {
                strategy: None,
                warning: Some(format!(
                    "no strategy is named {resources_id:?}: sent as an ordinary visible push"
                )),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn silent() -> Strategy {
        Strategy {
            apple: Some(Apple { push_type: ApplePushType::Silent, ..Apple::default() }),
            ..Strategy::default()
        }
    }

    #[test]
    fn an_unknown_name_or_a_missing_block_warns_and_falls_back() {
        let mut strategies = Strategies::default();
        strategies.insert(1, "quiet", silent()).unwrap();
        assert!(strategies.resolve(1, "quiet", Vendor::Apns).strategy.is_some());
        assert_eq!(
            strategies.resolve(1, "", Vendor::Apns),
            Resolution { strategy: None, warning: None },
            "no name is no warning"
        );
        let unknown = strategies.resolve(1, "loud", Vendor::Apns);
        assert!(unknown.strategy.is_none() && unknown.warning.unwrap().contains("\"loud\""));
        let other_app = strategies.resolve(2, "quiet", Vendor::Apns);
        assert!(other_app.strategy.is_none() && other_app.warning.is_some());
        let no_block = strategies.resolve(1, "quiet", Vendor::Fcm);
        assert!(no_block.strategy.is_none() && no_block.warning.unwrap().contains("Fcm"));
    }

    #[test]
    fn names_and_counts_keep_the_published_limits() {
        let mut strategies = Strategies::default();
        for bad in ["", "with space", "ünïcode", &"x".repeat(33)] {
            assert!(matches!(strategies.insert(1, bad, silent()), Err(StrategyError::Name(_))), "{bad:?}");
        }
        strategies.insert(1, &"x".repeat(32), silent()).unwrap();
        for n in 1..MAX_PER_APP {
            strategies.insert(1, &format!("s{n}"), silent()).unwrap();
        }
        assert_eq!(strategies.insert(1, "one-more", silent()), Err(StrategyError::TooMany(1)));
        strategies.insert(1, "s1", silent()).expect("replacing is not adding");
        strategies.insert(2, "one-more", silent()).expect("another app has its own count");
    }

    #[test]
    fn a_file_with_all_vendors_reads_and_faults_name_the_parameter() {
        let strategy: Strategy = serde_json::from_str(
            r#"{"apple":{"push_type":"voip","mutable_content":true},
                "fcm":{"push_type":"data","channel_id":"calls","priority":"high"},
                "huawei":{"target_user_type":1,"category":"IM","click":{"open_page":{"intent":"intent://x"}}},
                "harmonyos":{"push_type":10,"test_message":true},
                "xiaomi":{"channel_id":"c","click":"open_app"},
                "oppo":{"category":"IM","notify_level":16},
                "vivo":{"category":"IM","classification":1,"push_mode":1},
                "web":{"push_type":"silent","urgency":"very-low"}}"#,
        )
        .unwrap();
        strategy.check("all").unwrap();
        assert!(serde_json::from_str::<Strategy>(r#"{"apple":{"sounds":"x"}}"#).is_err());
        let bad: Strategy = serde_json::from_str(r#"{"harmonyos":{"click_type":1}}"#).unwrap();
        assert!(bad.check("h").unwrap_err().to_string().contains("harmonyos.uri"));
        for (text, parameter) in [
            (r#"{"xiaomi":{"channel_name":"c"}}"#, "xiaomi.channel_id"),
            (r#"{"xiaomi":{"template_id":"t"}}"#, "xiaomi.channel_id"),
            (r#"{"xiaomi":{"template_param":{"a":"b"}}}"#, "xiaomi.template_id"),
            (r#"{"oppo":{"category":"IM","notify_level":3}}"#, "oppo.notify_level"),
            (r#"{"oppo":{"notify_level":2}}"#, "oppo.category"),
            (r#"{"vivo":{"classification":2}}"#, "vivo.classification"),
            (r#"{"vivo":{"category":"IM","classification":0}}"#, "vivo.classification"),
            (r#"{"vivo":{"category":"im"}}"#, "vivo.category"),
            (r#"{"vivo":{"push_mode":2}}"#, "vivo.push_mode"),
        ] {
            let bad: Strategy = serde_json::from_str(text).unwrap();
            assert!(bad.check("s").unwrap_err().to_string().contains(parameter), "{text}");
        }
    }
}
