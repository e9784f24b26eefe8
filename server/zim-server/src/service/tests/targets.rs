use super::world::*;
use crate::service::server_api;
use zim_proto::v1::event::Kind;
use zim_proto::v1::{self, request::Op, response, signal};

const GROUP: u32 = 2;

/// Group "g" of "olga" (owner), "mike" and "mary", and what the server API sends there in olga's name.
struct Team {
    world: World,
    olga: Session,
    mike: Session,
    mary: Session,
}

impl Team {
    fn new() -> Self {
        let mut world = World::new();
        let [olga, mike] = ["olga", "mike"].map(|name| world.login(name, name, ANDROID));
        let mary = world.login_with_push("mary", "mary", ANDROID, fcm("t"));
        world.drop_link(&mary);
        let group = v1::Group { group_id: "g".into(), ..v1::Group::default() };
        let user_ids = vec!["mike".into(), "mary".into()];
        world.ask(&olga, Op::CreateGroup(v1::CreateGroup { group: Some(group), user_ids }));
        Self { world, olga, mike, mary }
    }

    fn request(inclusive: bool, names: &[&str], body: &str) -> v1::SendMessage {
        let mut request = v1::SendMessage { push: Some(config()), ..text_to(GROUP, "g", 0, body) };
        let user_ids = names.iter().map(|name| (*name).to_owned()).collect();
        request.message.as_mut().unwrap().targets = Some(v1::Targets { inclusive, user_ids });
        request
    }

    fn send(&mut self, request: v1::SendMessage) -> Result<crate::service::Reply, u32> {
        let server = Session { device_id: String::new(), platform: 0, ..self.olga.clone() };
        let reply = self.world.with(&server, move |tx, ctx| server_api::send(tx, ctx, &request, false));
        reply.map_err(|error| error.code.code())
    }

    fn send_to(&mut self, inclusive: bool, names: &[&str], body: &str) -> v1::MessageSent {
        sent(self.send(Self::request(inclusive, names, body)).unwrap().result)
    }

    /// What a member's inbox and the group's history show.
    fn seen(&mut self, session: &Session) -> [Vec<String>; 2] {
        let events = self.world.events(session, 0).into_iter().filter_map(|event| match event {
            Kind::Message(message) => Some(message),
            _ => None,
        });
        let request = v1::QueryHistory {
            conversation_type: GROUP,
            conversation_id: "g".into(),
            count: 100,
            ..v1::QueryHistory::default()
        };
        let response::Result::History(history) = self.world.ask(session, Op::QueryHistory(request)) else {
            panic!("no history")
        };
        let all = [events.collect::<Vec<_>>(), history.messages];
        for message in all.iter().flatten() {
            assert!(
                message.targets.iter().all(|targets| *targets == v1::Targets::default()),
                "names are not told"
            );
        }
        all.map(|messages| {
            messages.iter().map(|message| String::from_utf8(message.body.to_vec()).unwrap()).collect()
        })
    }
}

#[test]
fn a_targeted_message_is_for_those_named_or_for_all_but_them() {
    let mut team = Team::new();
    team.send_to(true, &["mike"], "to mike");
    team.send_to(false, &["mike", "nobody"], "not to mike");
    team.send_to(true, &["mike", "mary", "olga"], "to both");
    for (session, expected) in [
        (team.olga.clone(), vec!["to mike", "not to mike", "to both"]),
        (team.mike.clone(), vec!["to mike", "to both"]),
        (team.mary.clone(), vec!["not to mike", "to both"]),
    ] {
        let [events, history] = team.seen(&session);
        assert_eq!(events, expected, "{}", session.user_id);
        assert_eq!(history, expected, "{}", session.user_id);
    }
    assert_eq!(team.world.jobs(&fcm("t").push_id).len(), 2, "only what is for her is pushed");
    assert!(team.world.log().iter().all(|row| row.user_id != "olga"));
}

#[test]
fn it_is_marked_and_counts_for_nobody() {
    let mut team = Team::new();
    team.send_to(true, &["mike"], "to mike");
    let mike = team.mike.clone();
    let events = team.world.events(&mike, 0);
    let Some(Kind::Message(message)) = events.last() else { panic!("no message") };
    assert_eq!(message.targets, Some(v1::Targets::default()));
    let ask = |team: &mut Team, session: &Session| {
        let query = v1::QueryConversation { conversation_type: GROUP, conversation_id: "g".into() };
        team.world.reply(session, Op::QueryConversation(query)).map_err(|error| error.code.code()).map(
            |reply| {
                let response::Result::Conversation(it) = reply.result else { panic!("no conversation") };
                let state = it.state.unwrap();
                (state.unread, state.last_message.unwrap().message_seq)
            },
        )
    };
    let mary = team.mary.clone();
    assert_eq!(ask(&mut team, &mike), Ok((0, 1)));
    assert_eq!(ask(&mut team, &mary), Err(6_000_603), "nothing was said that she may see");
    let olga = team.olga.clone();
    team.world.ask(&olga, group_text("g", 1, "to all"));
    team.send_to(true, &["mike"], "to mike again");
    assert_eq!(ask(&mut team, &mary), Ok((1, 2)), "the last one that she may see");
    assert_eq!(ask(&mut team, &mike), Ok((1, 3)));
    let (_, opened) = team.world.open("mary", "fresh", ANDROID, v1::UserSession::default()).unwrap();
    assert_eq!(opened.conversations[0].last_message.as_ref().unwrap().body, "to all");
}

