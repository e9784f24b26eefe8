//! `im.zego.zim.internal`: Kotlin between the published classes and those that uniffi writes. What is special (the client
//! itself, messages) is written by hand beside it.

mod calls;
mod events;
mod forms;
mod records;

use super::{HEADER, Operation, operations};
use crate::codegen::Generated;
use crate::codegen::api::Api;
use std::error::Error;

/// What the generated files use of uniffi's and of the published classes; Kotlin does not mind those that are not used.
const IMPORTS: &str = "package im.zego.zim.internal\n\nimport im.zego.zim.*\nimport im.zego.zim.callback.*\nimport im.zego.zim.entity.*\n\
                       import im.zego.zim.enums.*\nimport im.zego.zim.internal.uniffi.*\n";

pub(super) fn files(api: &Api) -> Result<Vec<Generated>, Box<dyn Error>> {
    let operations = operations(api)?;
    let events = crate::codegen::c_abi::events(api)?;
    Ok(vec![
        file("Records", &records::text(api, &operations, &events)),
        file("Calls", &calls::text(api, &operations)),
        file("Events", &events::text(&events)),
    ])
}

fn file(name: &str, body: &str) -> Generated {
    Generated {
        path: format!("bindings/kotlin/zim/src/main/kotlin/im/zego/zim/internal/{name}.kt").into(),
        text: format!("{HEADER}{IMPORTS}\n{body}"),
    }
}
