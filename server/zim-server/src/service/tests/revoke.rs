use super::world::*;
use crate::service::{ServiceError, server_api};
use crate::store::{Conversation, GroupKey};
use zim_proto::v1::event::Kind;
use zim_proto::v1::{self, PushConfig, PushVendor, request::Op, response};

/// `ZIMMessageRevokeStatus` by who did it.
const BY_SENDER: u32 = 0;
const BY_SERVER_API: u32 = 2;
const BY_ADMIN: u32 = 3;
const BY_OWNER: u32 = 4;

const GROUP: u32 = 2;
const WINDOW: i64 = 120_000;

fn request(kind: u32, target: &str, sent: v1::MessageSent) -> v1::RevokeMessage {
    v1::RevokeMessage {
        conversation_type: kind,
        conversation_id: target.to_owned(),
        message_seq: sent.message_seq,
        message_id: sent.message_id,
        ..v1::RevokeMessage::default()
    }
}

fn revoke(kind: u32, target: &str, sent: v1::MessageSent) -> Op {
    Op::RevokeMessage(request(kind, target, sent))
}

/// The message as a recall's answer has it.
fn revoked(result: response::Result) -> v1::Message {
    match result {
        response::Result::MessageRevoked(v1::MessageRevoked { message: Some(message), device_id }) => {
            assert_eq!(device_id, "");
            message
        }
        other => panic!("nothing was recalled: {other:?}"),
    }
}

fn status(message: &v1::Message) -> u32 {
    message.revocation.as_ref().expect("a recalled message").status
}

fn event(kind: Kind) -> v1::MessageRevoked {
    match kind {
        Kind::MessageRevoked(event) => event,
        other => panic!("not a recall: {other:?}"),
    }
}

fn history(world: &mut World, session: &Session, kind: u32, id: &str) -> Vec<v1::Message> {
    let request = v1::QueryHistory {
        conversation_type: kind,
        conversation_id: id.to_owned(),
        count: 100,
        ..v1::QueryHistory::default()
    };
    match world.ask(session, Op::QueryHistory(request)) {
        response::Result::History(history) => history.messages,
        other => panic!("not a history: {other:?}"),
    }
}

fn state(world: &mut World, session: &Session, kind: u32, id: &str) -> v1::ConversationState {
    let request = v1::QueryConversation { conversation_type: kind, conversation_id: id.to_owned() };
    match world.ask(session, Op::QueryConversation(request)) {
        response::Result::Conversation(conversation) => conversation.state.unwrap(),
        other => panic!("not a conversation: {other:?}"),
    }
}

/// By the server API in the user's name; a refusal's code.
fn by_server(world: &mut World, user_id: &str, request: v1::RevokeMessage) -> Result<v1::Message, u32> {
    let user_id = user_id.to_owned();
    let key = world.run({
        let user_id = user_id.clone();
        move |tx| Ok(tx.user(APP, &user_id)?.expect("a user").key)
    });
    let nobodys_device = Session { key, user_id, device_id: String::new(), platform: 0 };
    let reply: Result<_, ServiceError> =
        world.with(&nobodys_device, move |tx, ctx| server_api::revoke(tx, ctx, &request));
    reply.map(|reply| revoked(reply.result)).map_err(|error| error.code.code())
}

/// Owner "olga", admins "adam" and "anna", members "mike" and "mary", each connected on one device.
struct Team {
    world: World,
    sessions: Vec<Session>,
}

impl Team {
    fn new() -> Self {
        let mut world = World::new();
        let names = ["olga", "adam", "anna", "mike", "mary"];
        let sessions: Vec<Session> = names.iter().map(|name| world.login(name, name, ANDROID)).collect();
        let group = v1::Group { group_id: "g".into(), ..v1::Group::default() };
        let user_ids = names[1..].iter().map(|name| (*name).to_owned()).collect();
        world.ask(&sessions[0], Op::CreateGroup(v1::CreateGroup { group: Some(group), user_ids }));
        let admins = [sessions[1].key, sessions[2].key];
        let key = Self::key(&world);
        world.run(move |tx| {
            for mut member in tx.members(key)?.iter().cloned().collect::<Vec<_>>() {
                if admins.contains(&member.user) {
                    member.role = 2;
                    tx.put_member(key, &member)?;
                }
            }
            Ok(())
        });
        Self { world, sessions }
    }

