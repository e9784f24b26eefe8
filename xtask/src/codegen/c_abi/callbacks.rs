//! `ffi/src/generated/callbacks.rs`: how an operation's result reaches C.

use super::{Method, absent, c_parameters, doc, give};
use crate::codegen::api::{Api, Type};
use crate::codegen::names;
use std::collections::BTreeMap;
use std::fmt::Write as _;

pub(super) fn text(api: &Api, methods: &[Method<'_>]) -> String {
    let mut text = String::from(
        "//! One struct per kind of result. Of an accepted call, `on_done` is called exactly once, unless the client is destroyed\n\
         //! first, and `release` exactly once after it in any case.\n\n\
         #![allow(clippy::borrow_deref_ref, clippy::explicit_auto_deref)]\n\n\
         use crate::callback::Held;\nuse crate::convert;\nuse crate::error::zim_error;\nuse crate::generated::records::*;\nuse crate::arena::Arena;\nuse crate::message::zim_message;\nuse crate::types::zim_str;\nuse std::ffi::c_void;\nuse zim_core::{Error, model};\n",
    );
    let mut written: BTreeMap<String, ()> = BTreeMap::new();
    for method in methods {
        if written.insert(method.callback(), ()).is_none() {
            one(api, method, &mut text);
        }
    }
    text
}

fn one(api: &Api, method: &Method<'_>, text: &mut String) {
    let name = method.callback();
    let mut parameters = vec![("user_data".to_owned(), "*mut c_void".to_owned())];
    for value in &method.fresh {
        parameters.extend(c_parameters(api, &names::snake(&value.name), &value.kind));
    }
    parameters.push(("error".into(), "*const zim_error".into()));
    let signature =
        parameters.iter().map(|(name, kind)| format!("{name}: {kind}")).collect::<Vec<_>>().join(", ");
    let subject = if method.fresh.is_empty() {
        "Result of an operation that gives no value.".to_owned()
    } else {
        format!(
            "Result of `zim_client_{}` and operations with the same values.",
            names::snake(method.published)
        )
    };
    let _ = write!(
        text,
        "\n{}#[repr(C)]\n#[derive(Clone, Copy)]\npub struct {name} {{\n\
         {}    pub struct_size: usize,\n\
         {}    pub on_done: Option<unsafe extern \"C\" fn({signature})>,\n\
         {}    pub release: Option<unsafe extern \"C\" fn(user_data: *mut c_void)>,\n\
         {}    pub user_data: *mut c_void,\n}}\n\ncrate::callback::is_callback!({name});\n",
        doc("", &[&subject]),
        doc("    ", &["`sizeof` this struct."]),
        doc(
            "    ",
            &[
                "Called once with the values, or with `error` set and the values empty. Views live until it returns. Thread: callbacks."
            ]
        ),
        doc("    ", &["Called last, once, on any thread; frees `user_data`. May be NULL."]),
        doc("    ", &["Given back to both. Yours."]),
    );
    let result = result_type(method);
    let _ = write!(
        text,
        "\nimpl Held<{name}> {{\n    /// Tells the host.\n    pub(crate) fn complete(self, result: &Result<{result}, Error>) {{\n\
         let Some(on_done) = self.callback().and_then(|callback| callback.on_done) else {{ return }};\n\
         let error = result.as_ref().err().map(zim_error::new);\n\
         let error = error.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);\n"
    );
    let mut arguments = Vec::new();
    if !method.fresh.is_empty() {
        if needs_arena(api, method) {
            text.push_str("let mut arena = Arena::new();\n");
        }
        let single = method.fresh.len() == 1;
        let bindings: Vec<String> = method.fresh.iter().map(|value| names::snake(&value.name)).collect();
        let some: Vec<String> = method
            .fresh
            .iter()
            .map(|value| {
                let place = if single {
                    "value".to_owned()
                } else {
                    format!("&value.{}", names::rust_field(&value.name))
                };
                give(api, &value.kind, &place)
            })
            .collect();
        let none: Vec<&str> = method.fresh.iter().map(|value| absent(api, &value.kind)).collect();
        let tuple = |items: &[String]| {
            if items.len() == 1 { items[0].clone() } else { format!("({})", items.join(", ")) }
        };
        let none: Vec<String> = none.into_iter().map(str::to_owned).collect();
        let _ = writeln!(
            text,
            "let {} = match result {{ Ok(value) => {}, Err(_) => {} }};",
            tuple(&bindings),
            tuple(&some),
            tuple(&none)
        );
        for (value, binding) in method.fresh.iter().zip(&bindings) {
            if matches!(value.kind, Type::List(_)) {
                arguments.extend([format!("{binding}.0"), format!("{binding}.1")]);
            } else {
                arguments.push(binding.clone());
            }
        }
    }
    arguments.insert(0, "self.user_data()".into());
    arguments.push("error".into());
    let _ = write!(
        text,
        "// SAFETY: the host promised a function of this type; every view lives in `result` or the arena until it returns.\n\
         unsafe {{ on_done({}); }}\n}}\n}}\n",
        arguments.join(", ")
    );
}

fn needs_arena(api: &Api, method: &Method<'_>) -> bool {
    method.fresh.iter().any(|value| give(api, &value.kind, "x").contains("arena"))
}

/// The Rust type an operation answers with.
fn result_type(method: &Method<'_>) -> String {
    match method.fresh.as_slice() {
        [] => "()".into(),
        [value] => model_type(&value.kind),
        _ => format!("zim_core::{}", result_struct(method.published)),
    }
}

/// Operations with several values answer with a struct of that name.
pub(crate) fn result_struct(published: &str) -> &'static str {
    match published {
        "createGroup" => "GroupCreated",
        "inviteUsersIntoGroup" => "GroupUsersInvited",
        "queryGroupMemberList" => "GroupMemberList",
        "callInvite" => "CallInvited",
        "queryCallInvitationList" => "CallList",
        other => panic!("name the result of {other} here"),
    }
}

fn model_type(kind: &Type) -> String {
    match kind {
        Type::Str => "String".into(),
        Type::Bool => "bool".into(),
        Type::I32 => "i32".into(),
        Type::U32 => "u32".into(),
        Type::I64 => "i64".into(),
        Type::U64 => "u64".into(),
        Type::Named(class) => format!("model::{}", names::rust_type(class)),
        Type::Shared(class) => format!("std::sync::Arc<model::{}>", names::rust_type(class)),
        Type::List(item) => format!("Vec<{}>", model_type(item)),
        other => panic!("no model type for {other:?}"),
    }
}
