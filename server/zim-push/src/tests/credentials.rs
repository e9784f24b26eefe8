//! Credential files and configuration: what is accepted, and what each fault says.

use crate::clock::{Clock, SystemClock};
use crate::credentials::{self, CredentialConfig, Folder};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use zim_vendor_doubles::{ApnsDouble, ApnsOptions, FcmDouble, MakerDouble};

fn fault(config: Value, folder: &Path) -> String {
    let config: CredentialConfig = match serde_json::from_value(config) {
        Ok(config) => config,
        Err(error) => return error.to_string(),
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    match credentials::load(&[config], &Folder(folder), &clock) {
        Ok(_) => String::new(),
        Err(error) => error.to_string(),
    }
}

/// What may be told of a credential, as JSON.
fn identity(config: &Value, folder: &Path) -> Value {
    let config: CredentialConfig = serde_json::from_value(config.clone()).unwrap();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let providers = credentials::load(&[config], &Folder(folder), &clock).unwrap();
    serde_json::to_value(&providers.describe().next().unwrap().identity).unwrap()
}

fn with(base: &Value, changes: &[(&str, Value)]) -> Value {
    let mut config = base.clone();
    for (key, value) in changes {
        config[*key] = value.clone();
    }
    config
}

#[tokio::test]
async fn apns_faults_name_the_file_and_the_fault() {
    let folder = tempfile::tempdir().unwrap();
    let double = ApnsDouble::start(ApnsOptions::default()).await;
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    write("key.p8", double.p8_key_pem().as_bytes());
    write("push.p12", &double.client_certificate_p12("s3cret"));
    write("root.pem", double.root_certificate_pem().as_bytes());
    write("junk", b"junk");
    let key = json!({
        "vendor": "apns", "app_id": 1, "bundle_id": "com.example.app",
        "key_file": "key.p8", "key_id": "ABC123DEFG", "team_id": "DEF123GHIJ"
    });
    let certificate = json!({
        "vendor": "apns", "app_id": 1, "bundle_id": "com.example.app", "environments": ["sandbox"],
        "certificate_file": "push.p12", "certificate_password": "s3cret"
    });
    assert_eq!(fault(key.clone(), folder.path()), "");
    assert_eq!(fault(certificate.clone(), folder.path()), "");
    let cases = [
        (with(&key, &[("key_file", json!("none.p8"))]), "none.p8: "),
        (with(&key, &[("key_file", json!("junk"))]), "not an EC private key"),
        (with(&key, &[("key_file", json!("root.pem"))]), "not an EC private key"),
        (with(&key, &[("key_id", json!("SHORT"))]), "key_id \"SHORT\" is not 10 letters"),
        (with(&key, &[("team_id", Value::Null)]), "team_id is missing"),
        (with(&key, &[("app_type", json!(3))]), "app_type is 1 or 2"),
        (with(&key, &[("endpoint", json!("http://localhost"))]), "want https://host"),
        (with(&key, &[("root_certificates", json!("junk"))]), "holds no certificate in PEM"),
        (with(&key, &[("environments", json!([]))]), "must not be empty"),
        (with(&key, &[("certificate_file", json!("push.p12"))]), "set either key_file"),
        (with(&key, &[("keyfile", json!("x"))]), "unknown field `keyfile`"),
        (with(&certificate, &[("certificate_password", json!("wrong"))]), "certificate_password is wrong"),
        (with(&certificate, &[("certificate_file", json!("root.pem"))]), "no private key beside"),
        (with(&certificate, &[("environments", Value::Null)]), "made for one environment"),
    ];
    for (config, expected) in cases {
        let said = fault(config, folder.path());
        assert!(said.contains(expected), "want {expected:?}, got {said:?}");
        assert!(!said.contains("s3cret"));
    }
    let voip = with(&certificate, &[("environments", Value::Null), ("pushes", json!(["voip"]))]);
    assert_eq!(fault(voip, folder.path()), "", "a VoIP certificate serves both environments");
}

#[tokio::test]
async fn fcm_faults_name_the_file_and_the_fault() {
    let folder = tempfile::tempdir().unwrap();
    let double = FcmDouble::start().await;
    let account: Value = serde_json::from_str(&double.service_account_json()).unwrap();
    let config = json!({"vendor": "fcm", "app_id": 1, "service_account_file": "account.json"});
    let with_account = |changes: &[(&str, Value)]| {
        let text = with(&account, changes).to_string();
        std::fs::write(folder.path().join("account.json"), text).unwrap();
        fault(config.clone(), folder.path())
    };
    assert_eq!(with_account(&[]), "");
    let cases = [
        (("type", json!("authorized_user")), "not \"service_account\""),
        (("project_id", json!("../x")), "is not a project id"),
        (("private_key", json!("-----BEGIN x-----")), "not an RSA key"),
        (("token_uri", json!("http://plain")), "not an https address"),
        (("client_email", Value::Null), "account.json: "),
    ];
    for (change, expected) in cases {
        let said = with_account(&[change]);
        assert!(said.contains(expected) && said.contains("account.json"), "want {expected:?}, got {said:?}");
    }
    std::fs::write(folder.path().join("account.json"), "AAAAlegacy:server-key").unwrap();
    assert!(fault(config.clone(), folder.path()).contains("not JSON"));
}

#[test]
fn a_certificate_that_ran_out_is_refused() {
    let mut params = rcgen::CertificateParams::default();
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(2021, 1, 1);
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("old.pem"), certificate.pem() + &key.serialize_pem()).unwrap();
    let config = json!({
        "vendor": "apns", "app_id": 1, "bundle_id": "b", "environments": ["production"],
        "certificate_file": "old.pem"
    });
    let said = fault(config, folder.path());
    assert!(said.contains("old.pem: the certificate ran out at"), "{said}");
}

