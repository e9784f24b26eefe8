//! The enums and error codes as objects beside the type of their values: `bindings/arkts/zim/src/main/ets/enums.ts`.

use super::{HEADER, is_used};
use crate::codegen::Generated;
use crate::codegen::api::Api;
use std::error::Error;
use std::fmt::Write as _;

pub(super) fn generate(api: &Api) -> Result<Generated, Box<dyn Error>> {
    let mut text = HEADER.to_owned();
    for item in api.enums.iter().filter(|item| is_used(api, &item.name)) {
        let values: Vec<_> =
            item.values.iter().map(|value| (&value.name, i64::from(value.value), &value.doc)).collect();
        object(&mut text, &item.name, &item.doc, &values)?;
        let numbers: Vec<String> = item.values.iter().map(|value| value.value.to_string()).collect();
        writeln!(text, "export type {} = {};", item.name, numbers.join(" | "))?;
    }
    for (name, codes) in [("ZIMErrorCode", &api.errors.zim), ("ZPNsErrorCode", &api.errors.zpns)] {
        let values: Vec<_> = codes.iter().map(|code| (&code.name, i64::from(code.code), &code.doc)).collect();
        object(&mut text, name, "Error codes.", &values)?;
    }
    Ok(Generated { path: "bindings/arkts/zim/src/main/ets/enums.ts".into(), text })
}

fn object(
    text: &mut String,
    name: &str,
    doc: &str,
    values: &[(&String, i64, &String)],
) -> Result<(), Box<dyn Error>> {
    writeln!(text, "\n/** {doc} */\nexport const {name} = Object.freeze({{")?;
    for (value, number, doc) in values {
        writeln!(text, "  /** {doc} */\n  {value}: {number},")?;
    }
    text.push_str("});\n");
    Ok(())
}
