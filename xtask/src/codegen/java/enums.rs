//! `im.zego.zim.enums`: the published enums and the error codes.

use super::{class, doc, forms};
use crate::codegen::Generated;
use crate::codegen::api::{Api, Enum};
use std::fmt::Write as _;

/// Java constants whose spelling does not follow from the name: enum, value, published Java name.
const SPELLED: [(&str, &str, &str); 4] = [
    ("ZIMPlatformType", "IPhoneOS", "I_PHONE_O_S"),
    ("ZIMPlatformType", "MacOS", "MAC_O_S"),
    ("ZIMPlatformType", "IPadOS", "I_PAD_O_S"),
    ("ZIMPlatformType", "OHOS", "O_H_O_S"),
];

/// Further names of constants, of earlier versions and of documents that spell them otherwise: enum, alias, constant.
const ALIASES: [(&str, &str, &str); 8] = [
    ("ZIMPlatformType", "I_PHONE_OS", "I_PHONE_O_S"),
    ("ZIMPlatformType", "IPHONE_OS", "I_PHONE_O_S"),
    ("ZIMPlatformType", "MAC_OS", "MAC_O_S"),
    ("ZIMPlatformType", "I_PAD_OS", "I_PAD_O_S"),
    ("ZIMPlatformType", "OHOS", "O_H_O_S"),
    ("ZIMMediaFileType", "THUMBNAIL_IMAGE", "THUMBNAIL"),
    ("ZIMGroupMessageNotificationStatus", "DISTURB", "DO_NOT_DISTURB"),
    ("ZIMCallUserState", "QUITED", "QUIT"),
];

/// The Java constant of a value.
pub(super) fn constant(name: &str, value: &str) -> String {
    match SPELLED.iter().find(|(known, of, _)| *known == name && *of == value) {
        Some((_, _, spelled)) => (*spelled).to_owned(),
        None => forms::screaming(value),
    }
}

/// One file per enum; those that Java publishes as numbers become classes of numbers.
pub(super) fn files(api: &Api) -> Vec<Generated> {
    let mut files: Vec<Generated> = api
        .enums
        .iter()
        .filter(|item| item.name.starts_with("ZIM"))
        .map(|item| {
            let body =
                if forms::NUMBERS.contains(&item.name.as_str()) { numbers(item) } else { enumeration(item) };
            class("enums", &item.name, &body)
        })
        .collect();
    files.push(class("enums", "ZIMErrorCode", &codes(api)));
    files
}

fn enumeration(item: &Enum) -> String {
    let name = &item.name;
    let values: Vec<String> = item
        .values
        .iter()
        .map(|value| {
            format!("{}    {}({})", doc("    ", &value.doc), constant(name, &value.name), value.value)
        })
        .collect();
    let unknown = item.values.iter().any(|value| value.name == "Unknown");
    let mut aliases = String::new();
    for (_, alias, of) in ALIASES.iter().filter(|(known, _, _)| known == name) {
        let _ = write!(
            aliases,
            "\n    /** Another published spelling of {{@link #{of}}}. */\n    public static final {name} {alias} = {of};\n"
        );
    }
    let (fallback, told) = if unknown { ("UNKNOWN", "{@link #UNKNOWN}") } else { ("null", "null") };
    body(name, &doc("", &item.doc), &values, &aliases, fallback, told)
}

fn codes(api: &Api) -> String {
    let values: Vec<String> = api
        .errors
        .zim
        .iter()
        .map(|code| format!("{}    {}({})", doc("    ", &code.doc), forms::screaming(&code.name), code.code))
        .collect();
    let about = doc("", "Result of a ZIM call; 0 is success.");
    body("ZIMErrorCode", &about, &values, "", "FAILED", "{@link #FAILED}")
}

fn body(name: &str, about: &str, values: &[String], aliases: &str, fallback: &str, told: &str) -> String {
    format!(
        "{about}public enum {name} {{\n{};\n{aliases}\n    private final int value;\n\n    {name}(int value) {{\n        this.value = value;\n    }}\n\n\
         \x20   /** The published number. */\n    public int value() {{\n        return value;\n    }}\n\n\
         \x20   /** The constant of a number; {told} if there is none. */\n    public static {name} get{name}(int value) {{\n\
         \x20       for ({name} known : values()) {{\n            if (known.value == value) {{\n                return known;\n            }}\n        }}\n\
         \x20       return {fallback};\n    }}\n}}\n",
        values.join(",\n"),
    )
}

fn numbers(item: &Enum) -> String {
    let mut text = format!(
        "{}public final class {} {{\n",
        doc("", &format!("{} Plain numbers in Java.", item.doc)),
        item.name
    );
    for value in &item.values {
        let _ = write!(
            text,
            "{}    public static final int {} = {};\n\n",
            doc("    ", &value.doc),
            constant(&item.name, &value.name),
            value.value
        );
    }
    let _ = write!(text, "    private {}() {{}}\n}}\n", item.name);
    text
}
