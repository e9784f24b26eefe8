//! What embedding costs: a call across the C interface against the same call in Rust, and the wake-ups of an idle client.

use std::collections::BTreeMap;
use std::ffi::{OsString, c_void};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use zim::client::{zim_client, zim_client_free, zim_client_new, zim_config};
use zim::generated::callbacks::{
    zim_conversation_total_unread_message_count_queried_callback as CountCallback, zim_done_callback,
};
use zim::generated::methods::zim_client_query_conversation_total_unread_message_count as query_total;
use zim::types::zim_str;
use zim_benches::raw::Service;
use zim_benches::report::{self, Better, Row};
use zim_core::model::{ConversationTotalUnreadMessageCountQueryConfig, LoginConfig};
use zim_core::{Client, ClientConfig};

const CALLS: usize = 20_000;
const ROUNDS: usize = 9;
/// Two heartbeats and a bit.
const IDLE: Duration = Duration::from_secs(22);

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut config = zim_server::Config::default();
    config.data_dir = folder.path().to_path_buf();
    config.listen = "127.0.0.1:0".parse().expect("an address");
    let running = runtime.block_on(zim_server::Server::start(config)).expect("zim-server starts");
    let app = &running.apps()[0];
    let service = Service { url: running.url(), app_id: app.id, app_sign: app.app_sign.clone() };

    let rust = rust_client(&runtime, &service);
    let c = c_client(&service);
    let (mut in_rust, mut in_c) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        in_rust.push(rust_round(&rust));
        in_c.push(c_round(c));
    }
    let (in_rust, in_c) = (zim_benches::stats::median(&mut in_rust), zim_benches::stats::median(&mut in_c));
    report::print(&[Row {
        measure: "C call and callback, against the same in Rust".into(),
        unit: "µs",
        ours: in_c,
        floor: in_rust,
        target: (in_rust + 1.0) / in_rust,
        better: Better::Lower,
    }]);
    println!("\nC adds {:.2} µs to a call and its callback (to reach: at most 1 µs).", in_c - in_rust);
    // SAFETY: made by `zim_client_new`, freed once, and no call with it is under way.
    unsafe { zim_client_free(c) };

    // The server is in this process too; only the client's threads are looked at.
    let before = wakeups();
    std::thread::sleep(IDLE);
    let after = wakeups();
    println!("Idle client, {} s:", IDLE.as_secs());
    for (thread, (name, count)) in after {
        let earlier = before.get(&thread).map_or(0, |(_, count)| *count);
        println!("  {name}: {} wake-ups", count - earlier);
    }
    rust.destroy();
}

fn rust_client(runtime: &tokio::runtime::Runtime, service: &Service) -> Client {
    let client = Client::new(ClientConfig {
        app_id: service.app_id,
        app_sign: service.app_sign.clone(),
        server_url: service.url.clone(),
        ..ClientConfig::default()
    })
    .expect("a client");
    runtime.block_on(client.login("rust", LoginConfig::default()).into_future()).expect("login");
    client
}

/// Time of one call with its callback when many are under way, microseconds.
fn rust_round(client: &Client) -> f64 {
    let (tell, told) = mpsc::channel();
    let started = Instant::now();
    for _ in 0..CALLS {
        let tell = tell.clone();
        client
            .query_conversation_total_unread_message_count(
                ConversationTotalUnreadMessageCountQueryConfig::default(),
            )
            .then(move |result| {
                result.expect("a count");
                let _ = tell.send(());
            });
    }
    told.iter().take(CALLS).for_each(drop);
    per_call(started)
}

#[allow(clippy::cast_precision_loss)]
fn per_call(started: Instant) -> f64 {
    started.elapsed().as_secs_f64() * 1e6 / CALLS as f64
}

type Tell = mpsc::Sender<()>;

/// A channel whose sender lives for ever: what a callback told may be read before the callback has returned.
fn forever() -> (&'static Tell, mpsc::Receiver<()>) {
    let (tell, told) = mpsc::channel();
    (Box::leak(Box::new(tell)), told)
}

fn c_client(service: &Service) -> *mut zim_client {
    unsafe extern "C" fn on_done(user_data: *mut c_void, error: *const zim::error::zim_error) {
        assert!(error.is_null(), "login");
        // SAFETY: the sender lives for ever.
        let _ = unsafe { &*user_data.cast::<Tell>() }.send(());
    }
    let (tell, told) = forever();
    // SAFETY: all zeros is a valid `zim_config`: numbers, false, and absent strings.
    let mut config: zim_config = unsafe { std::mem::zeroed() };
    config.struct_size = size_of::<zim_config>();
    config.app_id = service.app_id;
    config.app_sign = view(&service.app_sign);
    config.server_url = view(&service.url);
    let mut client = std::ptr::null_mut();
    let callback = zim_done_callback {
        struct_size: size_of::<zim_done_callback>(),
        on_done: Some(on_done),
        release: None,
        user_data: std::ptr::from_ref(tell).cast_mut().cast(),
    };
    // SAFETY: every pointer is valid for its call, and `tell` for ever.
    unsafe {
        assert_eq!(zim_client_new(&raw const config, &raw mut client, std::ptr::null_mut()), 0);
        assert_eq!(zim_client_login_as(client, &callback), 0);
    }
    told.recv().expect("login");
    client
}

/// # Safety
/// As `zim_client_login`.
unsafe fn zim_client_login_as(client: *const zim_client, callback: &zim_done_callback) -> i32 {
    // SAFETY: by the contract above.
    unsafe { zim::generated::methods::zim_client_login(client, view("c"), std::ptr::null(), callback) }
}

fn view(text: &str) -> zim_str {
    zim_str { data: text.as_ptr().cast(), len: text.len() }
}

/// The same across the C interface.
fn c_round(client: *const zim_client) -> f64 {
    unsafe extern "C" fn on_done(user_data: *mut c_void, _: u32, error: *const zim::error::zim_error) {
        assert!(error.is_null(), "a count");
        // SAFETY: the sender lives for ever.
        let _ = unsafe { &*user_data.cast::<Tell>() }.send(());
    }
    let (tell, told) = forever();
    let callback = CountCallback {
        struct_size: size_of::<CountCallback>(),
        on_done: Some(on_done),
        release: None,
        user_data: std::ptr::from_ref(tell).cast_mut().cast(),
    };
    let started = Instant::now();
    for _ in 0..CALLS {
        // SAFETY: the client is live, the callback valid for the call, and `tell` for ever.
        assert_eq!(unsafe { query_total(client, std::ptr::null(), &raw const callback) }, 0);
    }
    told.iter().take(CALLS).for_each(drop);
    per_call(started)
}

/// Voluntary context switches of the client's threads: name and count by thread id.
fn wakeups() -> BTreeMap<OsString, (String, u64)> {
    let mut found = BTreeMap::new();
    let Ok(tasks) = std::fs::read_dir("/proc/self/task") else { return found };
    for task in tasks.flatten() {
        let path = task.path();
        let name = std::fs::read_to_string(path.join("comm")).unwrap_or_default().trim().to_owned();
        if !["zim-rt", "zim-db", "zim-cb"].contains(&name.as_str()) {
            continue;
        }
        let status = std::fs::read_to_string(path.join("status")).unwrap_or_default();
        let count = status
            .lines()
            .find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"))
            .and_then(|number| number.trim().parse().ok())
            .unwrap_or(0);
        found.insert(task.file_name(), (name, count));
    }
    found
}
