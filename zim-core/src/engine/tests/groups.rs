//! Groups from the client's view.

use super::world::World;
use crate::model::{ConversationEvent, Event, GroupEvent, GroupMemberEvent, GroupMemberState, GroupState};
use zim_proto::v1::event::Kind;
use zim_proto::v1::{self, GroupCause};

fn change(cause: GroupCause, members: &[&str], self_affected: bool) -> Kind {
    let member = |id: &&str| v1::GroupMember {
        user: Some(v1::UserInfo { user_id: (*id).into(), ..v1::UserInfo::default() }),
        role: 3,
        ..v1::GroupMember::default()
    };
    Kind::Group(v1::GroupEvent {
        group: Some(v1::Group { group_id: "g".into(), name: "The Group".into(), ..v1::Group::default() }),
        cause: cause.into(),
        members: members.iter().map(member).collect(),
        operator: Some(member(&"bob")),
        self_affected,
    })
}

#[test]
fn entering_and_leaving_is_told_to_self_and_about_members() {
    let cases = [
        (GroupCause::Created, GroupState::Enter, GroupEvent::Created, Some(GroupMemberEvent::Joined)),
        (GroupCause::Joined, GroupState::Enter, GroupEvent::Joined, Some(GroupMemberEvent::Joined)),
        (GroupCause::Invited, GroupState::Enter, GroupEvent::Invited, Some(GroupMemberEvent::Invited)),
        (GroupCause::Left, GroupState::Quit, GroupEvent::Left, Some(GroupMemberEvent::Left)),
        (GroupCause::KickedOut, GroupState::Quit, GroupEvent::KickedOut, Some(GroupMemberEvent::KickedOut)),
        (GroupCause::Dismissed, GroupState::Quit, GroupEvent::Dismissed, None),
    ];
    for (cause, own_state, own_event, members) in cases {
        let mut world = World::new();
        let alice = world.online("alice");
        world.server.push("alice", change(cause, &["alice", "carol"], true));
        world.run(100);
        let told: Vec<&Event> = world
            .events(alice)
            .filter(|it| {
                matches!(it, Event::GroupStateChanged { .. } | Event::GroupMemberStateChanged { .. })
            })
            .collect();
        let Event::GroupStateChanged { state, event, operated_info, group_info } = told[0] else {
            panic!("{cause:?}: {told:?}")
        };
        assert_eq!((*state, *event, operated_info.user_id.as_str()), (own_state, own_event, "bob"));
        assert_eq!(group_info.base_info.group_name, "The Group");
        match (members, told.get(1)) {
            (None, None) => {}
            (Some(expected), Some(Event::GroupMemberStateChanged { state, event, user_list, .. })) => {
                assert_eq!((*event, user_list.len()), (expected, 2));
                assert_eq!(*state == GroupMemberState::Enter, own_state == GroupState::Enter);
            }
            other => panic!("{cause:?}: {other:?}"),
        }
    }
}

#[test]
fn other_members_do_not_change_the_own_state() {
    let mut world = World::new();
    let alice = world.online("alice");
    world.server.push("alice", change(GroupCause::Left, &["carol"], false));
    world.run(100);
    assert!(!world.events(alice).any(|event| matches!(event, Event::GroupStateChanged { .. })));
    assert!(world.events(alice).any(|event| matches!(event, Event::GroupMemberStateChanged { .. })));
}

#[test]
fn a_group_left_keeps_its_conversation_disabled_and_entering_enables_it_again() {
    let mut world = World::new();
    let alice = world.online("alice");
    world.server.groups.insert("g".into(), vec!["alice".into(), "bob".into()]);
    world.server.push("alice", change(GroupCause::Invited, &["alice"], true));
    world.run(100);
    assert!(world.devices[alice].engine.conversation(2, "g").is_none(), "a group alone is no conversation");
    let message = v1::Message {
        r#type: 1,
        conversation_type: 2,
        conversation_id: "g".into(),
        body: "hi".into(),
        ..v1::Message::default()
    };
    world.server.deliver("bob", "", message);
    world.run(100);
    let row = world.devices[alice].engine.conversation(2, "g").unwrap();
    assert_eq!((row.name.as_str(), row.unread), ("The Group", 1));
    world.server.push("alice", change(GroupCause::KickedOut, &["alice"], true));
    world.run(100);
    assert!(world.devices[alice].engine.conversation(2, "g").unwrap().is_disabled);
    let is_disabled = |event: &Event| match event {
        Event::ConversationChanged { info_list } => info_list[0].event == ConversationEvent::Disabled,
        _ => false,
    };
    assert_eq!(world.events(alice).filter(|event| is_disabled(event)).count(), 1);
    world.server.push("alice", change(GroupCause::Joined, &["alice"], true));
    world.run(100);
    assert!(!world.devices[alice].engine.conversation(2, "g").unwrap().is_disabled);
}
