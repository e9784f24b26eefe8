//! Counters and gauges, and their Prometheus text. No label carries anything a client chose freely.

use std::collections::BTreeMap;
use std::fmt::{Display, Write as _};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use zim_proto::v1::request::Op;

/// Everything the server counts.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    pub(crate) connections: Gauge,
    pub(crate) connections_total: Counter,
    pub(crate) connections_refused: Counter,
    pub(crate) user_sessions: Gauge,
    pub(crate) device_sessions: Gauge,
    pub(crate) requests_open: Gauge,
    pub(crate) unknown_frames: Counter,
    pub(crate) events_sent: Counter,
    pub(crate) backlog_reads: Counter,
    pub(crate) connections_behind: Counter,
    pub(crate) answer_seconds: Histogram<10>,
    pub(crate) commit_operations: Histogram<8>,
    pub(crate) panics: Counter,
    pub(crate) messages: Counter,
    pub(crate) calls: Counter,
    pub(crate) admin_refused: Counter,
    logins: Labelled<(&'static str, u32)>,
    requests: Labelled<(&'static str, u32)>,
    goodbyes: Labelled<&'static str>,
    certificates: Mutex<BTreeMap<String, i64>>,
}

const ANSWER_BOUNDS: [u64; 10] = [250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 100_000, 500_000, 2_500_000];
const COMMIT_BOUNDS: [u64; 8] = [1, 4, 16, 64, 256, 1_024, 2_048, 4_096];

impl Metrics {
    /// A login ended with this code, 0 = it succeeded.
    pub(crate) fn login(&self, method: &'static str, code: u32) {
        self.logins.add((method, code));
    }

    /// A request was answered with this code, 0 = it succeeded.
    pub(crate) fn request(&self, op: &'static str, code: u32, took: Duration) {
        self.requests.add((op, code));
        match (op, code) {
            ("send_message", 0) => self.messages.add(1),
            ("call_invite", 0) => self.calls.add(1),
            _ => {}
        }
        self.answer_seconds.record(&ANSWER_BOUNDS, u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
    }

    /// A connection was ended with this reason.
    pub(crate) fn goodbye(&self, reason: &'static str) {
        self.goodbyes.add(reason);
    }

    /// So many operations shared a commit.
    pub(crate) fn commit(&self, operations: usize) {
        self.commit_operations.record(&COMMIT_BOUNDS, operations as u64);
    }

    /// A certificate or credential runs out at this time (UTC ms).
    pub(crate) fn certificate(&self, name: &str, expires_at: i64) {
        lock(&self.certificates).insert(name.to_owned(), expires_at);
    }

    /// The Prometheus text exposition, with the push dispatcher's counters if it runs.
    pub(crate) fn render(&self, push: Option<&zim_push::Metrics>) -> String {
        let mut out = Text(String::with_capacity(4096));
        out.gauge("zim_connections", "Open WebSocket connections.", self.connections.get());
        out.gauge("zim_user_sessions", "Connections with a logged-in user.", self.user_sessions.get());
        out.gauge(
            "zim_device_sessions",
            "Connections of devices without a user.",
            self.device_sessions.get(),
        );
        out.gauge("zim_requests_open", "Requests taken and not yet answered.", self.requests_open.get());
        for (name, help, counter) in [
            ("zim_connections_total", "WebSocket connections accepted.", &self.connections_total),
            ("zim_connections_refused_total", "Refused by the connection limit.", &self.connections_refused),
            ("zim_unknown_frames_total", "Frames and requests of an unknown kind.", &self.unknown_frames),
            ("zim_events_sent_total", "Inbox events written to connections.", &self.events_sent),
            ("zim_backlog_reads_total", "Reads of an inbox for catching up.", &self.backlog_reads),
            (
                "zim_connections_behind_total",
                "Times a slow connection lost its live stream.",
                &self.connections_behind,
            ),
            (
                "zim_messages_total",
                "Messages accepted, from clients and from the server API.",
                &self.messages,
            ),
            ("zim_calls_total", "Calls begun, by clients and by the server API.", &self.calls),
            (
                "zim_admin_refused_total",
                "Calls of the administration interface refused.",
                &self.admin_refused,
            ),
            ("zim_task_failures_total", "Background tasks that failed and were started again.", &self.panics),
        ] {
            out.head(name, help, "counter");
            out.sample(name, "", counter.get());
        }
        let coded = |label: &'static str| {
            move |(name, code): &(&'static str, u32)| format!("{{{label}=\"{name}\",code=\"{code}\"}}")
        };
        out.labelled("zim_logins_total", "Logins by proof and code.", &self.logins, coded("method"));
        out.labelled("zim_requests_total", "Requests by operation and code.", &self.requests, coded("op"));
        out.labelled("zim_goodbyes_total", "Connections ended by the server.", &self.goodbyes, |reason| {
            format!("{{reason=\"{reason}\"}}")
        });
        out.histogram(
            "zim_request_seconds",
            "Time from a request's arrival to its durable answer.",
            &self.answer_seconds,
            &ANSWER_BOUNDS,
            1e6,
        );
        out.histogram(
            "zim_commit_operations",
            "Operations sharing one commit.",
            &self.commit_operations,
            &COMMIT_BOUNDS,
            1.0,
        );
        out.head("zim_certificate_expiry_seconds", "When a certificate or credential runs out.", "gauge");
        for (name, at) in lock(&self.certificates).iter() {
            let name = escape(name);
            out.sample("zim_certificate_expiry_seconds", &format!("{{name=\"{name}\"}}"), at / 1_000);
        }
        if let Some(push) = push {
            out.push(push);
        }
        out.0
    }
}

/// Goes up.
#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add(&self, by: u64) {
        self.0.fetch_add(by, Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// Goes up and down.
#[derive(Debug, Default)]
pub(crate) struct Gauge(AtomicI64);

impl Gauge {
    pub(crate) fn add(&self, by: i64) {
        self.0.fetch_add(by, Relaxed);
    }

    pub(crate) fn get(&self) -> i64 {
        self.0.load(Relaxed)
    }
}

/// How often which size came.
#[derive(Debug)]
pub(crate) struct Histogram<const N: usize> {
    buckets: [AtomicU64; N],
    above: AtomicU64,
    sum: AtomicU64,
}

impl<const N: usize> Default for Histogram<N> {
    fn default() -> Self {
        Self {
            buckets: std::array::from_fn(|_| AtomicU64::new(0)),
            above: AtomicU64::new(0),
            sum: AtomicU64::new(0),
        }
    }
}

impl<const N: usize> Histogram<N> {
    fn record(&self, bounds: &[u64; N], value: u64) {
        let place = bounds.iter().position(|bound| value <= *bound);
        place.map_or(&self.above, |index| &self.buckets[index]).fetch_add(1, Relaxed);
        self.sum.fetch_add(value, Relaxed);
    }
}

/// Counters by a small set of labels.
#[derive(Debug)]
struct Labelled<K>(Mutex<BTreeMap<K, u64>>);

impl<K> Default for Labelled<K> {
    fn default() -> Self {
        Self(Mutex::new(BTreeMap::new()))
    }
}

impl<K: Ord> Labelled<K> {
    fn add(&self, key: K) {
        *lock(&self.0).entry(key).or_default() += 1;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A label value: names come from the configuration file.
fn escape(name: &str) -> String {
    name.replace(['"', '\\', '\n'], "_")
}

struct Text(String);

impl Text {
    fn head(&mut self, name: &str, help: &str, kind: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn sample(&mut self, name: &str, labels: &str, value: impl Display) {
        let _ = writeln!(self.0, "{name}{labels} {value}");
    }

    fn gauge(&mut self, name: &str, help: &str, value: i64) {
        self.head(name, help, "gauge");
        self.sample(name, "", value);
    }

    fn labelled<K: Ord>(&mut self, name: &str, help: &str, of: &Labelled<K>, labels: impl Fn(&K) -> String) {
        self.head(name, help, "counter");
        for (key, value) in lock(&of.0).iter() {
            self.sample(name, &labels(key), value);
        }
    }

    fn push(&mut self, push: &zim_push::Metrics) {
        for (name, help, value) in [
            ("zim_push_claimed_total", "Push jobs taken from the queue.", push.claimed),
            ("zim_push_withdrawn_total", "Push jobs no longer wanted.", push.withdrawn),
            ("zim_push_expired_total", "Push jobs whose time ran out.", push.expired),
            ("zim_push_gave_up_total", "Push jobs given up after the last try.", push.gave_up),
            ("zim_push_no_credential_total", "Push jobs without a credential.", push.no_credential),
            ("zim_push_queue_errors_total", "Errors of the job queue.", push.source_errors),
        ] {
            self.head(name, help, "counter");
            self.sample(name, "", value);
        }
        self.head("zim_push_answers_total", "Vendor answers by credential and outcome.", "counter");
        for provider in &push.providers {
            for (outcome, count) in &provider.answers {
                let labels = format!("{{credential=\"{}\",outcome=\"{outcome}\"}}", escape(&provider.name));
                self.sample("zim_push_answers_total", &labels, count);
            }
        }
        let credential = |name: &str| format!("{{credential=\"{}\"}}", escape(name));
        self.head("zim_push_in_flight", "Vendor requests out right now.", "gauge");
        for provider in &push.providers {
            self.sample("zim_push_in_flight", &credential(&provider.name), provider.in_flight);
        }
        self.head("zim_push_breaker_open", "1 while pushes of a credential are held back.", "gauge");
        for provider in &push.providers {
            self.sample(
                "zim_push_breaker_open",
                &credential(&provider.name),
                u8::from(provider.breaker_open),
            );
        }
        self.head("zim_push_credential_expiry_seconds", "When a vendor credential runs out.", "gauge");
        for provider in &push.providers {
            if let Some(at) = provider.credential_expires_at {
                self.sample("zim_push_credential_expiry_seconds", &credential(&provider.name), at / 1_000);
            }
        }
    }

    #[allow(clippy::cast_precision_loss)] // Prometheus values are floating point.
    fn histogram<const N: usize>(
        &mut self,
        name: &str,
        help: &str,
        of: &Histogram<N>,
        bounds: &[u64; N],
        unit: f64,
    ) {
        self.head(name, help, "histogram");
        let bucket = format!("{name}_bucket");
        let mut total = 0;
        for (bound, count) in bounds.iter().zip(&of.buckets) {
            total += count.load(Relaxed);
            self.sample(&bucket, &format!("{{le=\"{}\"}}", *bound as f64 / unit), total);
        }
        total += of.above.load(Relaxed);
        self.sample(&bucket, "{le=\"+Inf\"}", total);
        self.sample(&format!("{name}_sum"), "", of.sum.load(Relaxed) as f64 / unit);
        self.sample(&format!("{name}_count"), "", total);
    }
}

/// The operation's name in metrics and logs: its field name in the protocol.
pub(crate) fn op_name(op: &Op) -> &'static str {
    match op {
        Op::SendMessage(_) => "send_message",
        Op::RevokeMessage(_) => "revoke_message",
        Op::QueryHistory(_) => "query_history",
        Op::ClearUnread(_) => "clear_unread",
        Op::ClearAllUnread(_) => "clear_all_unread",
        Op::SetNotificationStatus(_) => "set_notification_status",
        Op::QueryConversation(_) => "query_conversation",
        Op::CreateGroup(_) => "create_group",
        Op::JoinGroup(_) => "join_group",
        Op::InviteIntoGroup(_) => "invite_into_group",
        Op::LeaveGroup(_) => "leave_group",
        Op::DismissGroup(_) => "dismiss_group",
        Op::QueryGroup(_) => "query_group",
        Op::QueryGroupMembers(_) => "query_group_members",
        Op::CallInvite(_) => "call_invite",
        Op::CallCancel(_) => "call_cancel",
        Op::CallAccept(_) => "call_accept",
        Op::CallReject(_) => "call_reject",
        Op::CallingInvite(_) => "calling_invite",
        Op::CallQuit(_) => "call_quit",
        Op::CallEnd(_) => "call_end",
        Op::CallJoin(_) => "call_join",
        Op::QueryCalls(_) => "query_calls",
        Op::UpdateUserBadge(_) => "update_user_badge",
        Op::UpdatePushRule(_) => "update_push_rule",
        Op::RenewToken(_) => "renew_token",
        Op::Logout(_) => "logout",
        Op::RegisterPush(_) => "register_push",
        Op::UnregisterPush(_) => "unregister_push",
        Op::ReportBadge(_) => "report_badge",
        Op::BindPush(_) => "bind_push",
        Op::UnbindPush(_) => "unbind_push",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_what_prometheus_reads() {
        let metrics = Metrics::default();
        metrics.connections.add(2);
        metrics.login("token", 6_000_106);
        metrics.request("send_message", 0, Duration::from_micros(300));
        metrics.request("send_message", 0, Duration::from_secs(9));
        metrics.certificate("listener", 1_700_000_000_000);
        let text = metrics.render(None);
        for line in [
            "zim_connections 2",
            "zim_logins_total{method=\"token\",code=\"6000106\"} 1",
            "zim_requests_total{op=\"send_message\",code=\"0\"} 2",
            "zim_request_seconds_bucket{le=\"0.0005\"} 1",
            "zim_request_seconds_bucket{le=\"2.5\"} 1",
            "zim_request_seconds_bucket{le=\"+Inf\"} 2",
            "zim_request_seconds_sum 9.0003",
            "zim_certificate_expiry_seconds{name=\"listener\"} 1700000000",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is missing in\n{text}");
        }
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let (name, value) = line.rsplit_once(' ').unwrap();
            assert!(name.starts_with("zim_") && value.parse::<f64>().is_ok(), "{line}");
        }
    }
}
