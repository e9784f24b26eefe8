use super::world::*;
use zim_proto::v1::event::Kind;
use zim_proto::v1::{self, GroupCause, request::Op, response};

fn create(group: v1::Group, users: &[&str]) -> Op {
    let user_ids = users.iter().map(|user| (*user).to_owned()).collect();
    Op::CreateGroup(v1::CreateGroup { group: Some(group), user_ids })
}

fn named(id: &str) -> v1::Group {
    v1::Group { group_id: id.into(), name: "name".into(), ..v1::Group::default() }
}

fn join(id: &str) -> Op {
    Op::JoinGroup(v1::JoinGroup { group_id: id.into() })
}

fn leave(id: &str) -> Op {
    Op::LeaveGroup(v1::LeaveGroup { group_id: id.into() })
}

fn dismiss(id: &str) -> Op {
    Op::DismissGroup(v1::DismissGroup { group_id: id.into() })
}

fn invite(id: &str, users: &[&str]) -> Op {
    let user_ids = users.iter().map(|user| (*user).to_owned()).collect();
    Op::InviteIntoGroup(v1::InviteIntoGroup { group_id: id.into(), user_ids })
}

fn created(result: response::Result) -> v1::GroupCreated {
    match result {
        response::Result::GroupCreated(created) => created,
        other => panic!("no group: {other:?}"),
    }
}

/// Cause, whether the receiver is affected, members, operator.
fn event(kind: &Kind) -> (GroupCause, bool, Vec<&str>, &str) {
    let Kind::Group(event) = kind else { panic!("not a group event: {kind:?}") };
    let members = event.members.iter().map(|member| member.user.as_ref().unwrap().user_id.as_str()).collect();
    let operator = event.operator.as_ref().unwrap().user.as_ref().unwrap().user_id.as_str();
    (event.cause(), event.self_affected, members, operator)
}

fn members(world: &mut World, session: &Session, id: &str) -> Vec<(String, u32)> {
    let request = v1::QueryGroupMembers { group_id: id.into(), next_flag: 0, count: 100 };
    match world.ask(session, Op::QueryGroupMembers(request)) {
        response::Result::GroupMembers(page) => {
            page.members.into_iter().map(|member| (member.user.unwrap().user_id, member.role)).collect()
        }
        other => panic!("no members: {other:?}"),
    }
}

#[test]
fn creating_makes_the_caller_owner_and_tells_every_member() {
    let mut world = World::new();
    let alice = world.login("alice", "a1", ANDROID);
    let bob = world.login("bob", "b1", ANDROID);
    let group = v1::Group { max_member_count: 5, ..named("g") };
    let result = created(world.ask(&alice, create(group, &["bob", "ghost", "alice", "bob"])));
    let group = result.group.unwrap();
    assert_eq!((group.create_time, group.max_member_count), (START, 5));
    assert_eq!(result.errors, [v1::ErrorUser { user_id: "ghost".into(), reason: 6_000_011 }]);
    assert_eq!(members(&mut world, &alice, "g"), [("alice".into(), 1), ("bob".into(), 3)]);
    for session in [&alice, &bob] {
        let got = world.event(session, 0);
        assert_eq!(event(&got), (GroupCause::Created, true, vec!["alice", "bob"], "alice"));
    }
}

#[test]
fn ids_are_made_checked_and_never_reused() {
    let mut world = World::new();
    let alice = world.login("alice", "a1", ANDROID);
    let made = created(world.ask(&alice, create(v1::Group::default(), &[]))).group.unwrap();
    assert!(made.group_id.starts_with('#'), "{}", made.group_id);
    assert_eq!(made.max_member_count, 6_000);
    world.ask(&alice, create(named("g"), &[]));
    assert_eq!(world.refused(&alice, create(named("g"), &[])), (6_000_524, ""));
    world.ask(&alice, dismiss("g"));
    assert_eq!(world.refused(&alice, create(named("g"), &[])), (6_000_527, ""));
    assert_eq!(world.refused(&alice, create(named("#g"), &[])), (6_000_001, "groupInfo.groupID"));
    world.login("bob", "b1", ANDROID);
    let small = v1::Group { max_member_count: 1, ..named("small") };
    assert_eq!(world.refused(&alice, create(small, &["bob"])), (6_000_525, ""));
}

#[test]
fn join_modes() {
    for (mode, expected) in [(0, None), (1, Some(6_000_543)), (2, Some(6_000_542))] {
        let mut world = World::new();
        let alice = world.login("alice", "a1", ANDROID);
        let bob = world.login("bob", "b1", ANDROID);
        world.ask(&alice, create(v1::Group { join_mode: mode, ..named("g") }, &[]));
        let head = world.head(&alice);
        match expected {
            Some(code) => assert_eq!(world.refused(&bob, join("g")).0, code),
            None => {
                world.ask(&bob, join("g"));
                assert_eq!(
                    event(&world.event(&alice, head)),
                    (GroupCause::Joined, false, vec!["bob"], "bob")
                );
                assert_eq!(event(&world.event(&bob, 0)), (GroupCause::Joined, true, vec!["bob"], "bob"));
                world.ask(&bob, join("g"));
                assert_eq!((world.head(&alice), world.head(&bob)), (head + 1, 1), "again: no event");
            }
        }
    }
}

