//! `im.zego.zim.ZIMOperations`: the operations of class `ZIM` that follow one pattern.

use super::{HEADER, SOURCES, doc, forms, operations};
use crate::codegen::Generated;
use crate::codegen::api::{Api, Type};
use crate::codegen::signature::Parameter;
use std::error::Error;
use std::fmt::Write as _;

pub(super) fn file(api: &Api) -> Result<Generated, Box<dyn Error>> {
    let mut kinds: Vec<Type> = Vec::new();
    let mut callbacks: Vec<String> = Vec::new();
    let mut methods = String::new();
    for operation in operations(api)? {
        let method = &operation.method;
        let callback = &method.operation.callback;
        callbacks.push(format!("import im.zego.zim.callback.{callback};\n"));
        let full = &method.operation.parameters;
        for form in operation.forms(api)? {
            kinds.extend(form.iter().map(|value| value.kind.clone()));
            let mut declared: Vec<String> = form.iter().map(forms::declared).collect();
            declared.push(format!("{callback} callback"));
            let declared = declared.join(", ");
            let name = method.published;
            if form.len() == full.len() {
                let _ = write!(
                    methods,
                    "\n{}    public abstract void {name}({declared});\n",
                    doc("    ", method.doc)
                );
            } else {
                let _ = write!(
                    methods,
                    "\n    /** As below, with defaults. */\n    public void {name}({declared}) {{\n        {name}({}, callback);\n    }}\n",
                    passed(full, &form)
                );
            }
        }
    }
    callbacks.sort();
    callbacks.dedup();
    let imports = forms::imports(api, &kinds.iter().collect::<Vec<_>>(), "");
    let text = format!(
        "{HEADER}package im.zego.zim;\n\n{}{imports}\
         /**\n * The operations of {{@link ZIM}}. Each answers its callback once, on the callback thread; a callback may be null. What is\n\
         \x20* wrong with an argument comes through the callback too, as 6000001 with the parameter's name. Any thread.\n */\n\
         public abstract class ZIMOperations {{{methods}}}\n",
        callbacks.concat(),
    );
    Ok(Generated { path: format!("{SOURCES}/ZIMOperations.java").into(), text })
}

/// The arguments of the full form; what the shorter one lacks is a default config.
fn passed(full: &[Parameter], shorter: &[Parameter]) -> String {
    full.iter()
        .map(|value| {
            if shorter.contains(value) {
                value.name.clone()
            } else {
                format!("new {}()", forms::java(&value.kind))
            }
        })
        .collect::<Vec<_>>()
        .join(", ")
}