    fn key(world: &World) -> GroupKey {
        world.run(|tx| Ok(tx.group(APP, "g")?.expect("the group").key))
    }

    fn session(&self, name: &str) -> Session {
        self.sessions.iter().find(|session| session.user_id == name).expect("a member").clone()
    }

    fn say(&mut self, name: &str) -> v1::MessageSent {
        let session = self.session(name);
        let id = self.world.head(&session) + 1;
        sent(self.world.ask(&session, group_text("g", id, "said in the group")))
    }

    /// Status of the recall, or the code it is refused with.
    fn try_revoke(&mut self, name: &str, sent: v1::MessageSent) -> Result<u32, u32> {
        let session = self.session(name);
        match self.world.reply(&session, revoke(GROUP, "g", sent)) {
            Ok(reply) => Ok(status(&revoked(reply.result))),
            Err(error) => Err(error.code.code()),
        }
    }
}

#[test]
fn a_recalled_message_keeps_its_place_and_loses_its_content() {
    let mut world = World::new();
    let alice = world.login("alice", "a1", ANDROID);
    let bob = world.login("bob", "b1", ANDROID);
    let mut draft = text_to(0, "bob", 7, "hello");
    let message = draft.message.as_mut().unwrap();
    message.extended_data = "extended".into();
    message.mentioned_user_ids = vec!["bob".into()];
    let id = sent(world.ask(&alice, Op::SendMessage(draft)));
    world.ask(&bob, text("alice", 1, "after it"));
    world.now += 500;
    let request = v1::RevokeMessage { extended_data: "why".into(), ..request(0, "bob", id) };
    let got = revoked(world.ask(&alice, Op::RevokeMessage(request)));
    let expected = v1::Message {
        r#type: 31,
        message_id: id.message_id,
        local_message_id: 7,
        message_seq: 1,
        sender_user_id: "alice".into(),
        conversation_id: "bob".into(),
        timestamp: START,
        priority: 2,
        revocation: Some(v1::Revocation {
            revoke_type: 0,
            time: START + 500,
            operator_user_id: "alice".into(),
            original_type: 1,
            original_text: "hello".into(),
            extended_data: "why".into(),
            status: BY_SENDER,
        }),
        ..v1::Message::default()
    };
    assert_eq!(got, expected);
    for (session, other) in [(&alice, "bob"), (&bob, "alice")] {
        let messages = history(&mut world, session, 0, other);
        assert_eq!(messages[0], expected);
        assert_eq!((messages.len(), &messages[1].body[..]), (2, &b"after it"[..]));
    }

    let mut custom = text_to(0, "bob", 8, "no text");
    let message = custom.message.as_mut().unwrap();
    (message.r#type, message.sub_type, message.searched_content) = (200, 5, "words".into());
    let id = sent(world.ask(&alice, Op::SendMessage(custom)));
    let got = revoked(world.ask(&alice, revoke(0, "bob", id)));
    assert_eq!((got.sub_type, got.searched_content.as_str()), (0, ""));
    let revocation = got.revocation.unwrap();
    assert_eq!((revocation.original_type, revocation.original_text.as_str()), (200, ""));
}

#[test]
fn everybody_is_told_once_and_the_asking_device_by_its_answer() {
    let mut world = World::new();
    let alice = world.login("alice", "a1", ANDROID);
    let bob = world.login("bob", "b1", ANDROID);
    let id = sent(world.ask(&alice, text("bob", 1, "hello")));
    let heads = [world.head(&alice), world.head(&bob)];
    let answer = revoked(world.ask(&alice, revoke(0, "bob", id)));
    let (own, bobs) = (event(world.event(&alice, heads[0])), event(world.event(&bob, heads[1])));
    assert_eq!((own.device_id.as_str(), bobs.device_id.as_str()), ("a1", ""));
    assert_eq!((own.message, bobs.message), (Some(answer.clone()), Some(answer)));

    let id = sent(world.ask(&alice, text("bob", 2, "hello")));
    let head = world.head(&alice);
    by_server(&mut world, "alice", request(0, "bob", id)).unwrap();
    assert_eq!(event(world.event(&alice, head)).device_id, "", "no device of hers knows of it");
}

#[test]
fn in_a_group_rank_decides() {
    let mut team = Team::new();
    let cases = [
        ("mike", "mike", Ok(BY_SENDER)),
        ("olga", "olga", Ok(BY_SENDER)),
        ("olga", "mike", Ok(BY_OWNER)),
        ("olga", "adam", Ok(BY_OWNER)),
        ("adam", "mike", Ok(BY_ADMIN)),
        ("adam", "anna", Err(6_000_541)),
        ("adam", "olga", Err(6_000_541)),
        ("mike", "mary", Err(6_000_541)),
        ("mike", "olga", Err(6_000_541)),
    ];
    for (who, whose, expected) in cases {
        let id = team.say(whose);
        assert_eq!(team.try_revoke(who, id), expected, "{who} recalls {whose}'s");
    }
    let id = team.say("mike");
    let mike = team.session("mike");
    team.world.ask(&mike, Op::LeaveGroup(v1::LeaveGroup { group_id: "g".into() }));
    assert_eq!(team.try_revoke("mike", id), Err(6_000_521), "not a member any more");
    assert_eq!(team.try_revoke("adam", id), Ok(BY_ADMIN), "who left has no rank");
    let stranger = team.world.login("stranger", "s", ANDROID);
    let id = team.say("mary");
    assert_eq!(team.world.refused(&stranger, revoke(GROUP, "g", id)), (6_000_521, ""));
    assert_eq!(team.world.refused(&stranger, revoke(GROUP, "missing", id)), (6_000_523, ""));
    let olga = team.session("olga");
    team.world.ask(&olga, Op::DismissGroup(v1::DismissGroup { group_id: "g".into() }));
    assert_eq!(team.try_revoke("mary", id), Err(6_000_523), "dismissed");
}

#[test]
fn between_two_only_the_sender_may() {
    let mut world = World::new();
    let alice = world.login("alice", "a1", ANDROID);
    let bob = world.login("bob", "b1", ANDROID);
    let carol = world.login("carol", "c1", ANDROID);
    let id = sent(world.ask(&alice, text("bob", 1, "hello")));
    assert_eq!(world.refused(&bob, revoke(0, "alice", id)), (6_000_285, ""));
    assert_eq!(world.refused(&carol, revoke(0, "alice", id)), (6_000_201, ""), "another conversation");
    assert_eq!(world.refused(&alice, revoke(0, "nobody", id)), (6_000_204, ""));
    assert_eq!(history(&mut world, &bob, 0, "alice")[0].body, "hello");
    assert_eq!(status(&revoked(world.ask(&alice, revoke(0, "bob", id)))), BY_SENDER);
}

#[test]
fn the_server_api_recalls_what_the_named_user_sent() {
    let mut team = Team::new();
    let id = team.say("mike");
    for other in ["olga", "adam", "mary"] {
        let refused = by_server(&mut team.world, other, request(GROUP, "g", id));
        assert_eq!(refused, Err(6_000_541), "{other}");
    }
    let any_id = v1::RevokeMessage { message_id: 0, ..request(GROUP, "g", id) };
    let message = by_server(&mut team.world, "mike", any_id.clone()).unwrap();
    assert_eq!((status(&message), message.message_id), (BY_SERVER_API, id.message_id));
    assert_eq!(message.revocation.unwrap().operator_user_id, "mike");
    assert_eq!(by_server(&mut team.world, "mike", any_id), Err(6_000_279));
    let nowhere = v1::RevokeMessage { message_seq: 0, ..request(GROUP, "g", id) };
    assert_eq!(by_server(&mut team.world, "mike", nowhere), Err(6_000_001));
}

#[test]
fn a_message_is_recalled_once_and_within_the_window() {
    let mut world = World::new();
    let alice = world.login("alice", "a1", ANDROID);
    let bob = world.login("bob", "b1", ANDROID);
    let [early, late] = [1, 2].map(|id| sent(world.ask(&alice, text("bob", id, "hello"))));
    let head = world.head(&bob);
    world.now += WINDOW - 1;
    world.ask(&alice, revoke(0, "bob", early));
    world.now += 1;
    assert_eq!(world.refused(&alice, revoke(0, "bob", late)), (6_000_278, ""));
    assert_eq!(world.refused(&alice, revoke(0, "bob", early)), (6_000_279, ""), "also when it is old");
    assert_eq!(world.head(&bob), head + 1);
    world.limits.revoke_window_ms = 24 * 3_600_000;
    world.ask(&alice, revoke(0, "bob", late));
    world.limits.revoke_window_ms = 0;
    let never = sent(world.ask(&alice, text("bob", 3, "hello")));
    assert_eq!(world.refused(&alice, revoke(0, "bob", never)), (6_000_278, ""));
}

#[test]
fn what_is_not_there_or_not_in_view_is_no_message() {
    let mut world = World::new();
    let alice = world.login("alice", "a1", ANDROID);
    let owner = world.login("olga", "o1", ANDROID);
    world.login("bob", "b1", ANDROID);
    let id = sent(world.ask(&alice, text("bob", 1, "hello")));
    for wrong in [
        v1::MessageSent { message_seq: 2, ..id },
        v1::MessageSent { message_seq: u64::MAX, ..id },
        v1::MessageSent { message_id: id.message_id + 1, ..id },
    ] {
        assert_eq!(world.refused(&alice, revoke(0, "bob", wrong)), (6_000_201, ""), "{wrong:?}");
    }
    let unsent = v1::MessageSent { message_seq: 0, ..id };
    assert_eq!(world.refused(&alice, revoke(0, "bob", unsent)), (6_000_001, "message"));
    assert_eq!(history(&mut world, &alice, 0, "bob")[0].body, "hello");

    // Alice's own message of an earlier membership is out of her view; the one who joined later is not told of a recall.
    let group = v1::Group { group_id: "g".into(), ..v1::Group::default() };
    let user_ids = vec!["alice".into()];
    world.ask(&owner, Op::CreateGroup(v1::CreateGroup { group: Some(group), user_ids }));
    let before = sent(world.ask(&alice, group_text("g", 2, "before")));
    world.ask(&alice, Op::LeaveGroup(v1::LeaveGroup { group_id: "g".into() }));
    world.ask(&alice, Op::JoinGroup(v1::JoinGroup { group_id: "g".into() }));
    assert_eq!(world.refused(&alice, revoke(GROUP, "g", before)), (6_000_201, ""));
    let (alices, owners) = (world.head(&alice), world.head(&owner));
    world.ask(&owner, revoke(GROUP, "g", before));
    assert_eq!((world.head(&alice), world.head(&owner)), (alices, owners + 1));
}

#[test]
fn a_recalled_message_is_not_unread_and_stays_the_last_one() {
    let mut team = Team::new();
    let mary = team.session("mary");
    let first = team.say("mike");
    let last = team.say("mike");
    assert_eq!(state(&mut team.world, &mary, GROUP, "g").unread, 2);
    team.try_revoke("mike", first).unwrap();
    assert_eq!(state(&mut team.world, &mary, GROUP, "g").unread, 1);
    team.try_revoke("olga", last).unwrap();
    let got = state(&mut team.world, &mary, GROUP, "g");
    assert_eq!((got.unread, got.head_seq), (0, last.message_seq));
    let message = got.last_message.unwrap();
    assert_eq!((message.r#type, status(&message)), (31, BY_OWNER));
    let (_, opened) = team.world.open("mary", "fresh", ANDROID, v1::UserSession::default()).unwrap();
    assert_eq!(opened.conversations[0].unread, 0);
    assert_eq!(opened.conversations[0].last_message, Some(message));
}

/// Alice connected; Bob offline on a device that takes pushes.
fn offline_bob(registration: v1::PushRegistration) -> (World, Session, Session) {
    let mut world = World::new();
    let alice = world.login("alice", "a1", ANDROID);
    let bob = world.login_with_push("bob", "b1", ANDROID, registration);
    world.drop_link(&bob);
    (world, alice, bob)
}

fn pushed_revoke(target: &str, sent: v1::MessageSent, push: PushConfig) -> Op {
    Op::RevokeMessage(v1::RevokeMessage { push: Some(push), ..request(0, target, sent) })
}

#[test]
fn waiting_pushes_of_the_message_are_withdrawn() {
    let (mut world, alice, _) = offline_bob(fcm("t"));
    let tablet = world.login_with_push("bob", "b2", ANDROID, fcm("u"));
    let id = sent(world.ask(&alice, pushed_text("bob", 1, config())));
    world.ask(&alice, pushed_text("bob", 2, config()));
    world.ask(&alice, revoke(0, "bob", id));
    for push_id in [fcm("t").push_id, fcm("u").push_id] {
        let jobs = world.jobs(&push_id);
        assert_eq!(jobs.len(), 1, "only the other message's waits");
        assert!(!jobs[0].intent.contains(&id.message_id.to_string()));
    }
    let rows: Vec<_> = world.log().into_iter().filter(|row| row.outcome == "revoked").collect();
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().all(|row| row.subject == format!("message:{}", id.message_id)));
    assert!(
        rows.iter().all(|row| row.stage == "decision" && row.user_id == "bob" && !row.request_id.is_empty())
    );
    world.drop_link(&tablet);
}

#[test]
fn the_push_of_one_who_left_is_withdrawn_too() {
    let mut team = Team::new();
    let guest = team.world.login_with_push("guest", "phone", ANDROID, fcm("t"));
    team.world.ask(&guest, Op::JoinGroup(v1::JoinGroup { group_id: "g".into() }));
    let mike = team.session("mike");
    let request = v1::SendMessage { push: Some(config()), ..text_to(GROUP, "g", 1, "hello") };
    let id = sent(team.world.ask(&mike, Op::SendMessage(request)));
    team.world.ask(&guest, Op::LeaveGroup(v1::LeaveGroup { group_id: "g".into() }));
    assert_eq!(team.world.jobs(&fcm("t").push_id).len(), 1);
    team.try_revoke("mike", id).unwrap();
    assert!(team.world.jobs(&fcm("t").push_id).is_empty());
}

#[test]
fn a_recalled_message_gives_its_badge_increment_back() {
    let apns = v1::PushRegistration { badge: 4, ..registration(PushVendor::Apns, "aa") };
    let push_id = apns.push_id.clone();
    let (mut world, alice, _) = offline_bob(apns);
    let badge = |world: &World| {
        let push_id = push_id.clone();
        world.run(move |tx| tx.binding(APP, &push_id)).unwrap().registration.badge
    };
    let badged = PushConfig { enable_badge: true, badge_increment: 1, ..config() };
    let id = sent(world.ask(&alice, pushed_text("bob", 1, badged)));
    assert_eq!(badge(&world), 5);
    world.ask(&alice, revoke(0, "bob", id));
    assert_eq!(badge(&world), 4);
}

#[test]
fn a_recall_is_pushed_to_the_others_as_a_message_would_be() {
    let (mut world, alice, bob) = offline_bob(fcm("t"));
    let own_phone = world.login_with_push("alice", "a2", ANDROID, fcm("own"));
    world.drop_link(&own_phone);
    let id = sent(world.ask(&alice, text("bob", 1, "hello")));
    world.ask(&alice, pushed_revoke("bob", id, PushConfig { payload: "p".into(), ..config() }));
    let jobs = world.jobs(&fcm("t").push_id);
    assert_eq!((jobs.len(), jobs[0].event_seq), (1, world.head(&bob)));
    let subject = format!("revoke:{}", id.message_id);
    let intent: zim_push::model::Intent = serde_json::from_str(&jobs[0].intent).unwrap();
    assert_eq!(
        (intent.subject_id.as_str(), intent.title.as_str(), intent.payload.as_str()),
        (subject.as_str(), "title", "p")
    );
    assert!(world.jobs(&fcm("own").push_id).is_empty());
    assert_eq!(
        (world.log()[0].subject.as_str(), world.log()[0].outcome.as_str()),
        (subject.as_str(), "queued")
    );
    world.ack(&bob);
    assert!(world.jobs(&fcm("t").push_id).is_empty(), "acknowledged like a message");

    let mute = v1::SetNotificationStatus { conversation_type: 0, conversation_id: "alice".into(), status: 2 };
    world.ask(&bob, Op::SetNotificationStatus(mute));
    let id = sent(world.ask(&alice, text("bob", 2, "hello")));
    world.ask(&alice, pushed_revoke("bob", id, config()));
    assert!(world.jobs(&fcm("t").push_id).is_empty());
    assert_eq!(world.outcomes(), ["queued", "acknowledged", "do_not_disturb"]);
}

#[test]
fn a_retry_of_the_send_still_answers_the_first_result() {
    let mut world = World::new();
    let alice = world.login("alice", "a1", ANDROID);
    let bob = world.login("bob", "b1", ANDROID);
    let id = sent(world.ask(&alice, text("bob", 1, "hello")));
    world.ask(&alice, revoke(0, "bob", id));
    let head = world.head(&bob);
    assert_eq!(sent(world.ask(&alice, text("bob", 1, "hello"))), id);
    assert_eq!(world.head(&bob), head);
    let log = Conversation::peer(alice.key, bob.key);
    assert_eq!(world.run(move |tx| tx.conversation_head(log)), 1);
}