#[test]
fn a_certificate_of_another_app_or_with_another_key_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let user_id = rcgen::DnType::CustomDnType(vec![0, 9, 2342, 19_200_300, 100, 1, 1]);
    let key = rcgen::KeyPair::generate().unwrap();
    let said = |app: &str, key_shown: &rcgen::KeyPair| {
        let mut params = rcgen::CertificateParams::default();
        params.distinguished_name.push(user_id.clone(), app);
        let certificate = params.self_signed(&key).unwrap();
        std::fs::write(folder.path().join("push.pem"), certificate.pem() + &key_shown.serialize_pem())
            .unwrap();
        let config = json!({
            "vendor": "apns", "app_id": 1, "bundle_id": "com.example.app", "environments": ["production"],
            "certificate_file": "push.pem"
        });
        fault(config, folder.path())
    };
    assert_eq!(said("com.example.app", &key), "");
    assert_eq!(said("com.example.app.voip", &key), "");
    for foreign in ["com.example.other", "com.example.app.other", "com.example"] {
        let said = said(foreign, &key);
        assert!(said.contains(&format!("push.pem: the certificate is for the app {foreign}")), "{said}");
    }
    let said = said("com.example.app", &rcgen::KeyPair::generate().unwrap());
    assert!(said.contains("com.example.app") && said.to_lowercase().contains("key"), "{said}");
}

#[tokio::test]
async fn phone_makers_faults_name_the_credential_and_the_field() {
    let folder = tempfile::tempdir().unwrap();
    let xiaomi = json!({ "vendor": "xiaomi", "app_id": 1, "package": "com.example", "app_secret": "s" });
    let oppo = json!({ "vendor": "oppo", "app_id": 1, "app_key": "k", "master_secret": "s" });
    let huawei = json!({ "vendor": "huawei", "app_id": 1, "huawei_app_id": "104", "app_secret": "s" });
    let vivo = json!({ "vendor": "vivo", "app_id": 1, "vivo_app_id": 7, "app_key": "k", "app_secret": "s" });
    for (config, expected) in [
        (huawei.clone(), ""),
        (with(&huawei, &[("huawei_app_id", json!("a/b"))]), "huawei_app_id is the number"),
        (with(&huawei, &[("app_secret", json!(" "))]), "app_secret is empty"),
        (with(&huawei, &[("login_endpoint", json!("http://localhost"))]), "login_endpoint: "),
        (xiaomi.clone(), ""),
        (oppo.clone(), ""),
        (vivo.clone(), ""),
        (with(&xiaomi, &[("package", json!(" "))]), "xiaomi app 1 set 1  : package is empty"),
        (with(&xiaomi, &[("app_secret", json!(""))]), "app_secret is empty"),
        (with(&xiaomi, &[("app_type", json!(0))]), "app_type is 1 or 2"),
        (with(&oppo, &[("app_key", json!(""))]), "app_key is empty"),
        (with(&oppo, &[("master_secret", json!(""))]), "master_secret is empty"),
        (with(&oppo, &[("app_secret", json!("the client's"))]), "unknown field `app_secret`"),
        (with(&vivo, &[("app_key", json!(""))]), "app_key is empty"),
        (with(&vivo, &[("vivo_app_id", json!("7"))]), "invalid type"),
        (with(&vivo, &[("endpoint", json!("http://localhost"))]), "want https://host"),
        (with(&vivo, &[("root_certificates", json!("none.pem"))]), "none.pem"),
    ] {
        let fault = fault(config.clone(), folder.path());
        assert!(
            if expected.is_empty() { fault.is_empty() } else { fault.contains(expected) },
            "{config}: {fault:?}, want {expected:?}"
        );
        assert!(!fault.contains("the client's"), "{fault}");
    }
}