#[test]
fn a_full_group_takes_nobody() {
    let mut world = World::new();
    let alice = world.login("alice", "a1", ANDROID);
    let bob = world.login("bob", "b1", ANDROID);
    let carol = world.login("carol", "c1", ANDROID);
    world.ask(&alice, create(v1::Group { max_member_count: 2, ..named("g") }, &[]));
    let response::Result::GroupInvited(result) = world.ask(&alice, invite("g", &["bob", "carol"])) else {
        panic!("not invited")
    };
    assert_eq!(result.members.len(), 1);
    assert_eq!(result.errors, [v1::ErrorUser { user_id: "carol".into(), reason: 6_000_525 }]);
    assert_eq!(world.refused(&carol, join("g")), (6_000_525, ""));
    assert_eq!(world.head(&carol), 0);
    world.ask(&bob, join("g"));
}

#[test]
fn the_invitation_table() {
    // (be-invite mode, invite mode, caller is the owner) → refused, or the reason for the invitee (0 = joins at once)
    let table = [
        (0, 0, false, Ok(0)),
        (0, 0, true, Ok(0)),
        (0, 1, false, Err(6_000_541)),
        (0, 1, true, Ok(0)),
        (1, 0, false, Ok(6_000_544)),
        (1, 0, true, Ok(6_000_544)),
        (1, 1, false, Err(6_000_541)),
        (1, 1, true, Ok(6_000_544)),
    ];
    for (be_invite_mode, invite_mode, owner_invites, expected) in table {
        let mut world = World::new();
        let alice = world.login("alice", "a1", ANDROID);
        let bob = world.login("bob", "b1", ANDROID);
        let carol = world.login("carol", "c1", ANDROID);
        let group = v1::Group { be_invite_mode, invite_mode, ..named("g") };
        world.ask(&alice, create(group, &["bob"]));
        let head = world.head(&alice);
        let caller = if owner_invites { &alice } else { &bob };
        let op = invite("g", &["carol", "bob", "ghost"]);
        let reply = world.reply(caller, op).map(|reply| reply.result).map_err(|error| error.code.code());
        let row = (be_invite_mode, invite_mode, owner_invites);
        match (reply, expected) {
            (Err(code), Err(expected)) => assert_eq!(code, expected, "{row:?}"),
            (Ok(response::Result::GroupInvited(result)), Ok(reason)) => {
                let mut errors: Vec<(&str, u32)> =
                    result.errors.iter().map(|error| (error.user_id.as_str(), error.reason)).collect();
                errors.sort_unstable();
                let mut expected = vec![("ghost", 6_000_011)];
                // The caller among the invitees is left out silently.
                if owner_invites {
                    expected.push(("bob", 6_000_522));
                }
                if reason != 0 {
                    expected.push(("carol", reason));
                }
                expected.sort_unstable();
                assert_eq!(errors, expected, "{row:?}");
                if reason == 0 {
                    let operator = caller.user_id.as_str();
                    let at_alice = world.event(&alice, head);
                    assert_eq!(event(&at_alice), (GroupCause::Invited, false, vec!["carol"], operator));
                    let at_carol = world.event(&carol, 0);
                    assert_eq!(event(&at_carol), (GroupCause::Invited, true, vec!["carol"], operator));
                } else {
                    assert_eq!(world.head(&carol), 0, "{row:?}");
                }
            }
            (got, _) => panic!("{row:?}: {got:?}"),
        }
        assert_eq!(world.refused(&carol, invite("missing", &["bob"])).0, 6_000_523);
    }
}

#[test]
fn an_owner_who_leaves_is_followed_by_the_earliest_member() {
    let mut world = World::new();
    let alice = world.login("alice", "a1", ANDROID);
    let bob = world.login("bob", "b1", ANDROID);
    let carol = world.login("carol", "c1", ANDROID);
    world.ask(&alice, create(named("g"), &["carol"]));
    world.now += 1;
    world.ask(&bob, join("g"));
    let (alices, bobs) = (world.head(&alice), world.head(&bob));
    world.ask(&alice, leave("g"));
    assert_eq!(event(&world.event(&alice, alices)), (GroupCause::Left, true, vec!["alice"], "alice"));
    let events = world.events(&bob, bobs);
    assert_eq!(event(&events[0]), (GroupCause::Left, false, vec!["alice"], "alice"));
    assert_eq!(event(&events[1]), (GroupCause::OwnerTransferred, false, vec!["carol"], "alice"));
    assert_eq!(events.len(), 2);
    assert_eq!(members(&mut world, &bob, "g"), [("carol".into(), 1), ("bob".into(), 3)]);
    assert_eq!(world.refused(&alice, leave("g")), (6_000_521, ""));

    world.ask(&bob, leave("g"));
    world.ask(&carol, leave("g"));
    assert_eq!(world.refused(&carol, join("g")), (6_000_523, ""), "the last one dismisses it");
    assert_eq!(world.refused(&carol, create(named("g"), &[])), (6_000_527, ""));
}

