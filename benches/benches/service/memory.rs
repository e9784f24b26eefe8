//! Server memory per idle connection, at as many as the machine allows up to 10,000.

use crate::client;
use zim_benches::process::Served;
use zim_benches::raw::{Connection, Service};
use zim_benches::report::{Better, Row};

const CONNECTIONS: u32 = 10_000;

pub(crate) fn run() -> Vec<Row> {
    let zim = crate::start("zim");
    let service = Service::from_line(zim.address());
    let ours = crate::runtime().block_on(async {
        let _warm = Connection::login(&service, "warm").await;
        let before = resident(&zim);
        let mut idle = Vec::new();
        for number in 0..CONNECTIONS {
            idle.push(Connection::login(&service, &format!("idle{number}")).await);
        }
        per_connection(&zim, before)
    });
    drop(zim);
    let floor = crate::start("floor");
    let bare = crate::runtime().block_on(async {
        let _warm = client::bare(floor.address()).await;
        let before = resident(&floor);
        let mut idle = Vec::new();
        for _ in 0..CONNECTIONS {
            idle.push(client::bare(floor.address()).await);
        }
        per_connection(&floor, before)
    });
    vec![crate::row("server memory per idle connection at 10,000", "KiB", (ours, bare), Better::Lower, 1.4)]
}

fn resident(server: &Served) -> f64 {
    server.resident_kib().expect("resident memory")
}

fn per_connection(server: &Served, before: f64) -> f64 {
    (resident(server) - before) / f64::from(CONNECTIONS)
}
