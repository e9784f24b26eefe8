//! What an operator may configure. Defaults are the largest published values.

use zim_proto::{frame, limits};

/// Server-side limits. A value above the published one is not useful: clients refuse it before sending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Largest text or custom message, bytes (6000001).
    pub message_bytes: usize,
    /// Largest command message, bytes (6000001).
    pub command_bytes: usize,
    /// Most members of a group, the owner included (6000525).
    pub group_members: u32,
    /// Most invitees of one call invitation (6000272).
    pub call_invitees: usize,
    /// Most users that ring or take part in one call, the caller included (6000272).
    pub call_users: usize,
    /// A call that nobody ended is ended after this time, ms.
    pub call_max_ms: i64,
    /// An invitation not confirmed by then is "not yet received", ms.
    pub not_received_after_ms: i64,
    /// A live device that has not acknowledged an event by then is pushed to, ms.
    pub ack_timeout_ms: i64,
    /// A push about a cancelled, left or ended call lives at least this long, ms; otherwise as long as the ringing would.
    pub call_update_ttl_ms: i64,
    /// How long a message push is worth delivering, ms.
    pub message_push_ttl_ms: i64,
    /// A message that is at least this old is not recalled any more (6000278), ms.
    pub revoke_window_ms: i64,
    /// Most peer conversations with "do not disturb" per user (6000601).
    pub muted_peers: usize,
    /// Most conversations in the state a fresh device starts with.
    pub snapshot_conversations: usize,
    /// Bytes of that state; beyond it conversations come without their last message.
    pub snapshot_bytes: usize,
    /// Unread messages are counted one by one up to here, the rest by their numbers.
    pub unread_scan: usize,
    /// Bytes of one history page; a page is cut short rather than overfilled.
    pub page_bytes: usize,
    /// Which devices of a user may be logged in at the same time.
    pub devices: DevicePolicy,
    /// Most native devices under [`DevicePolicy::Multi`].
    pub native_devices: usize,
    /// Most web clients under [`DevicePolicy::Multi`].
    pub web_devices: usize,
}

/// Multi-device login (published since 2.11). Over the limit the earliest login is kicked out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DevicePolicy {
    /// One device.
    #[default]
    Single,
    /// One native device and one web client.
    Dual,
    /// Up to [`Limits::native_devices`] and [`Limits::web_devices`].
    Multi,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            message_bytes: limits::TEXT_BYTES,
            command_bytes: limits::COMMAND_BYTES,
            group_members: limits::GROUP_MEMBERS_MAX,
            call_invitees: limits::CALL_INVITEES,
            call_users: limits::CALL_USERS,
            call_max_ms: 24 * 3_600_000,
            not_received_after_ms: 5_000,
            ack_timeout_ms: 5_000,
            call_update_ttl_ms: 60_000,
            message_push_ttl_ms: 24 * 3_600_000,
            revoke_window_ms: 120_000,
            muted_peers: 1_000,
            snapshot_conversations: 500,
            snapshot_bytes: frame::MAX_FRAME_BYTES / 2,
            unread_scan: 1_000,
            page_bytes: frame::MAX_FRAME_BYTES / 2,
            devices: DevicePolicy::default(),
            native_devices: 10,
            web_devices: 10,
        }
    }
}
