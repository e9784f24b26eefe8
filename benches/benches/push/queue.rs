//! Memory of a server whose vendor is down, with 200,000 jobs queued beside 100,000: what is claimed and in flight is all
//! that is held, and the store's page cache, which is full by then.

use std::path::Path;
use std::time::{Duration, Instant};
use zim_benches::raw::{Connection, Service};
use zim_benches::report::{Better, Row};
use zim_core::model::{
    ConversationType, GroupAdvancedConfig, GroupInfo, LoginConfig, Message, MessageSendConfig, PushConfig,
};
use zim_core::{Client, ClientConfig};
use zim_proto::push_id;
use zim_proto::v1::{PushRegistration, PushVendor};

const DEVICES: usize = 250;
/// Group messages until the first and the second figure, and a small one to tell.
const MESSAGES: [usize; 3] = [4, 400, 800];
const GROUP: &str = "everybody";

/// A registered iPhone that is off.
pub(crate) struct Device(pub(crate) usize);

impl Device {
    pub(crate) fn user(&self) -> String {
        format!("member{}", self.0)
    }

    /// Logs in, registers, and is switched off.
    pub(crate) async fn register(&self, service: &Service) {
        let mut registration = PushRegistration {
            vendor: PushVendor::Apns.into(),
            token: format!("{:064x}", self.0 + 1),
            bundle_id: crate::BUNDLE_ID.into(),
            app_type: 1,
            badge: -1,
            ..PushRegistration::default()
        };
        registration.push_id = push_id::derive(service.app_id, &registration);
        Connection::login_registered(service, &self.user(), registration).await.close().await;
    }
}

pub(crate) async fn sender(service: &Service) -> Client {
    let config = ClientConfig {
        app_id: service.app_id,
        app_sign: service.app_sign.clone(),
        server_url: service.url.clone(),
        ..ClientConfig::default()
    };
    let client = Client::new(config).expect("a client");
    client.login("sender", LoginConfig::default()).await.expect("login");
    client
}

fn config(is_pushed: bool) -> MessageSendConfig {
    let push =
        PushConfig { title: "sender".into(), content: "are you there?".into(), ..PushConfig::default() };
    MessageSendConfig { push_config: is_pushed.then_some(push), ..MessageSendConfig::default() }
}

/// One message to a user, with or without a push.
pub(crate) async fn text(sender: &Client, to: &str, is_pushed: bool) {
    let sent = sender.send_message(Message::text("hello"), to, ConversationType::Peer, config(is_pushed));
    sent.await.expect("sent");
}

pub(crate) fn run() -> Vec<Row> {
    let [few, half, all] = resident();
    println!(
        "memory of the server at 1,000 queued jobs {few:.1} MiB, at 100,000 {half:.1} MiB, at 200,000 {all:.1} MiB; 64 MiB of it may \
         be the store's page cache"
    );
    vec![Row {
        measure: "server memory with 200,000 jobs queued, beside 100,000".into(),
        unit: "MiB",
        ours: all,
        floor: half,
        target: 1.1,
        better: Better::Lower,
    }]
}

/// MiB of the server after each number of [`MESSAGES`].
fn resident() -> [f64; 3] {
    let folder = tempfile::tempdir().expect("a temporary folder");
    crate::runtime().block_on(async {
        // Only the double's files are needed: nobody listens where the server pushes to.
        drop(crate::serve::apns_double(folder.path()).await);
        let nobody = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        crate::write_config(folder.path(), &format!("https://localhost:{}", nobody.expect("a port").port()));
        let server = crate::start("server", folder.path());
        let service = Service::from_line(server.address());
        for device in 0..DEVICES {
            Device(device).register(&service).await;
        }
        let sender = sender(&service).await;
        let users: Vec<String> = (0..DEVICES).map(|device| Device(device).user()).collect();
        let info = GroupInfo { group_id: GROUP.into(), ..GroupInfo::default() };
        sender
            .create_group(info, users[..50].to_vec(), GroupAdvancedConfig::default())
            .await
            .expect("created");
        for some in users[50..].chunks(100) {
            sender.invite_users_into_group(some.to_vec(), GROUP).await.expect("invited");
        }
        let mib = || server.resident_kib().expect("resident memory") / 1024.0;
        let mut sent = 0;
        let mut figures = [0.0; 3];
        for (figure, messages) in figures.iter_mut().zip(MESSAGES) {
            while sent < messages {
                let message = Message::text("hello");
                let sending = sender.send_message(message, GROUP, ConversationType::Group, config(true));
                sending.await.expect("sent");
                sent += 1;
            }
            let jobs = i64::try_from(DEVICES * messages).expect("it fits");
            until_queued(folder.path(), jobs).await;
            *figure = mib();
        }
        figures
    })
}

/// Waits until all jobs are in the store: none is given up while the vendor is down.
async fn until_queued(folder: &Path, wanted: i64) {
    let file = std::fs::read_dir(folder.join("data"))
        .expect("the data folder")
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|ending| ending == "db" || ending == "sqlite"))
        .expect("a database");
    let started = Instant::now();
    loop {
        let database = rusqlite::Connection::open(&file).expect("the database opens");
        let jobs: i64 =
            database.query_row("SELECT count(*) FROM job", [], |row| row.get(0)).expect("a table of jobs");
        if jobs == wanted {
            return;
        }
        assert!(started.elapsed() < Duration::from_secs(30), "{jobs} jobs are queued");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
