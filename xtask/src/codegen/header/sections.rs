//! Which part of `zim.h` an item belongs to, and the order in which a reader meets them.

use super::items::Item;
use crate::codegen::api::Api;
use crate::codegen::names;
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

/// One heading of the header.
struct Section {
    title: &'static str,
    /// Said once under the heading.
    intro: &'static str,
    /// Items that stand here by name; the types they need come along.
    names: &'static [&'static str],
    /// So do those whose name begins like this, and those of the methods of this domain of `api/methods.toml`.
    prefixes: &'static [&'static str],
    domain: &'static str,
}

const fn section(title: &'static str, intro: &'static str) -> Section {
    Section { title, intro, names: &[], prefixes: &[], domain: "" }
}

const SECTIONS: [Section; 15] = [
    Section { names: &["ZIM_ABI_VERSION", "zim_abi_version", "zim_version"], ..section("Version", "") },
    Section {
        names: &["zim_status", "zim_status_detail"],
        prefixes: &["ZIM_STATUS_"],
        ..section("Result of a call", "")
    },
    Section { names: &["zim_str", "zim_bytes", "zim_key_value"], ..section("Text, bytes and maps", "") },
    Section {
        names: &["zim_error", "zim_error_code", "zim_error_message", "zim_error_parameter", "zim_error_free"],
        ..section("Errors of operations", "")
    },
    Section {
        names: &[
            "zim_client",
            "zim_config",
            "zim_done_callback",
            "zim_client_new",
            "zim_client_destroy",
            "zim_client_free",
            "zim_client_set_foreground",
            "zim_client_network_changed",
            "zim_client_next_event",
        ],
        ..section(
            "The client",
            "Callbacks and events of a client come on its own thread, one at a time, in order.",
        )
    },
    Section { domain: "Lifecycle and login", ..section("Login", "") },
    Section { domain: "Users", ..section("The local user", "") },
    Section { domain: "Messages", ..section("Messages", "") },
    Section { domain: "Conversations", ..section("Conversations", "") },
    Section { domain: "Groups", ..section("Groups", "") },
    Section {
        domain: "Call invitation",
        ..section("Calls", "Inviting and answering; what happens in a call is the app's.")
    },
    Section { names: &["zim_event_handler", "zim_client_set_event_handler"], ..section("Events", "") },
    Section {
        prefixes: &["ZPNS_", "zpns_"],
        ..section(
            "Offline push (ZPNs)",
            "zpns_new, zpns_set_push_config, zpns_set_event_handler, zpns_attach, zpns_register_push, then the vendor's token.",
        )
    },
    Section {
        names: &[
            "zim_client_open_device_session",
            "zim_client_close_device_session",
            "zim_client_bind_push",
            "zim_client_unbind_push",
        ],
        ..section(
            "Offline push without messaging",
            "For apps that use ZPNs alone and prove their users themselves.",
        )
    },
    Section {
        names: &["zim_log_callback", "zim_set_log_callback"],
        prefixes: &["ZIM_LOG_LEVEL_"],
        ..section("Log", "")
    },
];

/// All items under their headings, each after the types it needs.
pub(super) fn arrange(api: &Api, items: &[Item]) -> Result<String, Box<dyn Error>> {
    let domains: BTreeMap<String, &str> = api
        .methods
        .iter()
        .map(|method| (format!("zim_client_{}", names::snake(&method.name)), method.domain.as_str()))
        .collect();
    let by_name: BTreeMap<&str, &Item> = items.iter().map(|item| (item.name.as_str(), item)).collect();
    let mut written = BTreeSet::new();
    let mut text = String::new();
    for section in &SECTIONS {
        text.push_str(&heading(section));
        let belongs = |item: &&Item| {
            section.names.contains(&item.name.as_str())
                || section.prefixes.iter().any(|prefix| item.name.starts_with(prefix))
                || (!section.domain.is_empty()
                    && !SECTIONS.iter().any(|other| other.names.contains(&item.name.as_str()))
                    && domains.get(&item.name).is_some_and(|domain| *domain == section.domain))
        };
        // Constants and types before functions, as the section's list has them, else as the sources do.
        let mut own: Vec<&Item> = items.iter().filter(belongs).collect();
        own.sort_by_key(|item| {
            let place = section.names.iter().position(|name| *name == item.name).unwrap_or(usize::MAX);
            (item.is_function(), place)
        });
        for item in own {
            write(item, &by_name, &mut written, &mut text);
        }
    }
    match items.iter().find(|item| !written.contains(item.name.as_str())) {
        Some(item) => Err(format!("zim.h has no section for {}; name it in sections.rs", item.name).into()),
        None => Ok(text),
    }
}

fn heading(section: &Section) -> String {
    let rule = "-".repeat(104 - section.title.len());
    match section.intro {
        "" => format!("/* ---- {} {rule} */\n\n", section.title),
        intro => format!("/* ---- {} {rule}\n * {intro}\n */\n\n", section.title),
    }
}

/// Writes an item after the types it names.
fn write<'a>(
    item: &'a Item,
    by_name: &BTreeMap<&str, &'a Item>,
    written: &mut BTreeSet<&'a str>,
    text: &mut String,
) {
    if !written.insert(&item.name) {
        return;
    }
    for needed in item.words().filter_map(|word| by_name.get(word)).filter(|needed| !needed.is_function()) {
        write(needed, by_name, written, text);
    }
    text.push_str(&item.text);
    text.push_str("\n\n");
}
