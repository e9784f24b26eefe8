//! Push certificates.

use super::{Refused, Sealer, Settings, Source};
use crate::config::Config;
use crate::hub::Hub;
use crate::store::{self, CertificateId, CertificateRow};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, MutexGuard, PoisonError};
use zeroize::Zeroizing;
use zim_push::credentials::{self, CredentialConfig, ProviderTokens, Uploaded};
use zim_push::{Clock, Description, Environment, Identity, Providers, Vendor};

/// What may be known of a certificate: nothing secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Certificate {
    /// For removing it.
    id: String,
    source: Source,
    #[serde(skip_serializing_if = "Option::is_none")]
    vendor: Option<Vendor>,
    app_id: u32,
    app_type: u32,
    /// Bundle id or package, empty = any.
    bundle_id: String,
    environments: Vec<Environment>,
    /// `alert`, `voip`.
    pushes: Vec<&'static str>,
    name: String,
    /// `key`, `certificate`, `service_account` or `secret`.
    kind: &'static str,
    /// What identifies it at the vendor.
    #[serde(skip_serializing_if = "Identity::is_empty")]
    identity: Identity,
    /// UTC ms; absent: never.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<i64>,
    /// UTC ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    added_at: Option<i64>,
    /// Why it is not used.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// A credential and the files it names, as they are uploaded and, sealed, stored.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Upload {
    /// The members of a `[[credential]]` table.
    credential: Value,
    /// By name, in Base64.
    #[serde(default)]
    files: BTreeMap<String, String>,
}

impl Upload {
    /// The app it names.
    pub(crate) fn app_id(&self) -> Result<Option<u32>, ()> {
        match self.credential.get("app_id") {
            None => Ok(None),
            Some(id) => id.as_u64().and_then(|id| u32::try_from(id).ok()).map(Some).ok_or(()),
        }
    }

    pub(crate) fn set_app_id(&mut self, app_id: u32) {
        if let Value::Object(members) = &mut self.credential {
            members.insert("app_id".to_owned(), app_id.into());
        }
    }

    /// The same checks as at a start: it parses, its key fits, it has not run out.
    fn check(
        &self,
        clock: &Arc<dyn Clock>,
        tokens: &ProviderTokens,
    ) -> Result<(CredentialConfig, Providers), Refused> {
        let mut files = HashMap::new();
        for (name, text) in &self.files {
            let bytes = STANDARD
                .decode(text)
                .map_err(|_| Refused::wrong("files", format!("{name}: is not Base64")))?;
            files.insert(name.clone(), Zeroizing::new(bytes));
        }
        let config = CredentialConfig::deserialize(&self.credential)
            .map_err(|error| Refused::wrong("credential", error.to_string()))?;
        let providers =
            credentials::load_sharing(std::slice::from_ref(&config), &Uploaded(files), clock, tokens)?;
        Ok((config, providers))
    }

    fn sealed(&self, sealer: &Sealer, place: &str) -> Option<Vec<u8>> {
        let text = Zeroizing::new(serde_json::to_vec(self).ok()?);
        sealer.seal(place, &text)
    }
}

/// The certificates of the configuration file. They were loaded in its order, one for each table.
pub(super) fn of_config(config: &Config, configured: &Providers) -> Vec<Certificate> {
    let each = config.credentials.iter().zip(configured.describe()).enumerate();
    each.map(|(index, (credential, description))| Certificate {
        source: Source::Config,
        added_at: None,
        ..certificate(format!("config-{}", index + 1), credential, description)
    })
    .collect()
}

fn certificate(id: String, credential: &CredentialConfig, description: Description<'_>) -> Certificate {
    let Description { name, vendor, slot, identity, expires_at } = description;
    let pushes = [("alert", slot.alert), ("voip", slot.voip)];
    Certificate {
        id,
        source: Source::Uploaded,
        vendor: Some(vendor),
        app_id: slot.app_id,
        app_type: slot.app_type,
        bundle_id: slot.bundle_id.clone(),
        environments: slot.environments.clone(),
        pushes: pushes.into_iter().filter(|(_, serves)| *serves).map(|(word, _)| word).collect(),
        name: name.to_owned(),
        kind: kind(credential),
        identity,
        expires_at,
        added_at: None,
        error: None,
    }
}

fn kind(credential: &CredentialConfig) -> &'static str {
    match credential {
        CredentialConfig::Apns(apns) if apns.certificate_file.is_some() => "certificate",
        CredentialConfig::Apns(_) | CredentialConfig::Web(_) => "key",
        CredentialConfig::Fcm(_) | CredentialConfig::HarmonyOs(_) => "service_account",
        _ => "secret",
    }
}

/// Opens a stored certificate. One that cannot be used has an error and no providers.
pub(super) fn open(
    sealer: &Sealer,
    row: &CertificateRow,
    clock: &Arc<dyn Clock>,
    tokens: &ProviderTokens,
) -> (Certificate, Providers) {
    let used = unseal(sealer, row).and_then(|upload| match upload.check(clock, tokens) {
        Ok((credential, providers)) => {
            let found = describe(row.id, &credential, &providers);
            found.map(|found| (found, providers)).ok_or_else(|| "serves nothing".to_owned())
        }
        Err(Refused::Wrong { fault, .. }) => Err(fault),
        Err(_) => Err("cannot be read".to_owned()),
    });
    match used {
        Ok((found, providers)) => (Certificate { added_at: Some(row.added_at), ..found }, providers),
        Err(error) => {
            tracing::error!(id = row.id, slot = row.slot, error, "an uploaded certificate is not used");
            (unusable(row, error), Providers::default())
        }
    }
}

