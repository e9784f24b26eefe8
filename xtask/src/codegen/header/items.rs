//! cbindgen's output, taken apart into items a C reader likes.

/// One declaration with its comment.
pub(super) struct Item {
    /// What it declares.
    pub(super) name: String,
    /// Comment and declaration, without a line break at the end.
    pub(super) text: String,
}

impl Item {
    pub(super) fn is_function(&self) -> bool {
        self.declaration().starts_with("ZIM_API ")
    }

    /// The identifiers of the declaration, comments left out.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.text
            .lines()
            .filter(|line| !is_comment(line))
            .flat_map(|line| line.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_'))
            .filter(|word| *word != self.name && !word.is_empty())
    }

    fn declaration(&self) -> &str {
        self.text.lines().find(|line| !is_comment(line)).unwrap_or_default()
    }
}

fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("/*") || line.starts_with('*')
}

/// Takes cbindgen's output apart. Items are separated by empty lines, which no item has inside.
pub(super) fn parse(bindings: &str) -> Vec<Item> {
    bindings
        .split("\n\n")
        .map(str::trim)
        .filter(|block| !block.is_empty())
        .map(|block| {
            let mut item = Item { name: String::new(), text: readable(block) };
            item.name = name(item.declaration()).to_owned();
            item
        })
        .collect()
}

fn name(declaration: &str) -> &str {
    let mut words = declaration
        .split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
        .filter(|word| !word.is_empty());
    if declaration.starts_with("ZIM_API ") {
        let head = declaration.split('(').next().unwrap_or_default();
        return head.rsplit([' ', '*']).next().unwrap_or_default();
    }
    if declaration.starts_with("#define ") || declaration.starts_with("typedef struct ") {
        let skip = if declaration.starts_with('#') { 1 } else { 2 };
        return words.nth(skip).unwrap_or_default();
    }
    words.next_back().unwrap_or_default()
}

/// One item for a reader of C: Rust's safety paragraphs and links go, a comment of one line takes one line, structs are
/// called by their name, and parameters stand under each other.
fn readable(block: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut is_safety = false;
    for line in block.lines().map(str::trim_end) {
        let trimmed = line.trim();
        is_safety = (is_safety || trimmed == "* # Safety") && trimmed != "*/";
        if is_safety {
            continue;
        }
        // The empty line that led to what was left out.
        if trimmed == "*/" && lines.last().is_some_and(|last| last.trim() == "*") {
            lines.pop();
        }
        let line = line.replace("[`", "`").replace("`]", "`");
        let declares = line.starts_with("typedef struct ");
        lines.push(if declares {
            line
        } else {
            line.replace("struct zim_", "zim_").replace("struct zpns_", "zpns_")
        });
    }
    let mut text: Vec<String> = Vec::new();
    let mut rest = lines.as_slice();
    while let Some((line, tail)) = rest.split_first() {
        let indent = &line[..line.len() - line.trim_start().len()];
        match tail {
            [one, end, ..] if line.trim() == "/**" && end.trim() == "*/" => {
                text.push(format!("{indent}/** {} */", one.trim().trim_start_matches("* ")));
                rest = &tail[2..];
            }
            // A function's own lines follow its linkage.
            [first, more @ ..] if line == "ZIM_API" => {
                let column = "ZIM_API ".len() + first.find('(').unwrap_or_default() + 1;
                text.push(format!("ZIM_API {first}"));
                text.extend(more.iter().map(|line| format!("{:column$}{}", "", line.trim_start())));
                rest = &[];
            }
            _ => {
                text.push(line.clone());
                rest = tail;
            }
        }
    }
    text.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_named_and_cleaned() {
        let bindings = "/**\n * A client.\n */\ntypedef struct zim_client zim_client;\n\n\
            /**\n * A number.\n */\n#define ZIM_STATUS_OK 0\n\n\
            /**\n * A config.\n */\ntypedef struct zim_config {\n    /**\n     * Its [`zim_str`].\n     */\n    struct zim_str url;\n} zim_config;\n\n\
            /**\n * Makes one.\n *\n * # Safety\n * `out` is writable.\n */\nZIM_API\nzim_status zim_client_new(const struct zim_config *config,\n                 struct zim_client **out);\n";
        let items = parse(bindings);
        let names: Vec<&str> = items.iter().map(|item| item.name.as_str()).collect();
        assert_eq!(names, ["zim_client", "ZIM_STATUS_OK", "zim_config", "zim_client_new"]);
        assert_eq!(
            items[2].text,
            "/** A config. */\ntypedef struct zim_config {\n    /** Its `zim_str`. */\n    zim_str url;\n} zim_config;"
        );
        assert_eq!(
            items[3].text,
            "/** Makes one. */\nZIM_API zim_status zim_client_new(const zim_config *config,\n                                  zim_client **out);"
        );
        assert!(items[3].is_function());
        assert!(items[3].words().any(|word| word == "zim_config"));
    }
}
