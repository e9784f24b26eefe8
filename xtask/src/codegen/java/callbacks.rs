//! `im.zego.zim.callback`: one interface per answer, with a single method, so that apps may write lambdas.

use super::{class, doc, forms, operations};
use crate::codegen::Generated;
use crate::codegen::api::{Api, Type};
use std::error::Error;

/// Names that callback methods had before: interface, older name. They are called beside the newer ones.
const OLDER: [(&str, &str); 1] =
    [("ZIMUserOfflinePushRuleUpdatedCallback", "onUserOfflinePushRuleInfoUpdated")];

/// One file per callback.
pub(super) fn files(api: &Api) -> Result<Vec<Generated>, Box<dyn Error>> {
    let error = Type::Named("ZIMError".into());
    let mut files: Vec<Generated> = Vec::new();
    for operation in operations(api)? {
        let name = &operation.method.operation.callback;
        let values = &operation.method.operation.values;
        let mut kinds: Vec<&Type> = values.iter().map(|value| &value.kind).collect();
        kinds.push(&error);
        let mut declared: Vec<String> = values.iter().map(forms::declared).collect();
        declared.push("ZIMError errorInfo".into());
        let declared = declared.join(", ");
        let mut text = forms::imports(api, &kinds, "callback");
        text.push_str(&doc("", &format!("Result of `{}`.", operation.method.published)));
        text.push_str(&format!(
            "public interface {name} {{\n    /** Called once; {{@code errorInfo}} says whether the rest means something. */\n    void {}({declared});\n",
            operation.callback_method
        ));
        for (_, older) in OLDER.iter().filter(|(known, _)| known == name) {
            text.push_str(&format!(
                "\n    /** The name up to 2.29 of {{@link #{}}}; both are called. */\n    default void {older}({declared}) {{}}\n",
                operation.callback_method
            ));
        }
        text.push_str("}\n");
        files.push(class("callback", name, &text));
    }
    Ok(files)
}

/// The older name of a callback's method, if it had one.
pub(super) fn older(callback: &str) -> Option<&'static str> {
    OLDER.iter().find(|(known, _)| *known == callback).map(|(_, older)| *older)
}
