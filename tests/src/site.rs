//! What a server stands on: a folder with configuration, certificates and keys, and the vendors it pushes through.

use crate::makers::Makers;
use crate::phone::{Kind, Phone};
use crate::settings::{APP_ID, BUNDLE_ID, SECOND_BUNDLE_ID, SECRET, Settings};
use crate::wait::PATIENCE;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, KeyUsagePurpose};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use zim_vendor_doubles::{ApnsDouble, ApnsOptions, FcmDouble, MakerDouble, Recorded, TooFew};

/// A temporary folder and the vendors' doubles, with the runtime they live on.
pub struct Site {
    apns: ApnsDouble,
    fcm: FcmDouble,
    makers: Makers,
    authority: Option<String>,
    settings: Settings,
    runtime: Option<Runtime>,
    folder: TempDir,
}

impl Site {
    /// Writes everything a server needs.
    ///
    /// # Panics
    /// When the machine has no room, no loopback port or no threads.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let folder = tempfile::tempdir().expect("there is a temporary folder");
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("the system has threads");
        let (apns, fcm, makers) = runtime.block_on(async {
            let bundle_ids = [BUNDLE_ID, SECOND_BUNDLE_ID].map(str::to_owned).to_vec();
            let options = ApnsOptions { bundle_ids, ..ApnsOptions::default() };
            let makers = Makers::start(settings.second_set).await;
            (ApnsDouble::start(options).await, FcmDouble::start().await, makers)
        });
        let write = |name: &str, text: &str| {
            std::fs::write(folder.path().join(name), text).expect("the temporary folder has room");
        };
        write("apns.p8", &apns.p8_key_pem());
        write("apns-root.pem", &apns.root_certificate_pem());
        write("fcm.json", &fcm.service_account_json());
        write("fcm-root.pem", &fcm.root_certificate_pem());
        let authority = settings.tls.then(|| {
            let (authority, certificate, key) = certificates();
            write("ca.pem", &authority);
            write("server.pem", &certificate);
            write("server.key", &key);
            authority
        });
        let more = makers.credentials(folder.path());
        write("zim-server.toml", &settings.toml(folder.path(), &apns.url(), &fcm.url(), &more));
        Self { apns, fcm, makers, authority, settings, runtime: Some(runtime), folder }
    }

    /// The folder of everything.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The configuration file.
    #[must_use]
    pub fn config_file(&self) -> PathBuf {
        self.folder().join("zim-server.toml")
    }

    /// What was chosen.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// File with the certificate of the authority that `wss://` clients have to trust, if there is one.
    #[must_use]
    pub fn authority_file(&self) -> Option<PathBuf> {
        self.authority.is_some().then(|| self.folder().join("ca.pem"))
    }

    /// Runs a future on the runtime of the doubles.
    pub fn run<F: Future>(&self, future: F) -> F::Output {
        self.runtime().block_on(future)
    }

    pub(crate) fn runtime(&self) -> &Runtime {
        self.runtime.as_ref().expect("only dropping takes it")
    }

    pub(crate) fn service(&self, url: &str) -> Service {
        Service { url: url.to_owned(), authority: self.authority.clone() }
    }

    /// Apple.
    #[must_use]
    pub fn apns_double(&self) -> &ApnsDouble {
        &self.apns
    }

    /// Google.
    #[must_use]
    pub fn fcm_double(&self) -> &FcmDouble {
        &self.fcm
    }

    /// Waits until APNs got `count` requests and returns all it got.
    ///
    /// # Panics
    /// If they do not come, are more, or one of them broke a rule of Apple's.
    #[must_use]
    pub fn apns(&self, count: usize) -> Vec<Recorded> {
        let seen =
            self.run(self.apns.wait_for(count, PATIENCE)).unwrap_or_else(|error| panic!("APNs: {error}"));
        flawless("APNs", count, seen)
    }

    /// Waits until FCM got `count` requests and returns all it got.
    ///
    /// # Panics
    /// As [`Site::apns`].
    #[must_use]
    pub fn fcm(&self, count: usize) -> Vec<Recorded> {
        let seen =
            self.run(self.fcm.wait_for(count, PATIENCE)).unwrap_or_else(|error| panic!("FCM: {error}"));
        flawless("FCM", count, seen)
    }

    /// `huawei`, `harmonyos`, `xiaomi` (and `xiaomi-2` for the second certificate set), `oppo`, `vivo`, or `web`.
    ///
    /// # Panics
    /// For another name.
    #[must_use]
    pub fn maker_double(&self, vendor: &str) -> &MakerDouble {
        self.makers.get(vendor).unwrap_or_else(|| panic!("no double of a phone maker is called {vendor:?}"))
    }

    /// Waits until the phone maker got `count` messages and returns all it got; names as in
    /// [`Site::maker_double`].
    ///
    /// # Panics
    /// As [`Site::apns`].
    #[must_use]
    pub fn maker(&self, vendor: &str, count: usize) -> Vec<Recorded> {
        let seen = self
            .run(self.maker_double(vendor).wait_for(count, PATIENCE))
            .unwrap_or_else(|error| panic!("{vendor}: {error}"));
        flawless(vendor, count, seen)
    }

    /// The requests at a vendor so far; `None` for a vendor without a double. Names: `apns`, `fcm`, and those of
    /// [`Site::maker_double`].
    #[must_use]
    pub fn requests(&self, vendor: &str) -> Option<Vec<Recorded>> {
        match vendor {
            "apns" => Some(self.apns.requests()),
            "fcm" => Some(self.fcm.requests()),
            other => self.makers.get(other).map(MakerDouble::requests),
        }
    }

    /// Waits until a vendor got at least `count` requests and returns all it got; `None` for a vendor without a double.
    ///
    /// # Errors
    /// [`TooFew`] after the kit's patience.
    #[must_use]
    pub fn wait_for(&self, vendor: &str, count: usize) -> Option<Result<Vec<Recorded>, TooFew>> {
        match vendor {
            "apns" => Some(self.run(self.apns.wait_for(count, PATIENCE))),
            "fcm" => Some(self.run(self.fcm.wait_for(count, PATIENCE))),
            other => self.makers.get(other).map(|double| self.run(double.wait_for(count, PATIENCE))),
        }
    }

    /// The phone with a subscription, where that takes the place of a vendor's token.
    pub(crate) fn with_token(&self, phone: Phone) -> Phone {
        if phone.kind() == Kind::Subscriber {
            phone.replace_vendor_token(&self.maker_double("web").token_of(phone.name()));
        }
        phone
    }

    /// Forgets the requests so far.
    pub fn forget_pushes(&self) {
        self.apns.clear();
        self.fcm.clear();
        self.makers.clear();
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn flawless(vendor: &str, count: usize, seen: Vec<Recorded>) -> Vec<Recorded> {
    assert_eq!(seen.len(), count, "requests at {vendor}");
    for request in &seen {
        assert_eq!(request.violation, None, "{vendor} {} {}", request.path, request.body);
    }
    seen
}

/// An authority, a certificate of it for loopback, and that one's key, all in PEM.
///
/// # Panics
/// When the system has no randomness.
#[must_use]
pub fn certificates() -> (String, String, String) {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let key = KeyPair::generate().expect("the system has randomness");
    let authority = CertifiedIssuer::self_signed(params, key).expect("the parameters are complete");
    let params = CertificateParams::new(vec!["localhost".to_owned(), "127.0.0.1".to_owned()]);
    let key = KeyPair::generate().expect("the system has randomness");
    let certificate =
        params.and_then(|params| params.signed_by(&key, &authority)).expect("the parameters are complete");
    (authority.pem(), certificate.pem(), key.serialize_pem())
}

/// Where clients connect to.
#[derive(Debug, Clone)]
pub struct Service {
    /// `ws://…/zim` or `wss://…/zim`.
    pub url: String,
    /// Certificate (PEM) to trust for `wss://`.
    pub authority: Option<String>,
}

impl Service {
    /// A device that has never been switched on. Its name makes its vendor token.
    #[must_use]
    pub fn phone(&self, name: &str, kind: Kind) -> Phone {
        Phone::new(self, name, kind)
    }
}

/// A row of the delivery log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Whose device.
    pub user_id: String,
    /// Which device.
    pub push_id: String,
    /// `message:<id>`, `call:<id>`, `badge` or `debug`.
    pub subject: String,
    /// `decision`, `dispatch` or `vendor`.
    pub stage: String,
    /// Stable word.
    pub outcome: String,
    /// Sentence.
    pub detail: String,
    /// The push, empty if none was made.
    pub request_id: String,
}

/// A login token for a user of the app, valid for an hour.
///
/// # Panics
/// Without randomness.
#[must_use]
pub fn token(user_id: &str) -> String {
    zim_server::auth::token04::generate(APP_ID, user_id, SECRET, 3_600, now_ms())
        .expect("the arguments are valid")
}

/// UTC in milliseconds.
#[must_use]
pub fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// The seed of a random test: `ZIM_SEED`, or a new one. Printed, so that a failure can be repeated.
///
/// # Panics
/// If `ZIM_SEED` is no number.
#[must_use]
pub fn seed(test: &str) -> u64 {
    let seed = match std::env::var("ZIM_SEED") {
        Ok(text) => text.parse().expect("ZIM_SEED is a number"),
        Err(_) => fastrand::u64(..),
    };
    println!("{test}: ZIM_SEED={seed}");
    seed
}
