//! The enums and error codes as objects: `bindings/arkts/zim/src/enums.js`.

use super::{HEADER, is_used};
use crate::codegen::Generated;
use crate::codegen::api::Api;
use std::error::Error;
use std::fmt::Write as _;

pub(super) fn generate(api: &Api) -> Result<Generated, Box<dyn Error>> {
    let mut text = HEADER.to_owned();
    for item in api.enums.iter().filter(|item| is_used(api, &item.name)) {
        writeln!(text, "\nexport const {} = Object.freeze({{", item.name)?;
        for value in &item.values {
            writeln!(text, "  {}: {},", value.name, value.value)?;
        }
        text.push_str("});\n");
    }
    for (name, codes) in [("ZIMErrorCode", &api.errors.zim), ("ZPNsErrorCode", &api.errors.zpns)] {
        writeln!(text, "\nexport const {name} = Object.freeze({{")?;
        for code in codes {
            writeln!(text, "  {}: {},", code.name, code.code)?;
        }
        text.push_str("});\n");
    }
    Ok(Generated { path: "bindings/arkts/zim/src/enums.js".into(), text })
}
