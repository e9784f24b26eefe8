//! One open WebSocket: bytes in, bytes out, until either side ends it.

use crate::engine::io::{LinkDown, LinkId};
use bytes::Bytes;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

/// Frames read ahead of the driver. Beyond it the socket is left alone, and the server sees a full window.
const READ_AHEAD: usize = 64;
/// Room for the WebSocket head of the largest frame.
const FRAME_SLACK: usize = 1024;
/// A peer that does not take our last bytes is left.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(3);

/// What a link reports.
#[derive(Debug)]
pub(crate) enum LinkEvent {
    /// The handshake is done.
    Up(LinkId),
    /// A binary message.
    Frame(LinkId, Bytes),
    /// It is over; the last event of the link.
    Down(LinkId, LinkDown),
}

/// What a link is told.
#[derive(Debug)]
pub(crate) enum LinkOutgoing {
    /// Send one binary message.
    Frame(Bytes),
    /// Flush, close, end.
    Close,
}

/// The driver's end of a link. Dropping it aborts the link.
pub(crate) struct LinkHandle {
    /// Which link.
    pub(crate) id: LinkId,
    /// What to send. Many frames in a row leave with one flush.
    pub(crate) outgoing: mpsc::UnboundedSender<LinkOutgoing>,
    /// What happens.
    pub(crate) events: mpsc::Receiver<LinkEvent>,
}

impl LinkHandle {
    /// Spawns the task of link `id` on the current runtime: connect, then carry frames.
    pub(crate) fn spawn<F, S>(id: LinkId, connect: F) -> Self
    where
        F: Future<Output = Result<WebSocketStream<S>, String>> + Send + 'static,
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (outgoing, commands) = mpsc::unbounded_channel();
        let (report, events) = mpsc::channel(READ_AHEAD);
        tokio::spawn(run(id, connect, commands, report));
        Self { id, outgoing, events }
    }
}

/// Limits and small buffers: an idle connection should cost little.
pub(super) fn websocket_config() -> WebSocketConfig {
    let limit = zim_proto::frame::MAX_FRAME_BYTES + FRAME_SLACK;
    WebSocketConfig::default()
        .read_buffer_size(16 << 10)
        .write_buffer_size(16 << 10)
        .max_message_size(Some(limit))
        .max_frame_size(Some(limit))
}

async fn run<F, S>(
    id: LinkId,
    connect: F,
    mut commands: mpsc::UnboundedReceiver<LinkOutgoing>,
    report: mpsc::Sender<LinkEvent>,
) where
    F: Future<Output = Result<WebSocketStream<S>, String>>,
    S: AsyncRead + AsyncWrite + Unpin,
{
    let connected = tokio::select! {
        connected = connect => connected,
        () = told_to_close(&mut commands) => {
            let _ = report.send(LinkEvent::Down(id, LinkDown::Requested)).await;
            return;
        }
    };
    let socket = match connected {
        Ok(socket) => socket,
        Err(problem) => {
            let _ = report.send(LinkEvent::Down(id, LinkDown::ConnectFailed(problem))).await;
            return;
        }
    };
    if report.send(LinkEvent::Up(id)).await.is_err() {
        return;
    }
    let down = carry(id, socket, commands, &report).await;
    let _ = report.send(LinkEvent::Down(id, down)).await;
}

/// Returns when the driver closes or drops the link before it is up.
async fn told_to_close(commands: &mut mpsc::UnboundedReceiver<LinkOutgoing>) {
    while let Some(LinkOutgoing::Frame(_)) = commands.recv().await {}
}

/// Carries frames both ways at the same time: a peer that stops reading must not keep us from reading it.
async fn carry<S: AsyncRead + AsyncWrite + Unpin>(
    id: LinkId,
    socket: WebSocketStream<S>,
    commands: mpsc::UnboundedReceiver<LinkOutgoing>,
    report: &mpsc::Sender<LinkEvent>,
) -> LinkDown {
    let (sink, stream) = socket.split();
    tokio::select! {
        down = read(id, stream, report) => down,
        down = write(sink, commands) => down,
        () = report.closed() => LinkDown::Requested,
    }
}

async fn read<S: AsyncRead + AsyncWrite + Unpin>(
    id: LinkId,
    mut stream: SplitStream<WebSocketStream<S>>,
    report: &mpsc::Sender<LinkEvent>,
) -> LinkDown {
    loop {
        // First a place for the frame, then the frame: what the driver cannot take stays in the socket.
        let Ok(place) = report.reserve().await else { return LinkDown::Requested };
        let frame = loop {
            match stream.next().await {
                Some(Ok(Message::Binary(frame))) => break frame,
                Some(Ok(Message::Close(reason))) => {
                    let text = reason.map_or_else(String::new, |reason| reason.code.to_string());
                    return LinkDown::Closed(format!("closed by the server {text}").trim_end().to_owned());
                }
                Some(Ok(Message::Text(_))) => {
                    return LinkDown::Closed("text frame: this is not a ZIM server".into());
                }
                // WebSocket pings and pongs are answered and eaten by the library.
                Some(Ok(_)) => {}
                Some(Err(error)) => return LinkDown::Closed(error.to_string()),
                None => return LinkDown::Closed("connection ended".into()),
            }
        };
        place.send(LinkEvent::Frame(id, frame));
    }
}

