//! Lets a double write a frame of its own between those of the HTTP/2 library.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;

const HEADER: usize = 9;

/// Where to put a frame.
#[derive(Clone, Default)]
pub(super) struct Injection {
    frame: Arc<Mutex<Vec<u8>>>,
    added: Arc<Notify>,
}

impl Injection {
    /// Sends GOAWAY (`NO_ERROR`): streams above `last_stream` are not processed.
    pub(super) fn go_away(&self, last_stream: u32, debug: &[u8]) {
        let length = u32::try_from(8 + debug.len()).expect("debug data is short");
        let mut frame = length.to_be_bytes()[1..].to_vec();
        frame.extend_from_slice(&[0x7, 0, 0, 0, 0, 0]);
        frame.extend_from_slice(&last_stream.to_be_bytes());
        frame.extend_from_slice(&[0; 4]);
        frame.extend_from_slice(debug);
        self.frame.lock().unwrap_or_else(PoisonError::into_inner).extend(frame);
        self.added.notify_one();
    }

    /// Resolves when a frame was put in.
    pub(super) async fn injected(&self) {
        self.added.notified().await;
    }
}

/// A connection whose outgoing frames are followed, so that an injected one falls between two of them.
pub(super) struct Injector<T> {
    io: T,
    injection: Injection,
    header: Vec<u8>,
    left: usize,
}

impl<T> Injector<T> {
    pub(super) fn new(io: T) -> Self {
        Self { io, injection: Injection::default(), header: Vec::new(), left: 0 }
    }

    pub(super) fn handle(&self) -> Injection {
        self.injection.clone()
    }

    fn follow(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            if self.left > 0 {
                let part = self.left.min(bytes.len());
                self.left -= part;
                bytes = &bytes[part..];
                continue;
            }
            let (head, rest) = bytes.split_at((HEADER - self.header.len()).min(bytes.len()));
            self.header.extend_from_slice(head);
            bytes = rest;
            if let [a, b, c, ..] = self.header[..]
                && self.header.len() == HEADER
            {
                self.left = u32::from_be_bytes([0, a, b, c]) as usize;
                self.header.clear();
            }
        }
    }
}

impl<T: AsyncWrite + Unpin> Injector<T> {
    /// Writes what was injected, if a frame has just ended.
    fn poll_inject(&mut self, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        if self.left > 0 || !self.header.is_empty() {
            return Poll::Ready(Ok(()));
        }
        let mut frame = self.injection.frame.lock().unwrap_or_else(PoisonError::into_inner);
        while !frame.is_empty() {
            let written = ready!(Pin::new(&mut self.io).poll_write(cx, &frame))?;
            frame.drain(..written);
        }
        Poll::Ready(Ok(()))
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Injector<T> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_read(cx, buf)
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Injector<T> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<std::io::Result<usize>> {
        let this = self.get_mut();
        ready!(this.poll_inject(cx))?;
        let written = ready!(Pin::new(&mut this.io).poll_write(cx, buf))?;
        this.follow(&buf[..written]);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_inject(cx))?;
        Pin::new(&mut this.io).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_shutdown(cx)
    }
}
