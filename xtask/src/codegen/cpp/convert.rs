//! `include/zim/ZIMConvert.h`.

use super::HEADER;
use super::records::cpp;
use crate::codegen::api::{Api, Field, Record, Type};
use crate::codegen::names;
use std::error::Error;
use std::fmt::Write;

/// What every conversion uses. Messages are converted by hand, in `ZIM.h`.
const SUPPORT: &str = r#"
/// Holds the C structs and arrays of one call. Texts are views of the C++ objects, which outlive the call.
class Scratch {
public:
    Scratch() = default;
    Scratch(const Scratch &) = delete;
    Scratch &operator=(const Scratch &) = delete;

    /// One zeroed struct.
    template <class T>
    T *one() {
        std::shared_ptr<T> value = std::make_shared<T>(T());
        held_.push_back(value);
        return value.get();
    }

    /// An array of zeroed elements; null when there are none.
    template <class T>
    T *array(size_t count) {
        if (count == 0) {
            return nullptr;
        }
        std::shared_ptr<T> values(new T[count](), std::default_delete<T[]>());
        held_.push_back(values);
        return values.get();
    }

private:
    std::vector<std::shared_ptr<void>> held_;
};

inline std::string fromC(const zim_str &from) {
    return from.len ? std::string(from.data, from.len) : std::string();
}

inline zim_str toC(const std::string &from) {
    zim_str to;
    to.data = from.data();
    to.len = from.size();
    return to;
}

inline std::vector<uint8_t> fromC(const zim_bytes &from) {
    return from.len ? std::vector<uint8_t>(from.data, from.data + from.len) : std::vector<uint8_t>();
}

inline zim_bytes toC(const std::vector<uint8_t> &from) {
    zim_bytes to;
    to.data = from.data();
    to.len = from.size();
    return to;
}

inline std::vector<std::string> fromC(const zim_str *items, size_t count) {
    std::vector<std::string> to;
    to.reserve(count);
    for (size_t i = 0; i < count; i++) {
        to.push_back(fromC(items[i]));
    }
    return to;
}

inline const zim_str *toC(const std::vector<std::string> &from, Scratch &scratch) {
    zim_str *to = scratch.array<zim_str>(from.size());
    for (size_t i = 0; i < from.size(); i++) {
        to[i] = toC(from[i]);
    }
    return to;
}

inline std::unordered_map<std::string, std::string> fromC(const zim_key_value *items, size_t count) {
    std::unordered_map<std::string, std::string> to;
    for (size_t i = 0; i < count; i++) {
        to[fromC(items[i].key)] = fromC(items[i].value);
    }
    return to;
}

inline const zim_key_value *toC(const std::unordered_map<std::string, std::string> &from, Scratch &scratch) {
    zim_key_value *to = scratch.array<zim_key_value>(from.size());
    size_t i = 0;
    for (const auto &entry : from) {
        to[i].key = toC(entry.first);
        to[i].value = toC(entry.second);
        i++;
    }
    return to;
}

/// A list of numbers or of the values of an enum.
template <class T, class C>
std::vector<T> numbersFromC(const C *items, size_t count) {
    std::vector<T> to;
    to.reserve(count);
    for (size_t i = 0; i < count; i++) {
        to.push_back(static_cast<T>(items[i]));
    }
    return to;
}

template <class C, class T>
const C *numbersToC(const std::vector<T> &from, Scratch &scratch) {
    C *to = scratch.array<C>(from.size());
    for (size_t i = 0; i < from.size(); i++) {
        to[i] = static_cast<C>(from[i]);
    }
    return to;
}

/// Makes the object of the class that the message's type names. Null for null.
inline std::shared_ptr<ZIMMessage> fromC(const zim_message *from);
/// A view of the message; null for null.
inline const zim_message *toC(const std::shared_ptr<ZIMMessage> &from, Scratch &scratch);
"#;

/// Conversions of lists and shared objects, after the declarations they call.
const LISTS: &str = r#"
/// An object the library shares.
template <class T, class C>
std::shared_ptr<T> sharedFromC(const C *from) {
    return from ? std::make_shared<T>(fromC(from)) : std::shared_ptr<T>();
}

/// A list of records.
template <class T, class C>
std::vector<T> listFromC(const C *const *items, size_t count) {
    std::vector<T> to;
    to.reserve(count);
    for (size_t i = 0; i < count; i++) {
        to.push_back(fromC(items[i]));
    }
    return to;
}