#[tokio::test]
async fn harmony_faults_name_the_file_and_the_fault() {
    let folder = tempfile::tempdir().unwrap();
    let (_, account) = MakerDouble::harmony().await.files().remove(0);
    let account: Value = serde_json::from_str(&account).unwrap();
    let config = json!({"vendor": "harmonyos", "app_id": 1, "service_account_file": "account.json"});
    let file = folder.path().join("account.json");
    let with_account = |changes: &[(&str, Value)]| {
        std::fs::write(&file, with(&account, changes).to_string()).unwrap();
        fault(config.clone(), folder.path())
    };
    assert_eq!(with_account(&[]), "");
    for (change, expected) in [
        (("project_id", json!("../x")), "project_id \"../x\" is not an id"),
        (("project_id", Value::Null), "not the key of a service account"),
        (("key_id", json!("")), "key_id \"\" is not an id"),
        (("sub_account", json!(" ")), "sub_account is empty"),
        (("private_key", json!("-----BEGIN x-----")), "private_key is not an RSA key"),
    ] {
        let said = with_account(&[change]);
        assert!(said.contains(expected) && said.contains("account.json"), "want {expected:?}, got {said:?}");
    }
    std::fs::write(&file, "client_secret").unwrap();
    assert!(fault(config.clone(), folder.path()).contains("account.json: not JSON"));
    assert!(fault(with(&config, &[("huawei_app_id", json!("1"))]), folder.path()).contains("unknown field"));
}

#[tokio::test]
async fn web_push_faults_name_the_file_and_the_fault() {
    let folder = tempfile::tempdir().unwrap();
    let (name, pem) = MakerDouble::web().await.files().remove(0);
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write(name, &pem);
    // What `web-push generate-vapid-keys` prints as the private key.
    write("number", "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw\n");
    write("junk", "junk!");
    write("zero", &"A".repeat(43));
    let config = json!({
        "vendor": "web", "app_id": 1, "key_file": name, "subject": "mailto:push@example.com"
    });
    for (config, expected) in [
        (config.clone(), ""),
        (with(&config, &[("key_file", json!("number"))]), ""),
        (with(&config, &[("key_file", json!("none"))]), "none: "),
        (with(&config, &[("key_file", json!("junk"))]), "junk: neither PEM nor base64url"),
        (with(&config, &[("key_file", json!("zero"))]), "zero: not a private key of P-256"),
        (with(&config, &[("subject", json!("mailto:push@localhost"))]), "web app 1 set 1 : subject is how"),
        (with(&config, &[("app_type", json!(3))]), "app_type is 1 or 2"),
        (with(&config, &[("endpoint", json!("https://localhost"))]), "unknown field"),
    ] {
        let said = fault(config.clone(), folder.path());
        assert!(
            if expected.is_empty() { said.is_empty() } else { said.contains(expected) },
            "{config}: {said:?}"
        );
    }
}