#[test]
fn pages_are_filled_over_what_is_for_others() {
    let mut team = Team::new();
    let (olga, mary) = (team.olga.clone(), team.mary.clone());
    let mut hers = Vec::new();
    for id in 1..=4 {
        for _ in 0..id * 3 {
            team.send_to(false, &["mary"], "to others");
        }
        hers.push(sent(team.world.ask(&olga, group_text("g", id, "to all"))).message_seq);
    }
    team.send_to(false, &["mary"], "to others");
    let mut page = |before_seq, after_seq, count, ascending| -> Vec<u64> {
        let request = v1::QueryHistory {
            conversation_type: GROUP,
            conversation_id: "g".into(),
            before_seq,
            after_seq,
            count,
            ascending,
        };
        match team.world.ask(&mary, Op::QueryHistory(request)) {
            response::Result::History(history) => {
                history.messages.iter().map(|message| message.message_seq).collect()
            }
            other => panic!("no history: {other:?}"),
        }
    };
    for count in 1..=5 {
        let most = hers.len().min(count as usize);
        assert_eq!(page(0, 0, count, true), hers[..most], "{count}");
        assert_eq!(page(0, 0, count, false), hers[hers.len() - most..], "{count}");
    }
    assert_eq!(page(hers[2], 0, 9, false), hers[..2]);
    assert_eq!(page(0, hers[0], 2, true), hers[1..3]);
    assert_eq!(page(hers[3], hers[0], 9, true), hers[1..3]);
    assert!(page(hers[0], 0, 9, false).is_empty());
}

#[test]
fn only_members_are_receivers_and_only_the_server_api_chooses_them() {
    let mut team = Team::new();
    team.world.login("stranger", "s", ANDROID);
    for name in ["stranger", "nobody"] {
        let refused = team.send(Team::request(true, &["mike", name], "x"));
        assert_eq!(refused.unwrap_err(), 6_000_521, "{name}");
    }
    let olga = team.olga.clone();
    let mut request = Team::request(true, &["mike"], "from a device");
    request.message.as_mut().unwrap().local_message_id = 1;
    team.world.ask(&olga, Op::SendMessage(request));
    let mary = team.mary.clone();
    assert_eq!(team.seen(&mary)[1], ["from a device"], "a device speaks to all");
}

#[test]
fn a_command_reaches_its_targets_only() {
    let mut team = Team::new();
    let mut request = Team::request(true, &["mike"], "go");
    request.push = None;
    request.message.as_mut().unwrap().r#type = 2;
    let reply = team.send(request).unwrap();
    let signals = &reply.effects.signals;
    assert_eq!((signals.len(), &signals[0].users), (1, &vec![team.mike.key]));
    let Some(signal::Kind::CommandMessage(message)) = &signals[0].signal.kind else { panic!("no command") };
    assert_eq!(message.targets, Some(v1::Targets::default()));
}

#[test]
fn a_recall_of_it_is_told_to_its_targets_only() {
    let mut team = Team::new();
    let id = team.send_to(true, &["mike"], "to mike");
    let request = v1::RevokeMessage {
        conversation_type: GROUP,
        conversation_id: "g".into(),
        message_seq: id.message_seq,
        ..v1::RevokeMessage::default()
    };
    let mary = team.mary.clone();
    assert_eq!(
        team.world.refused(&mary, Op::RevokeMessage(request.clone())),
        (6_000_201, ""),
        "not in her view"
    );
    let (marys, mikes) = (team.world.head(&mary), team.world.head(&team.mike));
    let olga = team.olga.clone();
    team.world.ask(&olga, Op::RevokeMessage(request));
    let Kind::MessageRevoked(event) = team.world.event(&team.mike, mikes) else { panic!("not a recall") };
    assert_eq!(event.message.unwrap().targets, Some(v1::Targets::default()));
    assert_eq!(team.world.head(&mary), marys);
    assert!(team.seen(&mary)[1].is_empty(), "what is left of it is not for her either");
}
