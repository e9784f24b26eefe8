//! The push client's declarations: `types.ts` and `published.ts` of `@zego/ZPNs` and of uni-app's package.

use super::{HEADER, declarations, import, values};
use crate::codegen::Generated;
use crate::codegen::api::{Api, Enum, Push, PushEvent, PushMethod, PushRecord};
use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Write as _;

type WriteEnum = fn(&mut String, &Enum) -> Result<(), Box<dyn Error>>;

/// One package of the push client.
struct Package {
    folder: &'static str,
    /// Whose surface it is, and what its documentation says of members beyond that.
    ours: &'static str,
    /// Enums its types name.
    enums: &'static [&'static str],
    /// How it declares an enum.
    enumeration: WriteEnum,
    record: fn(&PushRecord) -> [&[String]; 2],
    method: fn(&PushMethod) -> [Option<&str>; 2],
    event: fn(&PushEvent) -> [Option<&str>; 2],
}

const PACKAGES: [Package; 2] = [
    Package {
        folder: "bindings/arkts/zpns/src/main/ets",
        ours: "Not published for HarmonyOS.",
        enums: &["ZPNsPushSourceType"],
        enumeration: values::enumeration,
        record: |item| [&item.arkts, &item.arkts_ours],
        method: |item| [item.arkts.as_deref(), item.arkts_ours.as_deref()],
        event: |item| [item.arkts.as_deref(), item.arkts_ours.as_deref()],
    },
    Package {
        folder: "bindings/uniapp/js_sdk/zego-ZPNsUniPlugin-JS/lib",
        ours: "Not published for uni-app.",
        enums: &["ZPNsIOSEnvironment", "ZPNsPushSourceType"],
        enumeration: typescript_enum,
        record: |item| [&item.uniapp, &item.uniapp_ours],
        method: |item| [item.uniapp.as_deref(), item.uniapp_ours.as_deref()],
        event: |item| [item.uniapp.as_deref(), item.uniapp_ours.as_deref()],
    },
];

pub(super) fn generate(api: &Api) -> Result<Vec<Generated>, Box<dyn Error>> {
    let mut files = Vec::new();
    for package in &PACKAGES {
        let file = |name, text| Generated { path: format!("{}/{name}.ts", package.folder).into(), text };
        files.push(file("types", types(package, api)?));
        files.push(file("published", methods(package, &api.push)?));
    }
    Ok(files)
}

/// Enums, error codes, classes and events.
fn types(package: &Package, api: &Api) -> Result<String, Box<dyn Error>> {
    let mut text = HEADER.to_owned();
    for name in package.enums {
        let item = api.find_enum(name).ok_or_else(|| format!("api/enums.toml has no {name}"))?;
        (package.enumeration)(&mut text, item)?;
    }
    values::error_codes(&mut text, "ZPNsErrorCode", &api.errors.zpns)?;
    for record in &api.push.records {
        class(&mut text, package, record)?;
    }
    text.push_str(
        "\n/** The events by name, with their listeners. */\nexport interface ZPNsEventHandler {\n",
    );
    for event in &api.push.events {
        for (form, doc) in forms(package, (package.event)(event), &event.doc) {
            let (name, payload) = form.split_once('(').ok_or_else(|| format!("{form}: no payload"))?;
            writeln!(text, "  /** {doc} */\n  {name}: ({payload} => void;")?;
        }
    }
    text.push_str("}\n");
    Ok(text)
}

fn typescript_enum(text: &mut String, item: &Enum) -> Result<(), Box<dyn Error>> {
    writeln!(text, "\n/** {} */\nexport enum {} {{", item.doc, item.name)?;
    for value in item.values.iter().filter(|value| value.only.is_none()) {
        writeln!(text, "  /** {} */\n  {} = {},", value.doc, value.name, value.value)?;
    }
    text.push_str("}\n");
    Ok(())
}