#[test]
fn only_the_owner_dismisses_and_the_log_stays_readable() {
    let mut world = World::new();
    let alice = world.login("alice", "a1", ANDROID);
    let bob = world.login("bob", "b1", ANDROID);
    let carol = world.login("carol", "c1", ANDROID);
    world.ask(&alice, create(named("g"), &["bob"]));
    world.ask(&alice, group_text("g", 1, "x"));
    assert_eq!(world.refused(&bob, dismiss("g")), (6_000_541, ""));
    assert_eq!(world.refused(&carol, dismiss("g")), (6_000_521, ""));
    let head = world.head(&bob);
    world.ask(&alice, dismiss("g"));
    assert_eq!(event(&world.event(&bob, head)), (GroupCause::Dismissed, true, vec![], "alice"));
    for op in [group_text("g", 2, "y"), join("g"), invite("g", &["carol"]), leave("g"), dismiss("g")] {
        assert_eq!(world.refused(&alice, op).0, 6_000_523);
    }
    let query = |id: &str| {
        Op::QueryHistory(v1::QueryHistory {
            conversation_type: 2,
            conversation_id: id.into(),
            count: 10,
            ..v1::QueryHistory::default()
        })
    };
    let response::Result::History(history) = world.ask(&bob, query("g")) else { panic!("no history") };
    assert_eq!(history.messages.len(), 1);
    assert_eq!(world.refused(&carol, query("g")), (6_000_521, ""));
    let (_, opened) = world.open("bob", "b2", IPHONE, v1::UserSession::default()).unwrap();
    assert!(opened.conversations[0].disabled);
    assert_eq!(opened.conversations[0].unread, 1);
}

#[test]
fn who_enters_later_sees_and_counts_only_what_follows() {
    let mut world = World::new();
    let alice = world.login("alice", "a1", ANDROID);
    let bob = world.login("bob", "b1", ANDROID);
    world.ask(&alice, create(named("g"), &[]));
    world.ask(&alice, group_text("g", 1, "before"));
    world.ask(&bob, join("g"));
    let query =
        Op::QueryConversation(v1::QueryConversation { conversation_type: 2, conversation_id: "g".into() });
    assert_eq!(world.refused(&bob, query.clone()), (6_000_603, ""), "nothing visible yet");
    world.ask(&alice, group_text("g", 2, "after"));
    let response::Result::Conversation(got) = world.ask(&bob, query) else { panic!("no conversation") };
    let state = got.state.unwrap();
    assert_eq!((state.unread, state.head_seq, state.disabled), (1, 2, false));
    let history = Op::QueryHistory(v1::QueryHistory {
        conversation_type: 2,
        conversation_id: "g".into(),
        count: 10,
        ..v1::QueryHistory::default()
    });
    let response::Result::History(page) = world.ask(&bob, history) else { panic!("no history") };
    assert_eq!(page.messages.len(), 1);
    assert_eq!(page.messages[0].body, "after");

    world.ask(&bob, leave("g"));
    world.ask(&alice, group_text("g", 3, "without bob"));
    let (_, opened) = world.open("bob", "b2", IPHONE, v1::UserSession::default()).unwrap();
    let state = &opened.conversations[0];
    assert!(state.disabled);
    assert_eq!((state.unread, state.head_seq, &state.last_message), (0, 2, &None));
}

#[test]
fn members_come_in_pages_and_to_members_only() {
    let mut world = World::new();
    let alice = world.login("alice", "a1", ANDROID);
    let outsider = world.login("dave", "d1", ANDROID);
    for name in ["bob", "carol"] {
        world.login(name, "d", ANDROID);
    }
    world.ask(&alice, create(named("g"), &["bob", "carol"]));
    let page = |next_flag, count| {
        Op::QueryGroupMembers(v1::QueryGroupMembers { group_id: "g".into(), next_flag, count })
    };
    let response::Result::GroupMembers(first) = world.ask(&alice, page(0, 2)) else { panic!("no page") };
    assert_eq!((first.members.len(), first.next_flag), (2, 2));
    let response::Result::GroupMembers(rest) = world.ask(&alice, page(2, 2)) else { panic!("no page") };
    assert_eq!((rest.members.len(), rest.next_flag), (1, 0));
    assert_eq!(world.refused(&outsider, page(0, 2)), (6_000_521, ""));
    let info = Op::QueryGroup(v1::QueryGroup { group_id: "g".into() });
    assert_eq!(world.refused(&outsider, info.clone()), (6_000_521, ""));
    assert!(matches!(world.ask(&alice, info), response::Result::GroupInfo(_)));
}