/// A list of shared records.
template <class T, class C>
std::vector<std::shared_ptr<T>> sharedListFromC(const C *const *items, size_t count) {
    std::vector<std::shared_ptr<T>> to;
    to.reserve(count);
    for (size_t i = 0; i < count; i++) {
        to.push_back(sharedFromC<T>(items[i]));
    }
    return to;
}

template <class C, class T>
const C *const *listToC(const std::vector<T> &from, Scratch &scratch) {
    const C **to = scratch.array<const C *>(from.size());
    for (size_t i = 0; i < from.size(); i++) {
        to[i] = toC(from[i], scratch);
    }
    return to;
}
"#;

/// The conversions each direction needs.
pub(super) fn text(api: &Api) -> Result<String, Box<dyn Error>> {
    let mut text = format!(
        "{HEADER}//\n// Between the C structs of zim.h and the C++ classes; not for applications.\n\n\
         #ifndef ZIM_CONVERT_H\n#define ZIM_CONVERT_H\n\n#include <cstddef>\n#include <cstdint>\n#include <memory>\n\
         #include <string>\n#include <unordered_map>\n#include <vector>\n\n#include \"zim.h\"\n#include \"ZIMRecords.h\"\n\n\
         namespace zim {{\nnamespace detail {{\n{SUPPORT}"
    );
    let ordered = api.records_by_dependency();
    // Before the templates, which would not find them otherwise: the C structs are in no namespace.
    text.push('\n');
    for record in &ordered {
        let (class, c) = (&record.name, names::c_type(&record.name));
        if record.goes_out() {
            writeln!(text, "inline {class} fromC(const {c} *from);")?;
        }
        if record.comes_in() {
            writeln!(text, "inline const {c} *toC(const {class} &from, Scratch &scratch);")?;
        }
    }
    text.push_str(LISTS);
    for record in &ordered {
        if record.goes_out() {
            from_c(&mut text, api, record)?;
        }
        if record.comes_in() {
            to_c(&mut text, api, record)?;
        }
    }
    text.push_str("\n}  // namespace detail\n}  // namespace zim\n\n#endif  // ZIM_CONVERT_H\n");
    Ok(text)
}

fn is_enum(api: &Api, kind: &Type) -> bool {
    matches!(kind, Type::Named(name) if api.find_enum(name).is_some())
}

fn is_number(kind: &Type) -> bool {
    matches!(kind, Type::I32 | Type::U32 | Type::I64 | Type::U64)
}

fn from_c(text: &mut String, api: &Api, record: &Record) -> Result<(), Box<dyn Error>> {
    let (class, c) = (&record.name, names::c_type(&record.name));
    writeln!(
        text,
        "\ninline {class} fromC(const {c} *from) {{\n    {class} to;\n    if (!from) {{\n        return to;\n    }}"
    )?;
    for field in api.all_fields(record) {
        let (name, member) = (&field.name, format!("from->{}", names::snake(&field.name)));
        let value = match &field.kind {
            Type::Bool | Type::I32 | Type::U32 | Type::I64 | Type::U64 => member,
            Type::Named(class) if is_enum(api, &field.kind) => format!("static_cast<{class}>({member})"),
            Type::Shared(class) if class != "ZIMMessage" => format!("sharedFromC<{class}>({member})"),
            Type::Optional(_) => {
                return Err(format!("{class}.{name}: a config does not come from the library").into());
            }
            Type::Map => format!("fromC({member}, {member}_count)"),
            Type::List(inner) => match &**inner {
                Type::Str => format!("fromC({member}, {member}_count)"),
                inner if is_number(inner) || is_enum(api, inner) => {
                    format!("numbersFromC<{}>({member}, {member}_count)", cpp(inner))
                }
                Type::Shared(class) if class != "ZIMMessage" => {
                    format!("sharedListFromC<{class}>({member}, {member}_count)")
                }
                inner => format!("listFromC<{}>({member}, {member}_count)", cpp(inner)),
            },
            _ => format!("fromC({member})"),
        };
        writeln!(text, "    to.{name} = {value};")?;
    }
    for field in record.fields.iter().filter(|field| field.is_legacy()) {
        legacy(text, api, record, field)?;
    }
    writeln!(text, "    return to;\n}}")?;
    Ok(())
}

