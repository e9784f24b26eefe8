//! What the host sees: the published records and enums, the message classes and the events.

pub(crate) mod convert;
mod event;
/// The published records, generated from `api/`.
pub mod generated;
mod message;

pub use event::Event;
pub use generated::*;
pub use message::{Message, MessageBody, Revocation};
pub use zim_proto::{
    CXHandleType, CallInvitationMode, CallState, CallUserState, ConnectionEvent, ConnectionState,
    ConversationEvent, ConversationListChangeAction, ConversationNotificationStatus, ConversationSyncState,
    ConversationType, GroupBeInviteMode, GroupEnterType, GroupEvent, GroupInviteMode, GroupJoinMode,
    GroupMemberEvent, GroupMemberRole, GroupMemberState, GroupMessageNotificationStatus, GroupState,
    MessageDirection, MessageMentionedType, MessagePriority, MessageQueryMode, MessageReceiptStatus,
    MessageRevokeStatus, MessageSentStatus, MessageType, PlatformType, RevokeType, UserInfoType,
    UserOnlineStatus,
};
