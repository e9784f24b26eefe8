//! Published C++ signatures (`api/methods.toml`, `api/events.toml`) as typed parameters, the form every binding needs.

use super::api::{Api, Type};
use super::names;
use std::error::Error;

/// One parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parameter {
    /// Published name.
    pub(crate) name: String,
    pub(crate) kind: Type,
}

impl Parameter {
    /// The type of what is given: an operation on a message has one, though its published class may be absent elsewhere.
    pub(crate) fn given(&self) -> Type {
        match &self.kind {
            Type::Shared(class) if names::is_message(class) => Type::Named(class.clone()),
            kind => kind.clone(),
        }
    }
}

/// A method with a callback: what goes in, what the callback's values are (its error left out), and its type's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Operation {
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) callback: String,
    pub(crate) values: Vec<Parameter>,
}

/// Parses `a(…) ; a(…, config, …)` with its callback; of several overloads the one with the most parameters.
pub(crate) fn operation(
    api: &Api,
    method: &str,
    cpp: &str,
    result: &str,
) -> Result<Operation, Box<dyn Error>> {
    let parameters = overloads(api, method, cpp)?
        .into_iter()
        .max_by_key(Vec::len)
        .ok_or_else(|| format!("{method}: no signature"))?;
    let callback = result.split('(').next().unwrap_or_default().trim().to_owned();
    let mut values = Vec::new();
    for text in split(arguments(result)?) {
        let value = parameter(api, text).map_err(|why| format!("{method}: {why}"))?;
        if value.kind != Type::Named("ZIMError".into()) {
            values.push(value);
        }
    }
    Ok(Operation { parameters, callback, values })
}

/// The parameters of every overload, their callback left out.
pub(crate) fn overloads(api: &Api, method: &str, cpp: &str) -> Result<Vec<Vec<Parameter>>, Box<dyn Error>> {
    let mut overloads = Vec::new();
    for overload in cpp.split(" ; ") {
        let mut parameters = Vec::new();
        for text in split(arguments(overload)?) {
            // The callback stands alone, without a name.
            if !text.ends_with("Callback") {
                parameters.push(parameter(api, text).map_err(|why| format!("{method}: {why}"))?);
            }
        }
        overloads.push(parameters);
    }
    Ok(overloads)
}

/// Parses a bare list of parameters, as events have it.
pub(crate) fn parameters(api: &Api, text: &str) -> Result<Vec<Parameter>, Box<dyn Error>> {
    split(text).into_iter().map(|text| Ok(parameter(api, text)?)).collect()
}

fn arguments(signature: &str) -> Result<&str, String> {
    let open = signature.find('(').ok_or_else(|| format!("`{signature}` has no parameters"))?;
    let close = signature.rfind(')').ok_or_else(|| format!("`{signature}` does not end"))?;
    Ok(&signature[open + 1..close])
}

/// Splits at commas that are not inside `<…>`.
fn split(list: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0, 0);
    for (at, letter) in list.char_indices() {
        match letter {
            '<' => depth += 1,
            '>' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(list[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(list[start..].trim());
    parts.retain(|part| !part.is_empty());
    parts
}

fn parameter(api: &Api, text: &str) -> Result<Parameter, String> {
    let (kind, name) = text.rsplit_once([' ', '&', '*']).ok_or_else(|| format!("`{text}` has no name"))?;
    let kind = kind.trim_start_matches("const ").trim_end_matches(['&', ' ']);
    Ok(Parameter { name: name.to_owned(), kind: type_of(api, kind)? })
}

fn type_of(api: &Api, text: &str) -> Result<Type, String> {
    let inside = |open: &str| text.strip_prefix(open).and_then(|rest| rest.strip_suffix('>'));
    if let Some(item) = inside("std::vector<") {
        return Ok(Type::List(Box::new(type_of(api, item)?)));
    }
    if let Some(class) = inside("std::shared_ptr<") {
        return Ok(Type::Shared(class.to_owned()));
    }
    Ok(match text {
        "std::string" => Type::Str,
        "bool" => Type::Bool,
        "int" => Type::I32,
        "unsigned int" => Type::U32,
        "long long" => Type::I64,
        "unsigned long long" => Type::U64,
        name if api.enums.iter().any(|known| known.name == name)
            || api.records.iter().any(|known| known.name == name) =>
        {
            Type::Named(name.to_owned())
        }
        other => return Err(format!("`{other}` is no type of the description")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fullest_overload_is_parsed() {
        let api = Api::load(&crate::workspace::root()).unwrap();
        let operation = operation(
            &api,
            "createGroup",
            "createGroup(const ZIMGroupInfo& groupInfo, ZIMGroupCreatedCallback) ; createGroup(const ZIMGroupInfo& groupInfo, const std::vector<std::string>& userIDs, ZIMGroupCreatedCallback)",
            "ZIMGroupCreatedCallback(const ZIMGroupFullInfo& groupInfo, const std::vector<std::shared_ptr<ZIMMessage>>& list, const ZIMError& errorInfo)",
        )
        .unwrap();
        let kinds: Vec<_> = operation.parameters.iter().map(|parameter| parameter.kind.clone()).collect();
        assert_eq!(kinds, [Type::Named("ZIMGroupInfo".into()), Type::List(Box::new(Type::Str))]);
        assert_eq!(operation.callback, "ZIMGroupCreatedCallback");
        assert_eq!(operation.values.len(), 2);
        assert_eq!(operation.values[1].kind, Type::List(Box::new(Type::Shared("ZIMMessage".into()))));
    }
}