fn class(text: &mut String, package: &Package, record: &PushRecord) -> Result<(), Box<dyn Error>> {
    let [published, ours] = (package.record)(record);
    if published.is_empty() && ours.is_empty() {
        return Ok(());
    }
    let doc =
        if published.is_empty() { format!("{} {}", record.doc, package.ours) } else { record.doc.clone() };
    writeln!(text, "\n/** {doc} */\nexport interface {} {{", record.name)?;
    for member in published {
        writeln!(text, "{}", declared(record, member, "")?)?;
    }
    for member in ours {
        let more = if published.is_empty() { "" } else { package.ours };
        writeln!(text, "{}", declared(record, member, more)?)?;
    }
    text.push_str("}\n");
    Ok(())
}

/// The declaration of one member: `name`, `name?`, or either with a type that is not the field's.
fn declared(record: &PushRecord, member: &str, more: &str) -> Result<String, String> {
    let (spelled, kind) = match member.split_once(": ") {
        Some((spelled, kind)) => (spelled, Some(kind.to_owned())),
        None => (member, None),
    };
    let name = spelled.trim_end_matches('?');
    let field = record.field(name).ok_or_else(|| format!("{}: no field for {name}", record.name))?;
    let kind = kind.unwrap_or_else(|| declarations::kind(&field.kind));
    Ok(format!("  /** {} */\n  {spelled}: {kind};", format!("{} {more}", field.doc).trim_end()))
}

/// The methods, in two interfaces that the class written by hand fulfils.
fn methods(package: &Package, push: &Push) -> Result<String, Box<dyn Error>> {
    let (mut of_objects, mut of_class) = (String::new(), String::new());
    for method in &push.methods {
        for (signature, doc) in forms(package, (package.method)(method), &method.doc) {
            let (text, signature) = match signature.strip_prefix("static ") {
                Some(signature) => (&mut of_class, signature),
                None => (&mut of_objects, signature),
            };
            writeln!(text, "  /** {doc} */\n  {signature};")?;
        }
    }
    let body = format!(
        "/** What an object of the class `ZPNs` does. */\nexport interface ZPNsMethods {{\n{of_objects}}}\n\n\
         /** What the class `ZPNs` itself does. */\nexport interface ZPNsStatics {{\n{of_class}}}\n"
    );
    let classes = push.records.iter().map(|record| record.name.as_str()).chain(["ZPNsEventHandler"]);
    let named: BTreeSet<&str> = classes.filter(|name| is_named(&body, name)).collect();
    Ok(format!(
        "{HEADER}import type {{ ZPNs }} from './ZPNs';\n{}\n{body}",
        import(&Vec::from_iter(named), "./types")
    ))
}

fn is_named(text: &str, name: &str) -> bool {
    text.split(|letter: char| !letter.is_alphanumeric()).any(|word| word == name)
}

/// The published forms of a method or event, then ours, each with its documentation.
fn forms<'a>(
    package: &Package,
    [published, ours]: [Option<&'a str>; 2],
    doc: &str,
) -> Vec<(&'a str, String)> {
    let list = |forms: Option<&'a str>| forms.into_iter().flat_map(|forms| forms.split(" ; "));
    let published = list(published).map(|form| (form, doc.to_owned()));
    published.chain(list(ours).map(|form| (form, format!("{doc} {}", package.ours)))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codegen::root;

    #[test]
    fn a_member_is_declared_from_its_field() {
        let api = Api::load(&root()).expect("api/ is valid");
        let record = |name: &str| api.push.records.iter().find(|item| item.name == name).expect("a class");
        let config = record("ZPNsConfig");
        assert!(declared(config, "appType?", "").expect("a field").ends_with("\n  appType?: number;"));
        assert!(
            declared(config, "enableHwBadge?", "Ours.")
                .expect("a field")
                .contains("Ours. */\n  enableHwBadge?: boolean;")
        );
        assert!(declared(config, "noSuch", "").is_err());
        let member = declared(record("ZPNsMessage"), "extras: Record<string, any>", "").expect("a field");
        assert!(member.ends_with("\n  extras: Record<string, any>;"));
    }

    #[test]
    fn harmonyos_publishes_one_event_and_uniapp_four() {
        let api = Api::load(&root()).expect("api/ is valid");
        let count = |package: &Package| {
            api.push.events.iter().filter(|event| (package.event)(event)[0].is_some()).count()
        };
        assert_eq!(PACKAGES.each_ref().map(count), [1, 4]);
    }
}
