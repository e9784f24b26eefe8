//! The configuration file of a test server.

use std::fmt::Write as _;
use std::path::Path;

/// The app of every test server.
pub const APP_ID: u32 = 1;
/// Its ServerSecret.
pub const SECRET: &str = "0123456789abcdef0123456789abcdef";
/// Its AppSign.
pub const APP_SIGN: &str = "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a";
/// Token of the administration interface.
pub const ADMIN_TOKEN: &str = "admin-of-the-tests";
/// Id of the key that signs for APNs.
pub const APNS_KEY_ID: &str = "ABC123DEFG";
/// And of its team.
pub const APNS_TEAM_ID: &str = "DEF123GHIJ";
/// iOS app of the phones.
pub const BUNDLE_ID: &str = "com.example.app";
/// Android app of the phones.
pub const PACKAGE: &str = "com.example.app.android";
/// iOS app of the second certificate set.
pub const SECOND_BUNDLE_ID: &str = "com.example.second";
/// Android app of the second certificate set.
pub const SECOND_PACKAGE: &str = "com.example.second.android";

/// What a test may choose about its server. The rest is as shipped.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Heartbeat clients are asked for, seconds.
    pub heartbeat_s: u32,
    /// Silence after which a user counts as offline, seconds.
    pub idle_timeout_s: u32,
    /// Time for an acknowledgement before an event is pushed, seconds.
    pub ack_timeout_s: u32,
    /// `single`, `dual` or `multi`.
    pub multi_device: &'static str,
    /// Whether clients connect by `wss://`, with a certificate of the world's own authority.
    pub tls: bool,
    /// Whether the server has vendor credentials.
    pub has_credentials: bool,
    /// Whether it also has those of a second app (`app_type` 2), at Apple and Xiaomi.
    pub second_set: bool,
    /// Largest message, bytes.
    pub message_bytes: usize,
    /// More of the table `[limits]`.
    pub more_limits: String,
}

impl Default for Settings {
    /// The numbers of time are as shipped: on a busy machine nothing is pushed by accident.
    fn default() -> Self {
        Self {
            heartbeat_s: 10,
            idle_timeout_s: 35,
            ack_timeout_s: 5,
            multi_device: "single",
            tls: false,
            has_credentials: true,
            second_set: false,
            message_bytes: 32_768,
            more_limits: String::new(),
        }
    }
}

impl Settings {
    /// The shortest silences the server can be told: for tests that wait for them.
    #[must_use]
    pub fn impatient() -> Self {
        Self { heartbeat_s: 1, idle_timeout_s: 3, ack_timeout_s: 1, ..Self::default() }
    }

    /// The file; `folder` holds the database, certificates and keys, by the names used here.
    pub(crate) fn toml(&self, folder: &Path, apns: &str, fcm: &str, more_credentials: &str) -> String {
        let mut text = format!(
            "listen = \"127.0.0.1:0\"\n\
             data_dir = {:?}\n\
             log = \"info\"\n\
             admin_token = \"{ADMIN_TOKEN}\"\n",
            folder.join("data").display().to_string()
        );
        if self.tls {
            text.push_str("[tls]\ncertificate = \"server.pem\"\nkey = \"server.key\"\n");
        }
        let Self {
            heartbeat_s, idle_timeout_s, ack_timeout_s, multi_device, message_bytes, more_limits, ..
        } = self;
        write!(
            text,
            "[limits]\n\
             heartbeat_s = {heartbeat_s}\n\
             idle_timeout_s = {idle_timeout_s}\n\
             ack_timeout_s = {ack_timeout_s}\n\
             message_bytes = {message_bytes}\n\
             {more_limits}\n\
             [[app]]\n\
             id = {APP_ID}\n\
             server_secret = \"{SECRET}\"\n\
             app_sign = \"{APP_SIGN}\"\n\
             multi_device = \"{multi_device}\"\n\
             [app.strategy.loud]\n\
             apple = {{ sound = \"ring.caf\", mutable_content = true }}\n\
             fcm = {{ sound = \"ring\", channel_id = \"chat\", priority = \"high\" }}\n\
             huawei = {{ channel_id = \"chat\", category = \"IM\", click = {{ open_page = {{}} }} }}\n\
             harmonyos = {{ category = \"IM\", click_type = 1, uri = \"https://example.com/chat\" }}\n\
             xiaomi = {{ channel_id = \"chat\", channel_name = \"Chat\", click = {{ open_page = {{}} }} }}\n\
             oppo = {{ channel_id = \"chat\", category = \"IM\", notify_level = 2, click = {{ open_page = {{}} }} }}\n\
             vivo = {{ category = \"IM\", classification = 1, click = {{ open_page = {{}} }} }}\n\
             [app.strategy.quiet]\n\
             apple = {{ push_type = \"silent\" }}\n\
             fcm = {{ push_type = \"data\" }}\n\
             harmonyos = {{ push_type = 6 }}\n\
             web = {{ push_type = \"silent\", urgency = \"low\" }}\n\
             [app.strategy.calls]\n\
             apple = {{ push_type = \"voip\" }}\n\
             fcm = {{ push_type = \"data\", priority = \"high\" }}\n\
             huawei = {{ category = \"VOIP\" }}\n\
             harmonyos = {{ push_type = 10 }}\n\
             web = {{ urgency = \"high\" }}\n\
             xiaomi = {{ channel_id = \"calls\" }}\n\
             oppo = {{ category = \"IM\", notify_level = 16 }}\n\
             vivo = {{ category = \"IM\" }}\n"
        )
        .expect("a string takes everything");
        if self.has_credentials {
            Self::apns_credential(&mut text, apns, 1, BUNDLE_ID);
            if self.second_set {
                Self::apns_credential(&mut text, apns, 2, SECOND_BUNDLE_ID);
            }
            write!(
                text,
                "[[credential]]\n\
                 vendor = \"fcm\"\n\
                 app_id = {APP_ID}\n\
                 package = \"{PACKAGE}\"\n\
                 service_account_file = \"fcm.json\"\n\
                 endpoint = \"{fcm}\"\n\
                 root_certificates = \"fcm-root.pem\"\n\
                 {more_credentials}"
            )
            .expect("a string takes everything");
        }
        text
    }

    fn apns_credential(text: &mut String, apns: &str, app_type: u32, bundle_id: &str) {
        write!(
            text,
            "[[credential]]\n\
             vendor = \"apns\"\n\
             app_id = {APP_ID}\n\
             app_type = {app_type}\n\
             bundle_id = \"{bundle_id}\"\n\
             key_file = \"apns.p8\"\n\
             key_id = \"{APNS_KEY_ID}\"\n\
             team_id = \"{APNS_TEAM_ID}\"\n\
             environments = [\"production\", \"sandbox\"]\n\
             endpoint = \"{apns}\"\n\
             sandbox_endpoint = \"{apns}\"\n\
             root_certificates = \"apns-root.pem\"\n"
        )
        .expect("a string takes everything");
    }
}
