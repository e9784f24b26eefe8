//! The methods that hand their parameters on as they are: `bindings/arkts/zim/src/main/ets/ZIMCalls.ts`.

use super::{HEADER, import};
use crate::codegen::Generated;
use crate::codegen::api::{Api, Method};
use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Write as _;

/// Methods of the class `ZIM` itself, which is written by hand.
const BY_HAND: [&str; 8] =
    ["create", "destroy", "on", "off", "login", "logout", "sendMessage", "queryHistoryMessage"];

pub(super) fn generate(api: &Api) -> Result<Generated, Box<dyn Error>> {
    let mut methods = String::new();
    let mut types = BTreeSet::new();
    for method in api.methods.iter().filter(|method| method.implemented && !BY_HAND.contains(&&*method.name))
    {
        for signature in signatures(method) {
            let signature = relaxed(signature);
            types.extend(named(&signature).map(str::to_owned));
            let parameters = parameters(&signature).join(", ");
            write!(
                methods,
                "\n  /** {} */\n  {signature} {{\n    return this.call('{}', [{parameters}]);\n  }}\n",
                method.doc, method.name
            )?;
        }
    }
    let (enums, classes): (Vec<_>, Vec<_>) =
        types.into_iter().partition(|name| api.enums.iter().any(|item| item.name == *name));
    let text = format!(
        "{HEADER}\n{}{}\n\
         /** The calls of a client whose parameters need no preparation. */\nexport abstract class ZIMCalls {{\n  \
         /** Begins a call of the library. */\n  \
         protected abstract call<T>(method: string, parameters: unknown[]): Promise<T>;\n{methods}}}\n",
        import(&enums, "./enums"),
        import(&classes, "./types"),
    );
    Ok(Generated { path: "bindings/arkts/zim/src/main/ets/ZIMCalls.ts".into(), text })
}

/// What TypeScript publishes as a method of the client.
fn signatures(method: &Method) -> impl Iterator<Item = &str> {
    let published = method.ts().unwrap_or_default();
    published.split(" ; ").filter(|signature| !signature.is_empty() && !signature.starts_with("static"))
}

/// A configuration whose members are all optional may be left out of the calls where the samples do.
fn relaxed(signature: &str) -> String {
    match signature.split_once(", config: ZIMCall") {
        Some((first, rest)) => format!("{first}, config?: ZIMCall{rest}"),
        None => signature.to_owned(),
    }
}

/// The published types that a signature names.
fn named(signature: &str) -> impl Iterator<Item = &str> {
    signature.split(|letter: char| !letter.is_alphanumeric()).filter(|word| word.starts_with("ZIM"))
}

/// The names of the parameters.
fn parameters(signature: &str) -> Vec<&str> {
    let inside =
        signature.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map_or("", |(list, _)| list);
    let names = inside.split(", ").filter_map(|parameter| parameter.split_once(':'));
    names.map(|(name, _)| name.trim_end_matches('?')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_from_a_signature() {
        let signature = relaxed(
            "callInvite(invitees: string[], config: ZIMCallInviteConfig): Promise<ZIMCallInvitationSentResult>",
        );
        assert!(signature.contains("config?: ZIMCallInviteConfig"));
        assert_eq!(parameters(&signature), ["invitees", "config"]);
        assert!(named(&signature).eq(["ZIMCallInviteConfig", "ZIMCallInvitationSentResult"]));
        assert!(parameters("querySelfUserInfo(): Promise<void>").is_empty());
    }
}
