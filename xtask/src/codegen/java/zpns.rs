//! `im.zego.zpns.enums`: what ZPNs publishes as numbers on Android.

use super::{HEADER, doc, forms};
use crate::codegen::Generated;
use crate::codegen::api::Api;
use std::error::Error;

const SOURCES: &str = "bindings/kotlin/zpns/src/main/java/im/zego/zpns/enums";

/// Numbers of the table that are not Android's: Flutter's wire has one for Apple.
const NOT_ANDROID: [&str; 1] = ["APNS"];

const OF_CODE: &str = r#"
    /** The constant of a number; {@link #REGISTER_FAILED} if there is none. */
    public static ZPNsErrorCode of(int code) {
        for (ZPNsErrorCode known : values()) {
            if (known.code == code) {
                return known;
            }
        }
        return REGISTER_FAILED;
    }
"#;

/// `ZPNsConstants` with the push sources inside, and `ZPNsErrorCode`.
pub(super) fn files(api: &Api) -> Result<Vec<Generated>, Box<dyn Error>> {
    let sources = api.enums.iter().find(|item| item.name == "ZPNsPushSource");
    let sources = sources.ok_or("api/enums.toml has no ZPNsPushSource")?;
    let constants: Vec<_> = sources
        .values
        .iter()
        .filter(|value| !NOT_ANDROID.contains(&value.name.as_str()))
        .map(|value| (value.name.clone(), value.value.to_string(), value.doc.as_str()))
        .collect();
    let codes: Vec<_> = api
        .errors
        .zpns
        .iter()
        .map(|code| (forms::screaming(&code.name), code.code.to_string(), code.doc.as_str()))
        .collect();

    let nested = enumeration("PushSource", "Vendor a push came from.", &constants, "code", "");
    let nested: String = nested
        .lines()
        .map(|line| if line.is_empty() { "\n".into() } else { format!("    {line}\n") })
        .collect();
    let constants = format!(
        "/** Constants of ZPNs. */\npublic final class ZPNsConstants {{\n{nested}\n    private ZPNsConstants() {{}}\n}}\n"
    );
    let about = "Result of a registration; 0 is success. The numbers are not those of {@code ZIMErrorCode}.";
    Ok(vec![
        class("ZPNsConstants", &constants),
        class("ZPNsErrorCode", &enumeration("ZPNsErrorCode", about, &codes, "getCode", OF_CODE)),
    ])
}

fn class(name: &str, body: &str) -> Generated {
    Generated {
        path: format!("{SOURCES}/{name}.java").into(),
        text: format!("{HEADER}package im.zego.zpns.enums;\n\n{body}"),
    }
}

/// An enum whose number is published under the name `accessor`; `members` follow it.
fn enumeration(
    name: &str,
    about: &str,
    values: &[(String, String, &str)],
    accessor: &str,
    members: &str,
) -> String {
    let values: Vec<String> = values
        .iter()
        .map(|(constant, number, told)| format!("{}    {constant}({number})", doc("    ", told)))
        .collect();
    format!(
        "/** {about} */\npublic enum {name} {{\n{};\n\n    private final int code;\n\n    {name}(int code) {{\n        this.code = code;\n    }}\n\n\
         \x20   /** The published number. */\n    public int {accessor}() {{\n        return code;\n    }}\n{members}}}\n",
        values.join(",\n"),
    )
}
