//! `ffi/uniffi/src/generated`: what Swift, Kotlin and Java see of the enums, records, operations and events. The life
//! cycle, messages, sending and push are written by hand in `ffi/uniffi/src`.

mod enums;
mod events;
mod forms;
mod methods;
mod ordered;
mod records;

pub(super) use enums::enums;
pub(super) use ordered::answer;

use super::api::Api;
use super::{Generated, HEADER, c_abi, rustfmt};
use std::error::Error;
use std::path::Path;

/// The generated sources of the crate.
pub(crate) fn generate(root: &Path, api: &Api) -> Result<Vec<Generated>, Box<dyn Error>> {
    let methods = c_abi::methods(api)?;
    let events = c_abi::events(api)?;
    let file = |name: &str, text: String| -> Result<Generated, Box<dyn Error>> {
        let text = format!("{HEADER}{text}");
        Ok(Generated {
            path: format!("ffi/uniffi/src/generated/{name}.rs").into(),
            text: rustfmt::format(root, &text)?,
        })
    };
    let module = "//! Everything generated from `api/` for this crate.\n\nmod enums;\nmod events;\nmod methods;\nmod ordered;\nmod records;\n\n\
                  pub use enums::*;\npub use events::*;\npub use ordered::*;\npub use records::*;\n";
    Ok(vec![
        file("enums", enums::text(api, &methods, &events))?,
        file("records", records::text(api, &methods))?,
        file("methods", methods::text(api, &methods))?,
        file("ordered", ordered::text(api, &methods))?,
        file("events", events::text(api, &events))?,
        file("mod", module.to_owned())?,
    ])
}
