//! The parts of `zim.h` that are no Rust items: enumerators and initialisers.

use super::api::{Api, Type};
use super::{c_records, names};
use std::fmt::Write;

/// The enumerators of every enum and of the two tables of error codes, to stand at the top of `zim.h`.
///
/// In C++ they are left out, because namespace `zim` has enumerators of the same names; an application that uses the
/// C interface from C++ defines `ZIM_C_CONSTANTS` first.
pub(crate) fn constants(api: &Api) -> String {
    let mut text = String::from(
        "/* ---- Numbers ----\n * Fields and parameters hold these as int32_t, error codes as uint32_t.\n \
         * C++ has the same names in namespace zim; define ZIM_C_CONSTANTS to get these in C++ too.\n */\n\
         #if !defined(__cplusplus) || defined(ZIM_C_CONSTANTS)\n",
    );
    let _ = writeln!(text, "\n/** Error codes of ZIM. */\nenum zim_error_code {{");
    for code in &api.errors.zim {
        let _ = writeln!(
            text,
            "  /** {} */\n  ZIM_ERROR_CODE_{} = {},",
            code.doc,
            names::screaming(&code.name),
            code.code
        );
    }
    let _ = writeln!(
        text,
        "}};\n\n/** Error codes of ZPNs; 6000401 means something else than in ZIM. */\nenum zpns_error_code {{"
    );
    for code in &api.errors.zpns {
        let _ = writeln!(
            text,
            "  /** {} */\n  ZPNS_ERROR_CODE_{} = {},",
            code.doc,
            names::screaming(&code.name),
            code.code
        );
    }
    let _ = writeln!(text, "}};");
    for item in &api.enums {
        let prefix = item.constant_prefix.clone().unwrap_or_else(|| names::constant_prefix(&item.name));
        let _ = writeln!(text, "\n/** {} */\nenum {} {{", item.doc, names::c_type(&item.name));
        for value in &item.values {
            let _ = writeln!(
                text,
                "  /** {} */\n  {prefix}_{} = {},",
                value.doc,
                names::screaming(&value.name),
                value.value
            );
        }
        let _ = writeln!(text, "}};");
    }
    text.push_str("\n#endif /* numbers */\n");
    text
}

/// The `_INIT` macros of every record an application fills in, to stand at the end of `zim.h`.
pub(crate) fn initialisers(api: &Api) -> String {
    let mut text = String::from(
        "/* ---- Initialisers ----\n * Start every struct you fill in with its initialiser: it sets struct_size and the published defaults.\n \
         *   zim_push_config push = ZIM_PUSH_CONFIG_INIT;\n *   push.title = zim_str_of(\"Alice\");\n */\n\
         /** A view of a NUL-terminated text; NULL is the empty text. The text must outlive the call it is used in. */\n\
         static inline zim_str zim_str_of(const char *text) {\n  zim_str view;\n  view.data = text;\n  view.len = 0;\n  \
         if (text) {\n    while (text[view.len]) {\n      view.len++;\n    }\n  }\n  return view;\n}\n\n\
         #if !defined(__cplusplus)\n/** A message to fill in: set `type` and the content of its class. */\n\
         #define ZIM_MESSAGE_INIT {.struct_size = sizeof(zim_message), .conversation_type = ZIM_CONVERSATION_TYPE_UNKNOWN}\n",
    );
    for record in api.generated_records().filter(|record| record.comes_in()) {
        let name = names::c_type(&record.name);
        let mut values = vec![format!(".struct_size = sizeof({name})")];
        for field in api.all_fields(record) {
            let Some(number) = c_records::default_number(api, &field) else { continue };
            let value = match &field.kind {
                Type::Named(class) => api
                    .find_enum(class)
                    .and_then(|item| {
                        let prefix = item
                            .constant_prefix
                            .clone()
                            .unwrap_or_else(|| names::constant_prefix(&item.name));
                        let value = item.values.iter().find(|value| i64::from(value.value) == number)?;
                        Some(format!("{prefix}_{}", names::screaming(&value.name)))
                    })
                    .unwrap_or_else(|| number.to_string()),
                Type::Bool => "true".into(),
                _ => number.to_string(),
            };
            values.push(format!(".{} = {value}", names::snake(&field.name)));
        }
        let macro_name = format!("{}_INIT", name.to_ascii_uppercase());
        if let [size] = values.as_slice() {
            let _ = writeln!(text, "#define {macro_name} {{{size}}}");
        } else {
            let _ = writeln!(
                text,
                "#define {macro_name} \\\n  {{ \\\n    {} \\\n  }}",
                values.join(", \\\n    ")
            );
        }
    }
    text.push_str("#endif /* initialisers */\n");
    text
}
