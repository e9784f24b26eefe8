//! Published selectors (`objc` in `api/methods.toml` and `api/events.toml`) and the methods they make.

use super::forms;
use crate::codegen::api::{Api, Type};
use crate::codegen::c_abi::{Method, methods};
use crate::codegen::signature::{Parameter, overloads};
use std::error::Error;

/// An operation with its published selectors.
pub(super) struct Operation<'a> {
    pub(super) method: Method<'a>,
    /// Every form: the selector's parts, and the parameters before the callback; the longest first.
    pub(super) forms: Vec<(Vec<String>, Vec<Parameter>)>,
}

/// Every operation that follows the pattern.
pub(super) fn operations(api: &Api) -> Result<Vec<Operation<'_>>, Box<dyn Error>> {
    let mut found = Vec::new();
    for method in methods(api)? {
        let name = method.published;
        let published = api.methods.iter().find(|known| known.name == name).and_then(|known| known.objc());
        let published = published.ok_or_else(|| format!("{name} has no selector"))?;
        let signatures = overloads(api, name, method.cpp)?;
        let mut forms = Vec::new();
        for text in published.split(" ; ") {
            let parts = parts(text);
            let parameters = signatures.iter().find(|parameters| parameters.len() + 1 == parts.len());
            let parameters =
                parameters.ok_or_else(|| format!("{name}: `{text}` has not the published parameters"))?;
            forms.push((parts, parameters.clone()));
        }
        forms.sort_by_key(|(parts, _)| std::cmp::Reverse(parts.len()));
        found.push(Operation { method, forms });
    }
    Ok(found)
}

/// `zim:errorInfo:` → `zim`, `errorInfo`.
pub(super) fn parts(selector: &str) -> Vec<String> {
    selector.trim().trim_end_matches(':').split(':').map(str::to_owned).collect()
}

/// `- (void)joinGroup:(NSString *)groupID callback:(nullable ZIMGroupJoinedCallback)callback`.
pub(super) fn declared(api: &Api, operation: &Operation<'_>, form: usize) -> String {
    let (parts, parameters) = &operation.forms[form];
    let callback = Parameter {
        name: "callback".into(),
        kind: Type::Optional(operation.method.operation.callback.clone()),
    };
    let words: Vec<String> = parts
        .iter()
        .zip(parameters.iter().chain([&callback]))
        .map(|(part, parameter)| {
            if parameter.name == "callback" {
                let class = &operation.method.operation.callback;
                format!("{part}:(nullable {class})callback")
            } else {
                format!("{part}:({}){}", forms::parameter_type(api, &parameter.kind), parameter.name)
            }
        })
        .collect();
    format!("- (void){}", words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_has_its_published_selector() {
        let api = Api::load(&crate::workspace::root()).unwrap();
        let operations = operations(&api).unwrap();
        let group = operations.iter().find(|found| found.method.published == "createGroup").unwrap();
        assert_eq!(group.forms.len(), 2);
        assert_eq!(
            declared(&api, group, 1),
            "- (void)createGroup:(ZIMGroupInfo *)groupInfo userIDs:(NSArray<NSString *> *)userIDs callback:(nullable ZIMGroupCreatedCallback)callback"
        );
    }
}