fn unseal(sealer: &Sealer, row: &CertificateRow) -> Result<Upload, String> {
    let text = sealer.open(&place(row.app_id, &row.slot), &row.sealed);
    let text = text.ok_or("cannot be decrypted: secrets_key is not the one it was stored with")?;
    serde_json::from_slice(&text).map_err(|_| "is damaged".to_owned())
}

fn unusable(row: &CertificateRow, error: String) -> Certificate {
    Certificate {
        id: row.id.to_string(),
        source: Source::Uploaded,
        vendor: None,
        app_id: row.app_id,
        app_type: 0,
        bundle_id: String::new(),
        environments: Vec::new(),
        pushes: Vec::new(),
        name: row.slot.clone(),
        kind: "secret",
        identity: Identity::default(),
        expires_at: None,
        added_at: Some(row.added_at),
        error: Some(error),
    }
}

fn describe(id: CertificateId, credential: &CredentialConfig, providers: &Providers) -> Option<Certificate> {
    Some(certificate(id.to_string(), credential, providers.describe().next()?))
}

/// What a certificate serves, in words: another one for the same takes its place.
fn slot_text(of: &Certificate) -> String {
    let environments: Vec<_> = of
        .environments
        .iter()
        .map(|environment| match environment {
            Environment::Production => "production",
            Environment::Sandbox => "sandbox",
        })
        .collect();
    // Names end with the bundle id or package, but for those of FCM, which end with the project.
    let app = if of.name.ends_with(&of.bundle_id) { String::new() } else { format!(" {}", of.bundle_id) };
    format!("{}{app} {} {}", of.name, environments.join("+"), of.pushes.join("+"))
}

fn place(app_id: u32, slot: &str) -> String {
    format!("certificate of app {app_id}: {slot}")
}

impl Settings {
    fn certificate_list(&self) -> MutexGuard<'_, Vec<Certificate>> {
        self.certificates.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Those of an app, the configuration's first.
    pub(crate) fn certificates(&self, app_id: u32) -> Vec<Certificate> {
        self.certificate_list().iter().filter(|one| one.app_id == app_id).cloned().collect()
    }

    /// Checks and stores an upload, and has it used from the next push on, in the place of one that served the same.
    pub(crate) async fn add_certificate(&self, hub: &Hub, upload: Upload) -> Result<Certificate, Refused> {
        let _alone = self.changing.lock().await;
        let (credential, providers) = upload.check(&self.clock, &self.tokens)?;
        let nothing = || Refused::wrong("credential", "serves nothing");
        let found = describe(0, &credential, &providers).ok_or_else(nothing)?;
        let slot = slot_text(&found);
        let sealed = upload.sealed(&self.sealer, &place(found.app_id, &slot));
        let sealed = sealed.ok_or(store::StoreError::Declined)?;
        let added_at = self.clock.now_ms();
        let row = CertificateRow { id: 0, app_id: found.app_id, slot, added_at, sealed };
        let (slot, app_id) = (row.slot.clone(), row.app_id);
        let stored = store::execute::<_, (), _>(&*hub.store, move |tx| {
            let before = tx.certificates()?;
            let same = before.iter().find(|one| one.app_id == row.app_id && one.slot == row.slot);
            Ok(Ok((tx.put_certificate(&row)?, same.map(|one| one.id))))
        });
        let (id, replaced) = stored.await?.unwrap_or_default();
        let added = Certificate { id: id.to_string(), added_at: Some(added_at), ..found };
        let mut list = self.certificate_list();
        list.retain(|one| Some(&one.id) != replaced.map(|id| id.to_string()).as_ref());
        list.push(added.clone());
        drop(list);
        if let Some(push) = hub.push.get() {
            push.set_credentials(&added.id, providers);
            if let Some(replaced) = replaced {
                push.set_credentials(&replaced.to_string(), Providers::default());
            }
        }
        tracing::info!(app_id, slot, "a certificate was added");
        Ok(added)
    }

    /// Removes an upload; pushes that wait for their vendor go without it.
    pub(crate) async fn remove_certificate(&self, hub: &Hub, id: &str) -> Result<(), Refused> {
        let _alone = self.changing.lock().await;
        let known = self.certificate_list().iter().find(|one| one.id == id).map(|one| one.source);
        let number: CertificateId = match (known, id.parse()) {
            (Some(Source::Uploaded), Ok(number)) => number,
            (Some(_), _) => {
                let fault = "belongs to the configuration file: remove it there".to_owned();
                return Err(Refused::Conflict { parameter: "id", fault });
            }
            (None, _) => {
                return Err(Refused::Missing { parameter: "id", fault: "no such certificate".to_owned() });
            }
        };
        let removed =
            store::execute::<_, (), _>(&*hub.store, move |tx| tx.remove_certificate(number).map(Ok));
        removed.await?.unwrap_or_default();
        self.certificate_list().retain(|one| one.id != id);
        if let Some(push) = hub.push.get() {
            push.set_credentials(id, Providers::default());
        }
        tracing::info!(id, "a certificate was removed");
        Ok(())
    }
}
