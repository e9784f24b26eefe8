//! Accepts connections and speaks HTTP with them until they become WebSockets.

use crate::clock::Clock;
use crate::hub::Hub;
use axum::Router;
use axum::extract::ConnectInfo;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio_rustls::TlsAcceptor;

/// Connections at once that are not WebSockets (yet).
const MAX_HTTP: usize = 4096;
/// Time for a TLS handshake, and for the head of a request.
const HANDSHAKE_TIME: Duration = Duration::from_secs(10);
/// Pause after the system could not accept: usually it is out of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Accepts until `stop` becomes true.
pub(crate) async fn run(
    hub: Arc<Hub>,
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    mut stop: watch::Receiver<bool>,
) {
    let router = super::http::router(Arc::clone(&hub));
    let places = Arc::new(Semaphore::new(MAX_HTTP));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => return,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                hub.clock.sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
            hub.metrics.connections_refused.add(1);
            continue;
        };
        let (router, tls) = (router.clone(), tls.clone());
        let (clock, stop) = (Arc::clone(&hub.clock), stop.clone());
        tokio::spawn(async move {
            let _place = place;
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%peer, %error, "cannot switch off delayed sending");
            }
            match tls {
                None => http(stream, peer, router, stop).await,
                Some(tls) => encrypted(stream, peer, router, stop, &tls, &*clock).await,
            }
        });
    }
}

async fn encrypted(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    stop: watch::Receiver<bool>,
    tls: &TlsAcceptor,
    clock: &dyn Clock,
) {
    let late = clock.sleep(HANDSHAKE_TIME);
    tokio::select! {
        accepted = tls.accept(stream) => match accepted {
            Ok(stream) => http(stream, peer, router, stop).await,
            Err(error) => tracing::debug!(%peer, %error, "TLS handshake failed"),
        },
        () = late => tracing::debug!(%peer, "TLS handshake took too long"),
    }
}

/// Serves HTTP on a connection; one that becomes a WebSocket goes on in a task of its own.
async fn http<S>(stream: S, peer: SocketAddr, router: Router, mut stop: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = TowerToHyperService::new(router.layer(axum::Extension(ConnectInfo(peer))));
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HANDSHAKE_TIME);
    let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let ended = tokio::select! {
        result = connection.as_mut() => Some(result),
        _ = stop.wait_for(|stop| *stop) => None,
    };
    let result = match ended {
        Some(result) => result,
        None => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = result {
        tracing::debug!(%peer, %error, "HTTP connection failed");
    }
}
