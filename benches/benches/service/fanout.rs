//! One message to a group of 500 online members: from the sender's call to the last delivery.

use crate::client::{self, TEXT};
use std::time::{Duration, Instant};
use zim_benches::raw::{Connection, Service};
use zim_benches::report::{Better, Row};
use zim_benches::stats::Samples;
use zim_core::model::{ConversationType, GroupAdvancedConfig, GroupInfo, Message, MessageSendConfig};

const MEMBERS: usize = 500;
const MESSAGES: usize = 60;

pub(crate) fn run() -> Vec<Row> {
    let (zim, floor) = (crate::start("zim"), crate::start("floor"));
    let service = Service::from_line(zim.address());
    let mut round = 0;
    let pair = crate::in_turn(
        3,
        || {
            round += 1;
            crate::runtime().block_on(ours(&service, round))
        },
        || crate::runtime().block_on(bare(floor.address())),
    );
    vec![crate::row(
        "one message to 500 online members, last delivery, median",
        "µs",
        pair,
        Better::Lower,
        2.0,
    )]
}

async fn ours(service: &Service, round: usize) -> f64 {
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let users: Vec<String> = (0..MEMBERS).map(|number| format!("m{round}x{number}")).collect();
    let mut connections = Vec::new();
    for user in &users {
        connections.push(Connection::login(service, user).await);
    }
    let sender = client::login(client::config(service), &format!("owner{round}")).await;
    let group = format!("group{round}");
    let info = GroupInfo { group_id: group.clone(), group_name: "bench".into(), ..GroupInfo::default() };
    sender.create_group(info, users[..100].to_vec(), GroupAdvancedConfig::default()).await.expect("created");
    for hundred in users[100..].chunks(100) {
        let invited = sender.invite_users_into_group(hundred.to_vec(), &group).await.expect("invited");
        assert!(invited.error_user_list.is_empty(), "everybody enters");
    }
    for mut connection in connections {
        let tell = tell.clone();
        tokio::spawn(async move {
            loop {
                connection.events().await;
                let _ = tell.send(Instant::now());
            }
        });
    }
    // The events of the invitations come first; wait until they are through.
    while tokio::time::timeout(Duration::from_millis(500), told.recv()).await.is_ok() {}
    let mut samples = Samples::with_capacity(MESSAGES);
    for _ in 0..MESSAGES {
        let started = Instant::now();
        let sent = sender.send_message(
            Message::text(TEXT),
            &group,
            ConversationType::Group,
            MessageSendConfig::default(),
        );
        let sent = tokio::spawn(sent.into_future());
        let mut last = started;
        for _ in 0..MEMBERS {
            last = last.max(told.recv().await.expect("a delivery"));
        }
        samples.push(last - started);
        sent.await.expect("joined").expect("sent");
    }
    crate::micros(samples.median())
}

async fn bare(address: &str) -> f64 {
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    for _ in 0..MEMBERS {
        let mut socket = client::bare(address).await;
        futures_util::SinkExt::send(&mut socket, client::frame(b'J')).await.expect("joined");
        let tell = tell.clone();
        tokio::spawn(async move {
            while let Some(Ok(_)) = futures_util::StreamExt::next(&mut socket).await {
                let _ = tell.send(Instant::now());
            }
        });
    }
    let mut sender = client::bare(address).await;
    // An answered request shows that the joins before it were handled.
    client::ask(&mut sender, client::frame(b'S')).await;
    let mut samples = Samples::with_capacity(MESSAGES);
    for _ in 0..MESSAGES {
        let started = Instant::now();
        let sent = tokio::spawn(async move {
            client::ask(&mut sender, client::frame(b'F')).await;
            sender
        });
        let mut last = started;
        for _ in 0..MEMBERS {
            last = last.max(told.recv().await.expect("a delivery"));
        }
        samples.push(last - started);
        sender = sent.await.expect("sent");
    }
    crate::micros(samples.median())
}
