//! From the sender's call to the vendor: when the push's request is at the double, and when the sender has its durable
//! answer. The server is a process of its own; client and double are in this one.

use crate::queue::{Device, text};
use std::time::{Duration, Instant};
use zim_benches::raw::Service;
use zim_benches::report::{Better, Row};
use zim_benches::stats::Samples;

const SENDS: usize = 1_000;
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) fn run() -> Vec<Row> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let runtime = crate::runtime();
    let (answered, pushed) = runtime.block_on(async {
        let double = crate::serve::apns_double(folder.path()).await;
        crate::write_config(folder.path(), &double.url());
        let server = crate::start("server", folder.path());
        let service = Service::from_line(server.address());
        Device(0).register(&service).await;
        let sender = crate::queue::sender(&service).await;
        // The first push opens the connection and signs the provider token.
        text(&sender, &Device(0).user(), true).await;
        double.wait_for(1, PATIENCE).await.expect("the first push");
        let (mut answered, mut pushed) = (Samples::with_capacity(SENDS), Samples::with_capacity(SENDS));
        for _ in 0..SENDS {
            double.clear();
            let started = Instant::now();
            let arrival = async {
                double.wait_for(1, PATIENCE).await.expect("a push");
                started.elapsed()
            };
            let answer = async {
                text(&sender, &Device(0).user(), true).await;
                started.elapsed()
            };
            let (at_vendor, at_sender) = tokio::join!(arrival, answer);
            answered.push(at_sender);
            pushed.push(at_vendor);
        }
        (answered, pushed)
    });
    let millis = |time: Duration| time.as_secs_f64() * 1e3;
    let (answer, push) = (millis(answered.median()), millis(pushed.median()));
    println!(
        "sender's call → request read by the vendor's double, median {push:.2} ms (95 %: {:.2} ms); → durable answer at the \
         sender {answer:.2} ms; beyond it {:.2} ms, reach ≤ 5 ms",
        millis(pushed.percentile(0.95)),
        (push - answer).max(0.0)
    );
    vec![Row {
        measure: "sender's call → vendor has the push, beside durable answer + 5 ms, median".into(),
        unit: "ms",
        ours: push,
        floor: answer + 5.0,
        target: 1.0,
        better: Better::Lower,
    }]
}
