//! The structs and fields of `zim.h`, for the test that compares what C and Rust make of them.

use super::items::Item;
use crate::codegen::HEADER;
use std::fmt::Write as _;

/// A call of the test's macro for every struct with fields.
pub(super) fn rust(items: &[Item]) -> String {
    let mut text = format!("{HEADER}layouts! {{\n");
    for item in
        items.iter().filter(|item| item.text.contains("typedef struct ") && item.text.contains(" {\n"))
    {
        let fields: Vec<String> = item.text.lines().filter_map(field).collect();
        let _ = writeln!(text, "    {} {{ {} }},", item.name, fields.join(", "));
    }
    text.push_str("}\n");
    text
}

/// The name a line of a struct declares, as Rust spells it.
fn field(line: &str) -> Option<String> {
    let line = line.strip_prefix("    ").filter(|line| !line.starts_with([' ', '/', '*']))?;
    let name = match line.split_once("(*") {
        Some((_, function)) => function.split(')').next()?,
        None => line.strip_suffix(';')?.rsplit([' ', '*']).next()?,
    };
    Some(if name == "type" { "r#type".into() } else { name.to_owned() })
}
