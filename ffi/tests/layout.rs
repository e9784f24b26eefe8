//! What the C compiler makes of `zim.h` is what Rust made of the structs: sizes, alignments and offsets of every field.

#![allow(deprecated)]

use std::fmt::Write as _;
use std::mem::{align_of, offset_of, size_of};
use std::path::Path;
use std::process::Command;
use zim::client::{zim_config, zim_send_callback};
use zim::events::zim_event_handler;
use zim::generated::callbacks::*;
use zim::generated::records::*;
use zim::log_sink::zim_log_callback;
use zim::message::zim_message;
use zim::types::{zim_bytes, zim_key_value, zim_str};
use zim::zpns::{
    zpns_channel, zpns_event_handler, zpns_message, zpns_options, zpns_push_config, zpns_registered,
};

/// One struct as Rust lays it out.
struct Layout {
    name: &'static str,
    size: usize,
    align: usize,
    fields: Vec<(&'static str, usize)>,
}

macro_rules! layouts {
    ($($name:ident { $($field:ident),* },)*) => {
        fn layouts() -> Vec<Layout> {
            vec![$(Layout {
                name: stringify!($name),
                size: size_of::<$name>(),
                align: align_of::<$name>(),
                fields: vec![$((stringify!($field), offset_of!($name, $field))),*],
            }),*]
        }
    };
}

include!("layout/fields.rs");

#[test]
fn c_and_rust_agree_on_every_struct() {
    let include = Path::new(env!("CARGO_MANIFEST_DIR")).join("../include");
    let layouts = layouts();
    let mut source = String::from("#include <zim/zim.h>\n");
    for layout in &layouts {
        let name = layout.name;
        let _ = writeln!(source, "_Static_assert(sizeof({name}) == {}, \"size of {name}\");", layout.size);
        let _ = writeln!(
            source,
            "_Static_assert(_Alignof({name}) == {}, \"alignment of {name}\");",
            layout.align
        );
        for (field, offset) in &layout.fields {
            let field = field.trim_start_matches("r#");
            let _ = writeln!(
                source,
                "_Static_assert(offsetof({name}, {field}) == {offset}, \"{name}.{field}\");"
            );
        }
    }
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("layout.c");
    std::fs::write(&file, source).expect("the test folder is writable");
    let compiled = Command::new("cc")
        .args(["-std=c11", "-fsyntax-only", "-Wall", "-Wextra", "-pedantic", "-Werror", "-I"])
        .arg(&include)
        .arg(&file)
        .output()
        .expect("the C compiler that links Rust programs");
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
    let fields: usize = layouts.iter().map(|layout| layout.fields.len()).sum();
    println!("{} structs, {fields} fields", layouts.len());
}
