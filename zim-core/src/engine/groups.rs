//! Group changes as this user sees them.

use super::Engine;
use super::sync::Sink;
use crate::model::{
    ConversationType, Event, GroupEvent, GroupMemberEvent, GroupMemberState, GroupState, convert,
};
use zim_proto::v1::{self, GroupCause};

/// What one cause is called for the one it happens to, and for everybody.
struct Change {
    is_entering: bool,
    own: GroupEvent,
    members: Option<GroupMemberEvent>,
}

fn change(cause: GroupCause) -> Option<Change> {
    let entered = |own, members| Some(Change { is_entering: true, own, members: Some(members) });
    let left = |own, members| Some(Change { is_entering: false, own, members });
    match cause {
        GroupCause::Created => entered(GroupEvent::Created, GroupMemberEvent::Joined),
        GroupCause::Joined => entered(GroupEvent::Joined, GroupMemberEvent::Joined),
        GroupCause::Invited => entered(GroupEvent::Invited, GroupMemberEvent::Invited),
        GroupCause::Left => left(GroupEvent::Left, Some(GroupMemberEvent::Left)),
        GroupCause::KickedOut => left(GroupEvent::KickedOut, Some(GroupMemberEvent::KickedOut)),
        GroupCause::Dismissed => left(GroupEvent::Dismissed, None),
        GroupCause::OwnerTransferred | GroupCause::Unspecified => None,
    }
}

impl Engine {
    /// Local state of a group event; the host is told by [`group_notices`].
    pub(super) fn apply_group_event(&mut self, event: &v1::GroupEvent) {
        let Some(group) = &event.group else { return };
        let Some(change) = change(event.cause()) else {
            return self.conversation_of_group(group, false);
        };
        self.conversation_of_group(group, event.self_affected && change.is_entering);
        if event.self_affected && !change.is_entering {
            self.group_left(&group.group_id);
        }
    }

    pub(super) fn group_left(&mut self, group_id: &str) {
        if let Some(at) = self.conversations.find(ConversationType::Group.value(), group_id) {
            self.conversation_disabled(at);
        }
    }
}

/// The events of one group change.
pub(super) fn group_notices(event: &v1::GroupEvent, sink: &mut Sink) {
    let (Some(group), Some(change)) = (&event.group, change(event.cause())) else { return };
    let operated_info = convert::group_operated(event.operator.as_ref());
    if event.self_affected {
        sink.event(Event::GroupStateChanged {
            state: if change.is_entering { GroupState::Enter } else { GroupState::Quit },
            event: change.own,
            operated_info: operated_info.clone(),
            group_info: convert::group(group),
        });
    }
    if let Some(members) = change.members.filter(|_| !event.members.is_empty()) {
        sink.event(Event::GroupMemberStateChanged {
            state: if change.is_entering { GroupMemberState::Enter } else { GroupMemberState::Quit },
            event: members,
            user_list: event.members.iter().map(convert::group_member).collect(),
            operated_info,
            group_id: group.group_id.clone(),
        });
    }
}
