//! `ffi/src/generated/methods.rs`: one function per operation.

use super::{Method, c_parameters, doc, is_enum};
use crate::codegen::api::{Api, Type};
use crate::codegen::names;
use std::fmt::Write as _;

pub(super) fn text(api: &Api, methods: &[Method<'_>]) -> String {
    let mut text = String::from(
        "//! One function per published operation.\n\n\
         use crate::callback::{begin, hold};\nuse crate::client::{borrow, zim_client};\nuse crate::convert;\nuse crate::generated::callbacks::*;\nuse crate::generated::records::*;\nuse crate::guard::guard;\nuse crate::message::zim_message;\nuse crate::status::zim_status;\nuse crate::types::zim_str;\nuse zim_core::model;\n",
    );
    for method in methods {
        one(api, method, &mut text);
    }
    text
}

fn one(api: &Api, method: &Method<'_>, text: &mut String) {
    let name = names::snake(method.published);
    let callback = method.callback();
    let mut parameters = vec![("client".to_owned(), "*const zim_client".to_owned())];
    let (mut take, mut pass) = (String::new(), Vec::new());
    for parameter in &method.operation.parameters {
        let variable = names::snake(&parameter.name);
        parameters.extend(c_parameters(api, &variable, &parameter.kind));
        let published = &parameter.name;
        let taken = match &parameter.kind {
            Type::Str => {
                pass.push(format!("&{variable}"));
                format!("convert::take_string({variable}, \"{published}\")?")
            }
            Type::Named(class) if is_enum(api, class) => {
                pass.push(variable.clone());
                format!(
                    "convert::take_enum({variable}, model::{}::from_value, \"{published}\")?",
                    names::rust_type(class)
                )
            }
            Type::Named(_) => {
                pass.push(variable.clone());
                format!("convert::take_record({variable}, \"{published}\")?")
            }
            Type::Shared(class) if names::is_message(class) => {
                pass.push(variable.clone());
                format!("convert::take_message({variable}, \"{published}\")?")
            }
            Type::List(item) if **item == Type::Str => {
                pass.push(variable.clone());
                format!("convert::take_strings({variable}, {variable}_count, \"{published}\")?")
            }
            _ => {
                pass.push(variable.clone());
                continue;
            }
        };
        let _ = if taken.contains("take_enum") {
            writeln!(take, "let {variable} = {taken};")
        } else {
            writeln!(
                take,
                "// SAFETY: a view that lives for this call, by the contract above.\nlet {variable} = unsafe {{ {taken} }};"
            )
        };
    }
    parameters.push(("callback".into(), format!("*const {callback}")));
    let signature =
        parameters.iter().map(|(name, kind)| format!("{name}: {kind}")).collect::<Vec<_>>().join(", ");
    let published = format!(
        "Published as `{}`{}.",
        method.published,
        if method.since.is_empty() { String::new() } else { format!(", since {}", method.since) }
    );
    let _ = write!(
        text,
        "\n{}///\n/// # Safety\n/// `client` is a live client; the other pointers are NULL or valid for this call, and strings and lists as long as they say.\n\
         #[unsafe(no_mangle)]\npub unsafe extern \"C\" fn zim_client_{name}({signature}) -> zim_status {{\nguard(|| {{\n\
         // SAFETY: NULL or live, by the contract above.\nlet client = unsafe {{ borrow(client)? }};\n{take}\
         // SAFETY: NULL or valid for this call, by the contract above.\nlet callback = unsafe {{ hold(callback)? }};\n\
         let call = client.{name}({});\nbegin(callback, |callback| call.then(move |result| callback.complete(&result)));\nOk(())\n}})\n}}\n",
        doc("", &[method.doc, method.note, &published, "Thread: any, also in callbacks."]),
        pass.join(", ")
    );
}
