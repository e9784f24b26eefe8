//! What goes into the engine and what comes out of it. Everything the engine knows of the world passes through here.

use crate::error::Error;
use crate::model::{Event, Message};
use crate::store::{Batch, Opened, StoreError};
use bytes::Bytes;
use std::sync::Arc;
use zim_proto::v1;

/// One moment, given to the engine by its driver: it has no clock of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Now {
    /// Monotonic milliseconds, also counting time asleep where the platform can.
    pub mono_ms: u64,
    /// Wall clock, UTC milliseconds. May jump; only used for ids, token expiry and time stamps.
    pub wall_ms: i64,
}

/// One host operation waiting for its answer. Completed exactly once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OpId(pub u64);

/// One connection attempt; frames of an older link are ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LinkId(pub u64);

/// One batch of local writes, applied atomically.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BatchId(pub u64);

/// Whether the app is in the foreground.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppState {
    /// Visible; a waiting reconnect is tried at once.
    Foreground,
    /// Not visible, may be frozen at any time.
    Background,
}

/// Why a link ended, as the driver saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkDown {
    /// Name, address, TCP, TLS or WebSocket handshake failed.
    ConnectFailed(String),
    /// The peer closed or the transport broke.
    Closed(String),
    /// The engine asked for it.
    Requested,
}

/// A host operation.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "moved once from channel to engine; a box per item costs more")]
pub enum Op {
    /// Log in; completes with [`Reply::Done`] after (Connected, Success), or at once after local checks when offline.
    Login(LoginOp),
    /// Log out; completes with [`Reply::Done`] when the local part is over.
    Logout,
    /// Replace the token; completes with [`Reply::Done`].
    RenewToken(String),
    /// Send a message; emits [`Output::Attached`], completes with [`Reply::Message`].
    SendMessage(Box<SendMessageOp>),
    /// Clear the unread count of one conversation (works offline); completes with [`Reply::Done`].
    ClearUnread(crate::store::ConversationKey),
    /// Clear all unread counts (works offline); completes with [`Reply::Done`].
    ClearAllUnread,
    /// Set this device's push registration (`None`: unregistered). Needs no login: it is kept and uploaded when a
    /// session exists. Completes with [`Reply::Done`] as soon as it is kept.
    SetPushRegistration(Option<v1::PushRegistration>),
    /// Open a session for this device alone (ZPNs without ZIM): it uploads the registration and answers
    /// `BindPush` / `UnbindPush` requests. Replaced by a login, comes back after logout. Completes when open.
    OpenDeviceSession,
    /// Close it. Completes with [`Reply::Done`].
    CloseDeviceSession,
    /// Report the badge this device shows. Kept and uploaded like the registration.
    ReportBadge(u32),
    /// Any request that the server answers by itself; needs a connected session. Completes with [`Reply::Response`]
    /// after the engine applied what the answer means for local state (group, call, notification status), a recall with
    /// [`Reply::Message`].
    Request(v1::request::Op),
}

/// Parameters of a login.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LoginOp {
    /// The user.
    pub user_id: String,
    /// Name to store on the server, empty keeps the stored one.
    pub user_name: String,
    /// Token04, or empty with AppSign.
    pub token: String,
    /// Start from the local store and connect in the background.
    pub is_offline_login: bool,
    /// Custom status, empty = unchanged.
    pub custom_status: String,
}

/// Parameters of a send.
#[derive(Debug)]
pub struct SendMessageOp {
    /// The message as the host filled it; ids and status are set by the engine.
    pub message: Message,
    /// Push for offline receivers, `None` = no push.
    pub push: Option<v1::PushConfig>,
    /// `ZIMMessagePriority` number.
    pub priority: i32,
    /// Push mentioned users even when they muted the conversation.
    pub is_notify_mentioned_users: bool,
    /// The message failed before and keeps its identity.
    pub is_retry_send: bool,
}

/// What the world tells the engine.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "moved once from channel to engine; a box per item costs more")]
pub enum Input {
    /// A host operation.
    Op {
        /// Completed with this id.
        id: OpId,
        /// What to do.
        op: Op,
    },
    /// Answer to [`Output::Open`].
    Opened(Result<Box<Opened>, StoreError>),
    /// The WebSocket of `link` is open; the server's hello comes next.
    LinkUp(LinkId),
    /// `link` is gone.
    LinkDown(LinkId, LinkDown),
    /// Frames of `link` wait unread, since the host or the disk is behind: the link counts as alive.
    LinkAlive(LinkId),
    /// A binary message arrived on `link`.
    Frame(LinkId, Bytes),
    /// Answer to [`Output::Persist`].
    Persisted(BatchId, Result<(), StoreError>),
    /// The host's handler returned for every event up to this inbox sequence.
    Delivered(u64),
    /// Foreground or background.
    AppState(AppState),
    /// The device's network changed.
    NetworkChanged,
    /// The deadline passed.
    Tick,
}

/// What the engine asks of the world. Drained in order after every input.
#[derive(Debug)]
pub enum Output {
    /// Open the local store of this user; answered by [`Input::Opened`].
    Open {
        /// The user whose store it is.
        user_id: String,
    },
    /// Close the local store after what is queued is written.
    CloseStore,
    /// Open a WebSocket to the configured server.
    Connect(LinkId),
    /// Send one binary message.
    Transmit(LinkId, Bytes),
    /// Close the link after what was transmitted is flushed.
    CloseLink(LinkId),
    /// Apply these writes atomically; answered by [`Input::Persisted`], in order.
    Persist(BatchId, Batch),
    /// Tell the host. `delivers`: after the handler returned, say [`Input::Delivered`] with this sequence.
    Notify {
        /// The event.
        event: Event,
        /// Inbox sequence that is delivered with it.
        delivers: Option<u64>,
    },
    /// `onMessageAttached` of the send `id`.
    Attached(OpId, Arc<Message>),
    /// The operation is over.
    Complete(OpId, Result<Reply, Error>),
}

/// Result of a successful operation.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "moved once from channel to engine; a box per item costs more")]
#[non_exhaustive]
pub enum Reply {
    /// Nothing to tell.
    Done,
    /// The sent message in its final form, or what is left of the recalled one.
    Message(Arc<Message>),
    /// The server's answer.
    Response(v1::response::Result),
}
