//! Spelling rules: how a published name is written in Rust, C and C++.

/// Splits `isOfflineLogin`, `KickedOut` or `iOSVoIPHandleType` into words at case changes.
fn words(name: &str) -> Vec<String> {
    // Names whose capitals do not follow the rule; they are one word each.
    let prepared = name
        .replace("iOSVoIP", "iosVoip")
        .replace("voIP", "voip")
        .replace("VoIP", "Voip")
        .replace("iOS", "ios")
        .replace("userIDs", "userIds")
        .replace("UserIDs", "UserIds");
    let letters: Vec<char> = prepared.chars().collect();
    let mut words = vec![String::new()];
    for (index, letter) in letters.iter().enumerate() {
        let after_small =
            index > 0 && (letters[index - 1].is_ascii_lowercase() || letters[index - 1].is_ascii_digit());
        let before_small = letters.get(index + 1).is_some_and(char::is_ascii_lowercase);
        let after_capital = index > 0 && letters[index - 1].is_ascii_uppercase();
        if letter.is_ascii_uppercase() && (after_small || (after_capital && before_small)) {
            words.push(String::new());
        }
        words.last_mut().expect("one word at least").push(*letter);
    }
    words
}

/// `isOfflineLogin` → `is_offline_login`.
pub(crate) fn snake(name: &str) -> String {
    words(name).join("_").to_ascii_lowercase()
}

/// `KickedOut` → `KICKED_OUT`.
pub(crate) fn screaming(name: &str) -> String {
    words(name).join("_").to_ascii_uppercase()
}

/// Whether a class is a message. Hosts have one class per kind of content; below them is one type, which says its kind.
pub(crate) fn is_message(published: &str) -> bool {
    published.starts_with("ZIM") && published.ends_with("Message")
}

/// The type name inside our Rust crates: `ZIMPushConfig` → `PushConfig`, `ZPNsPushSource` → `PushSource`,
/// `ZIMRevokeMessage` → `Message`.
pub(crate) fn rust_type(published: &str) -> &str {
    if is_message(published) {
        return "Message";
    }
    published.strip_prefix("ZIM").or_else(|| published.strip_prefix("ZPNs")).unwrap_or(published)
}

/// A Rust field: snake case, raw where the word is a keyword.
pub(crate) fn rust_field(published: &str) -> String {
    let name = snake(published);
    if name == "type" { "r#type".into() } else { name }
}

/// A C type: `ZIMPushConfig` → `zim_push_config`, `ZPNsMessage` → `zpns_message`.
pub(crate) fn c_type(published: &str) -> String {
    let prefix = if published.starts_with("ZPNs") { "zpns" } else { "zim" };
    format!("{prefix}_{}", snake(rust_type(published)))
}

/// The first part of the constants of an enum: `ZIMConnectionEvent` → `ZIM_CONNECTION_EVENT`.
pub(crate) fn constant_prefix(published: &str) -> String {
    c_type(published).to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_names_become_snake_case() {
        for (published, expected) in [
            ("userID", "user_id"),
            ("resourcesID", "resources_id"),
            ("isOfflineLogin", "is_offline_login"),
            ("voIPConfig", "voip_config"),
            ("iOSVoIPHandleType", "ios_voip_handle_type"),
            ("mentionedUserIDs", "mentioned_user_ids"),
            ("conversationID", "conversation_id"),
            ("userAvatarUrl", "user_avatar_url"),
        ] {
            assert_eq!(snake(published), expected);
        }
    }

    #[test]
    fn published_names_become_constants() {
        for (published, expected) in [
            ("KickedOut", "KICKED_OUT"),
            ("DoNotDisturb", "DO_NOT_DISTURB"),
            ("IPhoneOS", "I_PHONE_OS"),
            ("OHOS", "OHOS"),
            ("CommonModuleTriggerSDKFrequencyLimit", "COMMON_MODULE_TRIGGER_SDK_FREQUENCY_LIMIT"),
            ("CommonModuleIMServerError", "COMMON_MODULE_IM_SERVER_ERROR"),
        ] {
            assert_eq!(screaming(published), expected);
        }
        assert_eq!(constant_prefix("ZIMConversationType"), "ZIM_CONVERSATION_TYPE");
        assert_eq!(constant_prefix("ZPNsPushSource"), "ZPNS_PUSH_SOURCE");
    }

    #[test]
    fn published_types_become_rust_and_c_types() {
        assert_eq!(rust_type("ZIMVoIPConfig"), "VoIPConfig");
        assert_eq!(c_type("ZIMVoIPConfig"), "zim_voip_config");
        assert_eq!(c_type("ZIMPushConfig"), "zim_push_config");
        assert_eq!(c_type("ZIMCallUserInfo"), "zim_call_user_info");
        assert_eq!(c_type("ZIMRevokeMessage"), "zim_message");
        assert_eq!(c_type("ZPNsMessage"), "zpns_message");
    }
}
