//! Send → durable answer: one after the other, and pipelined.

use crate::client::{self, TEXT};
use futures_util::{SinkExt as _, StreamExt as _};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Instant;
use zim_benches::raw::Service;
use zim_benches::report::{Better, Row};
use zim_benches::stats::Samples;
use zim_core::Client;
use zim_core::model::{ConversationType, Message, MessageSendConfig};

const SEQUENTIAL: usize = 2_000;
const PIPELINED: usize = 40_000;
const ROUNDS: usize = 3;
/// Sends under way at once per client, on both sides.
const WINDOW: usize = 128;

pub(crate) fn latency() -> Vec<Row> {
    let (zim, floor) = (crate::start("zim"), crate::start("floor"));
    let service = Service::from_line(zim.address());
    let runtime = crate::runtime();
    let mut name = 0;
    let pair = crate::in_turn(
        ROUNDS,
        || {
            name += 1;
            runtime.block_on(async {
                let receiver = client::login(client::config(&service), &format!("receiver{name}")).await;
                receiver.logout().await.expect("logout");
                let sender = client::login(client::config(&service), &format!("sender{name}")).await;
                let mut samples = Samples::with_capacity(SEQUENTIAL);
                for _ in 0..SEQUENTIAL {
                    let started = Instant::now();
                    client::send(&sender, &format!("receiver{name}")).await;
                    samples.push(started.elapsed());
                }
                crate::micros(samples.median())
            })
        },
        || {
            crate::runtime().block_on(async {
                let mut socket = client::bare(floor.address()).await;
                let mut samples = Samples::with_capacity(SEQUENTIAL);
                for _ in 0..SEQUENTIAL {
                    let started = Instant::now();
                    client::ask(&mut socket, client::frame(b'S')).await;
                    samples.push(started.elapsed());
                }
                crate::micros(samples.median())
            })
        },
    );
    vec![crate::row("send → durable answer, sequential, median", "µs", pair, Better::Lower, 1.5)]
}

pub(crate) fn pipelined() -> Vec<Row> {
    [1, 8]
        .into_iter()
        .map(|clients| {
            let (zim, floor) = (crate::start("zim"), crate::start("floor"));
            let service = Service::from_line(zim.address());
            let mut round = 0;
            let pair = crate::in_turn(
                ROUNDS,
                || {
                    round += 1;
                    ours(&service, clients, round)
                },
                || bare(floor.address(), clients),
            );
            let measure = format!(
                "pipelined sends with durable answers, {clients} client{}",
                if clients > 1 { "s" } else { "" }
            );
            crate::row(&measure, "/s", pair, Better::Higher, 0.5)
        })
        .collect()
}

fn ours(service: &Service, clients: usize, round: usize) -> f64 {
    let runtime = crate::runtime();
    let senders: Vec<(Client, String)> = runtime.block_on(async {
        let mut senders = Vec::new();
        for number in 0..clients {
            let to = format!("r{clients}x{round}x{number}");
            client::login(client::config(service), &to).await.logout().await.expect("logout");
            senders.push((client::login(client::config(service), &format!("s{to}")).await, to));
        }
        senders
    });
    let started = Instant::now();
    let threads: Vec<_> = senders
        .into_iter()
        .map(|(client, to)| std::thread::spawn(move || flood(&client, &to, PIPELINED / clients)))
        .collect();
    for thread in threads {
        thread.join().expect("a sender");
    }
    rate(started)
}

/// Keeps [`WINDOW`] sends under way, by callback, as an app in C would.
fn flood(client: &Client, to: &str, count: usize) {
    let (tell, told) = mpsc::channel();
    let done = Arc::new(AtomicUsize::new(0));
    let mut sent = 0;
    while sent < count {
        if sent - done.load(Ordering::Acquire) >= WINDOW {
            told.recv().expect("an answer");
            continue;
        }
        sent += 1;
        let (tell, done) = (tell.clone(), Arc::clone(&done));
        client
            .send_message(Message::text(TEXT), to, ConversationType::Peer, MessageSendConfig::default())
            .then(move |result| {
                result.expect("sent");
                done.fetch_add(1, Ordering::Release);
                let _ = tell.send(());
            });
    }
    while done.load(Ordering::Acquire) < count {
        told.recv().expect("an answer");
    }
}

fn bare(address: &str, clients: usize) -> f64 {
    crate::runtime().block_on(async {
        let mut sockets = Vec::new();
        for _ in 0..clients {
            sockets.push(client::bare(address).await);
        }
        let started = Instant::now();
        let tasks: Vec<_> =
            sockets.into_iter().map(|socket| tokio::spawn(flood_bare(socket, PIPELINED / clients))).collect();
        for task in tasks {
            task.await.expect("a sender");
        }
        rate(started)
    })
}

async fn flood_bare(socket: client::Bare, count: usize) {
    let (mut sink, mut stream) = socket.split();
    let permits = Arc::new(tokio::sync::Semaphore::new(WINDOW));
    let waiting = Arc::clone(&permits);
    let sender = tokio::spawn(async move {
        for _ in 0..count {
            if let Ok(permit) = waiting.try_acquire() {
                permit.forget();
            } else {
                sink.flush().await.expect("the link holds");
                waiting.acquire().await.expect("open").forget();
            }
            sink.feed(client::frame(b'S')).await.expect("the link holds");
        }
        sink.flush().await.expect("the link holds");
    });
    for _ in 0..count {
        stream.next().await.expect("an answer").expect("the link holds");
        permits.add_permits(1);
    }
    sender.await.expect("the sender");
}

#[allow(clippy::cast_precision_loss)]
fn rate(started: Instant) -> f64 {
    PIPELINED as f64 / started.elapsed().as_secs_f64()
}