async fn write<S: AsyncRead + AsyncWrite + Unpin>(
    mut sink: SplitSink<WebSocketStream<S>, Message>,
    mut commands: mpsc::UnboundedReceiver<LinkOutgoing>,
) -> LinkDown {
    while let Some(first) = commands.recv().await {
        let mut next = Some(first);
        while let Some(command) = next {
            match command {
                LinkOutgoing::Frame(frame) => {
                    if let Err(error) = sink.feed(Message::Binary(frame)).await {
                        return LinkDown::Closed(error.to_string());
                    }
                }
                LinkOutgoing::Close => {
                    let _ = tokio::time::timeout(CLOSE_TIMEOUT, sink.close()).await;
                    return LinkDown::Requested;
                }
            }
            next = commands.try_recv().ok();
        }
        if let Err(error) = sink.flush().await {
            return LinkDown::Closed(error.to_string());
        }
    }
    LinkDown::Requested
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::connect::handshake;
    use tokio_tungstenite::accept_async;

    type Pipe = tokio::io::DuplexStream;

    fn block_on<F: Future>(future: F) -> F::Output {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
    }

    async fn pair(room: usize) -> (LinkHandle, WebSocketStream<Pipe>) {
        let (near, far) = tokio::io::duplex(room);
        let link = LinkHandle::spawn(LinkId(7), async move { handshake("ws://localhost/zim", near).await });
        (link, accept_async(far).await.unwrap())
    }

    #[test]
    fn frames_travel_both_ways_over_a_pipe() {
        block_on(async {
            let (mut link, mut server) = pair(256).await;
            assert!(matches!(link.events.recv().await, Some(LinkEvent::Up(LinkId(7)))));
            for text in ["a", "b"] {
                link.outgoing.send(LinkOutgoing::Frame(Bytes::from_static(text.as_bytes()))).unwrap();
                assert_eq!(server.next().await.unwrap().unwrap().into_data(), text);
            }
            server.send(Message::Binary(Bytes::from_static(b"c"))).await.unwrap();
            let Some(LinkEvent::Frame(LinkId(7), frame)) = link.events.recv().await else {
                panic!("no frame")
            };
            assert_eq!(frame, "c");
        });
    }

    #[test]
    fn a_requested_close_flushes_first() {
        block_on(async {
            let (mut link, mut server) = pair(64).await;
            link.events.recv().await;
            link.outgoing.send(LinkOutgoing::Frame(Bytes::from(vec![1; 1000]))).unwrap();
            link.outgoing.send(LinkOutgoing::Close).unwrap();
            assert_eq!(server.next().await.unwrap().unwrap().len(), 1000);
            assert!(matches!(server.next().await, Some(Ok(Message::Close(_)))));
            assert!(matches!(link.events.recv().await, Some(LinkEvent::Down(_, LinkDown::Requested))));
        });
    }

    #[test]
    fn what_the_driver_does_not_take_stays_with_the_server() {
        block_on(async {
            let (mut link, server) = pair(1024).await;
            link.events.recv().await;
            let (mut sink, _stream) = server.split();
            let sent = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
            let counter = sent.clone();
            let total = READ_AHEAD * 4;
            let sender = tokio::spawn(async move {
                for _ in 0..total {
                    sink.send(Message::Binary(Bytes::from(vec![0; 4096]))).await.unwrap();
                    counter.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                }
            });
            // Every task has run as far as it can when yielding changes nothing any more.
            let mut before = usize::MAX;
            while before != sent.load(std::sync::atomic::Ordering::Relaxed) {
                before = sent.load(std::sync::atomic::Ordering::Relaxed);
                for _ in 0..1000 {
                    tokio::task::yield_now().await;
                }
            }
            assert!(before <= READ_AHEAD + 2, "{before} frames left the server");
            for _ in 0..total {
                assert!(matches!(link.events.recv().await, Some(LinkEvent::Frame(..))));
            }
            sender.await.unwrap();
        });
    }

    #[test]
    fn a_server_that_does_not_read_is_still_heard() {
        block_on(async {
            let (mut link, server) = pair(64).await;
            link.events.recv().await;
            // More than the pipe takes: our writer blocks.
            link.outgoing.send(LinkOutgoing::Frame(Bytes::from(vec![0; 100_000]))).unwrap();
            let (mut sink, _unread) = server.split();
            sink.send(Message::Binary(Bytes::from_static(b"hello"))).await.unwrap();
            assert!(matches!(link.events.recv().await, Some(LinkEvent::Frame(..))));
        });
    }

    #[test]
    fn too_large_frames_and_text_end_the_link() {
        block_on(async {
            let (mut link, mut server) = pair(4 << 20).await;
            link.events.recv().await;
            server.send(Message::Binary(Bytes::from(vec![0; 2 << 20]))).await.unwrap();
            assert!(matches!(link.events.recv().await, Some(LinkEvent::Down(_, LinkDown::Closed(_)))));
            let (mut link, mut server) = pair(256).await;
            link.events.recv().await;
            server.send(Message::text("hello")).await.unwrap();
            assert!(matches!(link.events.recv().await, Some(LinkEvent::Down(_, LinkDown::Closed(_)))));
        });
    }

    #[test]
    fn a_failed_connect_is_reported_and_a_cancelled_one_ends() {
        block_on(async {
            let mut link = LinkHandle::spawn::<_, Pipe>(LinkId(1), async { Err("refused".to_owned()) });
            let Some(LinkEvent::Down(_, down)) = link.events.recv().await else { panic!("not down") };
            assert_eq!(down, LinkDown::ConnectFailed("refused".into()));
            let mut link = LinkHandle::spawn::<_, Pipe>(LinkId(1), std::future::pending());
            link.outgoing.send(LinkOutgoing::Close).unwrap();
            assert!(matches!(link.events.recv().await, Some(LinkEvent::Down(_, LinkDown::Requested))));
        });
    }
}