/// Fills a member of earlier versions from the one that replaced it.
fn legacy(text: &mut String, api: &Api, record: &Record, field: &Field) -> Result<(), Box<dyn Error>> {
    let at = format!("{}.{}", record.name, field.name);
    let source = field.same_as.as_deref().ok_or_else(|| format!("{at}: same_as is missing"))?;
    let fields = api.all_fields(record);
    let replaced = fields.iter().find(|known| known.name == source);
    match (&field.kind, replaced.map(|known| &known.kind)) {
        // `self`: a class that holds some members of this one.
        (Type::Named(class), None) if source == "self" => {
            common(text, api, "    ", (class, &format!("to.{}", field.name)), (&record.name, "to"))
        }
        // A list of another class: its elements take the members of the same names.
        (Type::List(target), Some(Type::List(from))) if target != from => {
            let (Type::Named(target), Type::Named(from)) = (&**target, &**from) else {
                return Err(format!("{at}: {source} is no list of classes").into());
            };
            writeln!(text, "    for (const {from} &item : to.{source}) {{\n        {target} same;")?;
            common(text, api, "        ", (target, "same"), (from, "item"))?;
            writeln!(text, "        to.{}.push_back(same);\n    }}", field.name)?;
            Ok(())
        }
        _ => Ok(writeln!(text, "    to.{} = to.{source};", field.name)?),
    }
}

/// Copies the members two classes have in common, but not the tag that tells the class.
fn common(
    text: &mut String,
    api: &Api,
    indent: &str,
    target: (&str, &str),
    source: (&str, &str),
) -> Result<(), Box<dyn Error>> {
    let class = |name: &str| api.find_record(name).ok_or_else(|| format!("{name} is unknown"));
    let source_fields = api.all_fields(class(source.0)?);
    for field in api.all_fields(class(target.0)?) {
        if source_fields.iter().any(|other| other.name == field.name && other.kind == field.kind) {
            writeln!(text, "{indent}{}.{} = {}.{};", target.1, field.name, source.1, field.name)?;
        }
    }
    Ok(())
}

fn to_c(text: &mut String, api: &Api, record: &Record) -> Result<(), Box<dyn Error>> {
    let (class, c) = (&record.name, names::c_type(&record.name));
    let mut body = String::new();
    for field in &api.all_fields(record) {
        let (member, c_member) = (format!("from.{}", field.name), names::snake(&field.name));
        let value = match &field.kind {
            Type::Str | Type::Bytes => format!("toC({member})"),
            Type::Optional(_) => {
                let former = record.former(field).map(|former| &former.name);
                std::iter::once(&field.name)
                    .chain(former)
                    .map(|name| format!("from.{name} != nullptr ? toC(*from.{name}, scratch) : "))
                    .chain(["nullptr".to_owned()])
                    .collect()
            }
            Type::Shared(class) if class != "ZIMMessage" => {
                format!("{member} ? toC(*{member}, scratch) : nullptr")
            }
            Type::List(inner) => match &**inner {
                Type::Str => format!("toC({member}, scratch)"),
                inner if is_number(inner) || is_enum(api, inner) => {
                    format!("numbersToC<{}>({member}, scratch)", c_number(inner))
                }
                inner => {
                    let class =
                        inner.class().ok_or_else(|| format!("{class}.{}: no such list", field.name))?;
                    format!("listToC<{}>({member}, scratch)", names::c_type(class))
                }
            },
            kind if is_enum(api, kind) || is_number(kind) || *kind == Type::Bool => member.clone(),
            _ => format!("toC({member}, scratch)"),
        };
        writeln!(body, "    to->{c_member} = {value};")?;
        if matches!(field.kind, Type::List(_) | Type::Map) {
            writeln!(body, "    to->{c_member}_count = {member}.size();")?;
        }
    }
    writeln!(
        text,
        "\ninline const {c} *toC(const {class} &from, Scratch &scratch) {{\n    {c} *to = scratch.one<{c}>();\n    \
         to->struct_size = sizeof({c});\n{body}    return to;\n}}"
    )?;
    Ok(())
}

/// The C type of a list's numbers; enums are `int32_t`.
fn c_number(kind: &Type) -> &'static str {
    match kind {
        Type::U32 => "uint32_t",
        Type::I64 => "int64_t",
        Type::U64 => "uint64_t",
        _ => "int32_t",
    }
}
