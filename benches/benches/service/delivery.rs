//! Online peer to peer: from the sender's call to the receiver's event.

use crate::client;
use std::sync::{Arc, mpsc};
use std::time::Instant;
use zim_benches::raw::Service;
use zim_benches::report::{Better, Row};
use zim_benches::stats::Samples;
use zim_core::model::Event;
use zim_core::{Client, EventHandler};

const COUNT: usize = 2_000;

struct Arrivals(mpsc::Sender<Instant>);

impl EventHandler for Arrivals {
    fn on_event(&self, _: &Client, event: Event) {
        if matches!(event, Event::MessageReceived { .. }) {
            let _ = self.0.send(Instant::now());
        }
    }
}

pub(crate) fn run() -> Vec<Row> {
    let (zim, floor) = (crate::start("zim"), crate::start("floor"));
    let service = Service::from_line(zim.address());
    let runtime = crate::runtime();
    let mut round = 0;
    let pair = crate::in_turn(
        3,
        || {
            round += 1;
            let (tell, arrived) = mpsc::channel();
            let to = format!("receiver{round}");
            let (_receiver, sender) = runtime.block_on(async {
                let receiver = client::login(client::config(&service), &to).await;
                receiver.set_event_handler(Some(Arc::new(Arrivals(tell))));
                (receiver, client::login(client::config(&service), &format!("sender{round}")).await)
            });
            let mut samples = Samples::with_capacity(COUNT);
            for _ in 0..COUNT {
                let started = Instant::now();
                let sent = runtime.spawn({
                    let (sender, to) = (sender.clone(), to.clone());
                    async move { client::send(&sender, &to).await }
                });
                samples.push(arrived.recv().expect("an arrival") - started);
                runtime.block_on(sent).expect("sent");
            }
            crate::micros(samples.median())
        },
        || {
            crate::runtime().block_on(async {
                let mut receiver = client::bare(floor.address()).await;
                futures_util::SinkExt::send(&mut receiver, client::frame(b'J')).await.expect("joined");
                let mut sender = client::bare(floor.address()).await;
                let mut samples = Samples::with_capacity(COUNT);
                for _ in 0..COUNT {
                    let started = Instant::now();
                    let sent = tokio::spawn(async move {
                        client::ask(&mut sender, client::frame(b'T')).await;
                        sender
                    });
                    client::next(&mut receiver).await;
                    samples.push(started.elapsed());
                    sender = sent.await.expect("sent");
                }
                crate::micros(samples.median())
            })
        },
    );
    vec![crate::row("online peer to peer delivery, median", "µs", pair, Better::Lower, 2.0)]
}