#[tokio::test]
async fn each_credential_tells_what_identifies_it_and_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let apns = ApnsDouble::start(ApnsOptions::default()).await;
    let account: Value = serde_json::from_str(&FcmDouble::start().await.service_account_json()).unwrap();
    let (harmony_file, harmony) = MakerDouble::harmony().await.files().remove(0);
    let harmony: Value = serde_json::from_str(&harmony).unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    write("key.p8", apns.p8_key_pem().as_bytes());
    write("fcm.json", account.to_string().as_bytes());
    write(harmony_file, harmony.to_string().as_bytes());
    write("vapid", b"yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw");
    let of = |file: &Value, names: &[&str]| -> Value {
        names
            .iter()
            .map(|name| ((*name).to_owned(), file[*name].clone()))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    for (config, expected) in [
        (
            json!({ "vendor": "apns", "bundle_id": "b", "key_file": "key.p8", "key_id": "ABC123DEFG", "team_id": "DEF123GHIJ" }),
            json!({ "key_id": "ABC123DEFG", "team_id": "DEF123GHIJ" }),
        ),
        (
            json!({ "vendor": "fcm", "service_account_file": "fcm.json" }),
            of(&account, &["project_id", "client_email", "private_key_id"]),
        ),
        (
            json!({ "vendor": "harmonyos", "service_account_file": harmony_file }),
            of(&harmony, &["project_id", "key_id", "sub_account"]),
        ),
        (
            json!({ "vendor": "huawei", "huawei_app_id": "104", "app_secret": "s3cret" }),
            json!({ "huawei_app_id": "104" }),
        ),
        (
            json!({ "vendor": "xiaomi", "package": "com.example", "app_secret": "s3cret" }),
            json!({ "package": "com.example" }),
        ),
        (
            json!({ "vendor": "oppo", "app_key": "the key", "master_secret": "s3cret" }),
            json!({ "app_key": "the key" }),
        ),
        (
            json!({ "vendor": "vivo", "vivo_app_id": 7, "app_key": "the key", "app_secret": "s3cret" }),
            json!({ "vivo_app_id": "7", "app_key": "the key" }),
        ),
        (
            json!({ "vendor": "web", "key_file": "vapid", "subject": "mailto:push@example.com" }),
            json!({ "public_key": VAPID_PUBLIC, "subject": "mailto:push@example.com" }),
        ),
    ] {
        assert_eq!(identity(&with(&config, &[("app_id", json!(1))]), folder.path()), expected, "{config}");
    }
}

/// Belongs to the private number that RFC 8291 uses for its sender.
const VAPID_PUBLIC: &str =
    "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8";

#[test]
fn a_push_certificate_tells_its_name_serial_and_topics() {
    let folder = tempfile::tempdir().unwrap();
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::default();
    params.serial_number = Some(vec![0x0a, 0xb1, 0x02].into());
    params.distinguished_name.push(rcgen::DnType::CommonName, "Apple Push Services: com.example.app");
    let config = json!({
        "vendor": "apns", "app_id": 1, "bundle_id": "com.example.app", "environments": ["production"],
        "certificate_file": "push.pem"
    });
    let told = |params: &rcgen::CertificateParams| {
        let certificate = params.self_signed(&key).unwrap();
        std::fs::write(folder.path().join("push.pem"), certificate.pem() + &key.serialize_pem()).unwrap();
        identity(&config, folder.path())
    };
    let plain = json!({ "subject": "Apple Push Services: com.example.app", "serial": "0a:b1:02" });
    assert_eq!(told(&params), plain);

    // As Apple writes it: each topic, and a list of the kinds of push it is for.
    let text = |text: &str| [&[0x0c, u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
    let list = |members: &[Vec<u8>]| {
        let content = members.concat();
        [&[0x30, u8::try_from(content.len()).unwrap()], &content[..]].concat()
    };
    let topics = list(&[
        text("com.example.app"),
        list(&[text("app")]),
        text("com.example.app.voip"),
        list(&[text("voip")]),
    ]);
    let oid = [1, 2, 840, 113_635, 100, 6, 3, 6];
    params.custom_extensions = vec![rcgen::CustomExtension::from_oid_content(&oid, topics)];
    assert_eq!(told(&params)["topics"], "com.example.app, com.example.app.voip");
    params.custom_extensions = vec![rcgen::CustomExtension::from_oid_content(&oid, b"junk".to_vec())];
    assert_eq!(told(&params), plain, "what cannot be read is not told");
}
