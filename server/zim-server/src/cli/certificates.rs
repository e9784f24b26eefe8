//! `certificates`: push certificates of a running server.

use super::Failure;
use super::client::{Client, Target};
use super::text::{list, or_dash, percent, plain, text, time, with_query};
use crate::config::Config;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::{Args, Subcommand};
use http::Method;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub(super) struct CertificatesArgs {
    #[command(subcommand)]
    command: CertificatesCommand,
}

#[derive(Debug, Subcommand)]
enum CertificatesCommand {
    /// Show those of the configuration file and those that were added.
    List {
        #[command(flatten)]
        target: Target,
        /// The answer as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Add one, in the place of another one that serves the same.
    Add {
        #[command(flatten)]
        target: Target,
        /// TOML file with the members of a `[[credential]]` table. Files it names are read beside it and sent along.
        file: PathBuf,
        /// The answer as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Remove one that was added.
    Remove {
        #[command(flatten)]
        target: Target,
        /// Id, as the list shows it.
        id: String,
    },
}

pub(super) async fn run(config: Config, args: CertificatesArgs) -> Result<(), Failure> {
    match args.command {
        CertificatesCommand::List { target, json } => {
            let client = Client::new(&config, &target)?;
            let path = with_query("/certificates", &[("app_id", target.app.map(|app| app.to_string()))]);
            let answer = client.call(Method::GET, &path, None).await?;
            if json {
                println!("{answer:#}");
            } else {
                list(&answer, "certificates").iter().for_each(|one| println!("{}", line(one)));
            }
        }
        CertificatesCommand::Add { target, file, json } => {
            let upload = upload(&file, target.app)?;
            let client = Client::new(&config, &target)?;
            let body = Some(upload.to_string().into_bytes());
            let added = client.call(Method::POST, "/certificates", body).await?;
            println!("{}", if json { format!("{added:#}") } else { line(&added) });
        }
        CertificatesCommand::Remove { target, id } => {
            let client = Client::new(&config, &target)?;
            client.call(Method::DELETE, &format!("/certificates/{}", percent(&id)), None).await?;
        }
    }
    Ok(())
}

fn line(one: &Value) -> String {
    let (id, source, kind) = (text(one, "id"), text(one, "source"), text(one, "kind"));
    let until = time(one, "expires_at");
    let (name, error) = (text(one, "name"), text(one, "error"));
    let fault = if error.is_empty() { String::new() } else { format!("  NOT USED: {error}") };
    format!("{id:<10} {source:<8} {kind:<15} {until:<24} {}{}{fault}", or_dash(&name), identity(one))
}

/// What tells a certificate from another one for the same app.
fn identity(one: &Value) -> String {
    let facts = one.get("identity").and_then(Value::as_object);
    let facts = facts.into_iter().flatten();
    facts.map(|(name, value)| format!("  {name}={}", plain(value.as_str().unwrap_or_default()))).collect()
}

/// The table and the files it names, as the server takes them.
fn upload(path: &Path, app: Option<u32>) -> Result<Value, Failure> {
    let fault = |fault: String| Failure::Usage(format!("{}: {fault}", path.display()));
    let read = std::fs::read_to_string(path).map_err(|error| fault(error.to_string()))?;
    // The parser's own message shows the line, which may hold a password.
    let mut credential: Map<String, Value> =
        toml::from_str(&read).map_err(|error: toml::de::Error| fault(error.message().to_owned()))?;
    if let Some(app) = app {
        credential.insert("app_id".to_owned(), app.into());
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut files = Map::new();
    for (_, name) in credential.iter().filter(|(key, _)| names_a_file(key)) {
        let Some(name) = name.as_str() else { continue };
        let place = folder.join(name);
        let bytes =
            std::fs::read(&place).map_err(|error| Failure::Usage(format!("{}: {error}", place.display())))?;
        files.insert(name.to_owned(), STANDARD.encode(bytes).into());
    }
    Ok(json!({ "credential": credential, "files": files }))
}

fn names_a_file(key: &str) -> bool {
    key.ends_with("_file") || key == "root_certificates"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_brings_its_files_along() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("k.p8"), "key").unwrap();
        let table = folder.path().join("apns.toml");
        std::fs::write(&table, "vendor = 'apns'\nbundle_id = 'b'\nkey_file = 'k.p8'\nkey_id = 'x'").unwrap();
        let sent = upload(&table, Some(3)).unwrap();
        assert_eq!(sent["credential"]["app_id"], 3);
        assert_eq!(sent["files"], json!({ "k.p8": STANDARD.encode("key") }));
        std::fs::write(&table, "key_file = 'none.p8'").unwrap();
        assert!(upload(&table, None).unwrap_err().to_string().contains("none.p8"));
        std::fs::write(&table, "certificate_password = hunter2").unwrap();
        let error = upload(&table, None).unwrap_err().to_string();
        assert!(error.contains("apns.toml") && !error.contains("hunter2"), "{error}");
    }

    #[test]
    fn every_key_that_names_a_file_is_known_by_its_name() {
        // As the credentials declare them.
        for key in ["key_file", "certificate_file", "service_account_file", "root_certificates"] {
            assert!(names_a_file(key), "{key}");
        }
        assert!(!names_a_file("certificate_password"));
    }
}
