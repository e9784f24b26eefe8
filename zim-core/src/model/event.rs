//! What the host is told without asking.

use super::{
    CallInvitationAcceptedInfo, CallInvitationCancelledInfo, CallInvitationCreatedInfo,
    CallInvitationEndedInfo, CallInvitationReceivedInfo, CallInvitationRejectedInfo,
    CallInvitationTimeoutInfo, CallUserStateChangeInfo, ConnectionEvent, ConnectionState,
    ConversationChangeInfo, ConversationSyncState, GroupEvent, GroupFullInfo, GroupMemberEvent,
    GroupMemberInfo, GroupMemberState, GroupOperatedInfo, GroupState, Message, MessageReceivedInfo,
    MessageSentStatusChangeInfo, UserRule,
};
use crate::error::Error;
use std::sync::Arc;

/// An event, named as published (`onConnectionStateChanged` is `ConnectionStateChanged`). Bindings fan one event out to
/// every published generation of its name.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// Something failed that no operation waits for.
    Error(Error),
    /// The token ends soon; answer with `renew_token`.
    TokenWillExpire {
        /// Remaining seconds, at most 30.
        second: u32,
    },
    /// State of the link to the service.
    ConnectionStateChanged {
        /// New state.
        state: ConnectionState,
        /// Cause.
        event: ConnectionEvent,
        /// JSON object.
        extended_data: String,
    },
    /// The user's offline push rule changed on one of the user's devices, this one included.
    UserRuleUpdated {
        /// The rule in force.
        user_rule: UserRule,
    },
    /// Conversations of the local list changed; each appears once with its newest state.
    ConversationChanged {
        /// Changes in the order they were caused.
        info_list: Vec<ConversationChangeInfo>,
    },
    /// Sum of all unread counts without conversations under do-not-disturb.
    ConversationTotalUnreadMessageCountUpdated {
        /// The sum.
        total_unread_message_count: u32,
    },
    /// Started, then Finished or Failed, once per login and per reconnect.
    ConversationSyncStateChanged {
        /// New state.
        state: ConversationSyncState,
    },
    /// Messages of one conversation, at most 100, ascending.
    MessageReceived {
        /// The messages.
        messages: Vec<Arc<Message>>,
        /// Which conversation, and whether they waited on the server.
        info: MessageReceivedInfo,
    },
    /// Messages were recalled, by others or on another device of this user: each comes in its new form, to replace the
    /// one of the same id.
    MessageRevokeReceived {
        /// What is left of the messages, at most 100, in the order they were recalled.
        message_list: Vec<Arc<Message>>,
    },
    /// A message of the server to everybody who is connected. It belongs to no conversation and is not stored.
    BroadcastMessageReceived {
        /// The message; `is_broadcast_message` is set.
        message: Arc<Message>,
    },
    /// Sending, Success or Failed.
    MessageSentStatusChanged {
        /// One entry per change.
        infos: Vec<MessageSentStatusChangeInfo>,
    },
    /// This user entered or left a group.
    GroupStateChanged {
        /// In or out.
        state: GroupState,
        /// Cause.
        event: GroupEvent,
        /// Who did it.
        operated_info: GroupOperatedInfo,
        /// The group after the change.
        group_info: GroupFullInfo,
    },
    /// Members entered or left a group of this user.
    GroupMemberStateChanged {
        /// In or out.
        state: GroupMemberState,
        /// Cause.
        event: GroupMemberEvent,
        /// Who entered or left.
        user_list: Vec<GroupMemberInfo>,
        /// Who did it.
        operated_info: GroupOperatedInfo,
        /// Which group.
        group_id: String,
    },
    /// A call of this user was created, here or on another of the user's devices.
    CallInvitationCreated {
        /// The call.
        info: CallInvitationCreatedInfo,
        /// Which call.
        call_id: String,
    },
    /// This user is invited.
    CallInvitationReceived {
        /// The call.
        info: CallInvitationReceivedInfo,
        /// Which call.
        call_id: String,
    },
    /// The invitation of this user was taken back.
    CallInvitationCancelled {
        /// By whom.
        info: CallInvitationCancelledInfo,
        /// Which call.
        call_id: String,
    },
    /// The call is over.
    CallInvitationEnded {
        /// By whom and when.
        info: CallInvitationEndedInfo,
        /// Which call.
        call_id: String,
    },
    /// This user did not answer in time.
    CallInvitationTimeout {
        /// Mode of the call.
        info: CallInvitationTimeoutInfo,
        /// Which call.
        call_id: String,
    },
    /// Users of the call changed their state.
    CallUserStateChanged {
        /// The changed users.
        info: CallUserStateChangeInfo,
        /// Which call.
        call_id: String,
    },
    /// Legacy name, inviter in general mode: an invitee accepted.
    CallInvitationAccepted {
        /// Who accepted.
        info: CallInvitationAcceptedInfo,
        /// Which call.
        call_id: String,
    },
    /// Legacy name, inviter in general mode: an invitee rejected.
    CallInvitationRejected {
        /// Who rejected.
        info: CallInvitationRejectedInfo,
        /// Which call.
        call_id: String,
    },
    /// Legacy name, inviter in general mode: these invitees did not answer in time.
    CallInviteesAnsweredTimeout {
        /// Who did not answer.
        invitees: Vec<String>,
        /// Which call.
        call_id: String,
    },
}
