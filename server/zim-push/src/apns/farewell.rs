//! Reads along on a connection and remembers the server's GOAWAY: which streams it did not process, and why.
//!
//! The HTTP/2 library tells that a GOAWAY came, but not its last stream id, and without that id a request that was
//! answered by a closed connection may or may not have been delivered. Streams above the id were certainly not.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

const GOAWAY: u8 = 0x7;
const HEADER: usize = 9;
/// Longest debug data kept.
const MOST_DETAIL: usize = 512;

/// What the server said before it closes.
#[derive(Debug)]
pub(crate) struct Farewell {
    last_stream: AtomicU32,
    detail: OnceLock<String>,
}

impl Default for Farewell {
    fn default() -> Self {
        Self { last_stream: AtomicU32::new(u32::MAX), detail: OnceLock::new() }
    }
}

impl Farewell {
    /// Whether the server wants no more streams.
    pub(crate) fn came(&self) -> bool {
        self.detail.get().is_some()
    }

    /// Whether the server said that it did not process this stream.
    pub(crate) fn left_out(&self, stream: u32) -> bool {
        self.came() && stream > self.last_stream.load(Ordering::Acquire)
    }

    /// Error code and debug data, for the log.
    pub(crate) fn detail(&self) -> &str {
        self.detail.get().map_or("", String::as_str)
    }

    fn record(&self, payload: &[u8]) {
        let Some((head, debug)) = payload.split_at_checked(8) else { return };
        let last = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) & 0x7fff_ffff;
        let code = u32::from_be_bytes([head[4], head[5], head[6], head[7]]);
        // A graceful end is two GOAWAYs; the second one names the real stream.
        self.last_stream.fetch_min(last, Ordering::AcqRel);
        self.detail.get_or_init(|| {
            format!("GOAWAY code {code} {}", String::from_utf8_lossy(debug)).trim_end().into()
        });
    }
}

/// Follows the frames of one direction.
#[derive(Debug, Default)]
struct Frames {
    header: Vec<u8>,
    left: usize,
    payload: Option<Vec<u8>>,
}

impl Frames {
    fn feed(&mut self, mut bytes: &[u8], farewell: &Farewell) {
        while !bytes.is_empty() {
            if self.left == 0 {
                let (head, rest) = bytes.split_at((HEADER - self.header.len()).min(bytes.len()));
                self.header.extend_from_slice(head);
                bytes = rest;
                let [a, b, c, kind, ..] = self.header[..] else { continue };
                if self.header.len() < HEADER {
                    continue;
                }
                self.left = u32::from_be_bytes([0, a, b, c]) as usize;
                self.payload = (kind == GOAWAY).then(Vec::new);
                self.header.clear();
            }
            let (part, rest) = bytes.split_at(self.left.min(bytes.len()));
            bytes = rest;
            self.left -= part.len();
            if let Some(payload) = &mut self.payload {
                let room = (8 + MOST_DETAIL).saturating_sub(payload.len());
                payload.extend_from_slice(&part[..part.len().min(room)]);
                if self.left == 0 {
                    farewell.record(payload);
                    self.payload = None;
                }
            }
        }
    }
}

/// A connection that is read along.
pub(crate) struct ReadAlong<T> {
    io: T,
    frames: Frames,
    farewell: Arc<Farewell>,
}

impl<T> ReadAlong<T> {
    pub(crate) fn new(io: T, farewell: Arc<Farewell>) -> Self {
        Self { io, frames: Frames::default(), farewell }
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for ReadAlong<T> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        let polled = Pin::new(&mut this.io).poll_read(cx, buf);
        this.frames.feed(&buf.filled()[before..], &this.farewell);
        polled
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for ReadAlong<T> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.get_mut().io).poll_write(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[std::io::IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.get_mut().io).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, payload: &[u8]) -> Vec<u8> {
        let mut frame = (payload.len() as u32).to_be_bytes()[1..].to_vec();
        frame.extend_from_slice(&[kind, 0, 0, 0, 0, 0]);
        frame.extend_from_slice(payload);
        frame
    }

    #[test]
    fn finds_a_goaway_however_the_bytes_arrive() {
        let mut bytes = frame(0x4, &[]);
        bytes.extend(frame(0x0, &[GOAWAY; 40]));
        bytes.extend(frame(GOAWAY, &[0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0]));
        bytes.extend(frame(0x6, &[0; 8]));
        bytes.extend(frame(GOAWAY, b"\0\0\0\x05\0\0\0\0{\"reason\":\"Shutdown\"}"));
        for step in [1, 2, 3, 7, 9, 10, 64, bytes.len()] {
            let (mut frames, farewell) = (Frames::default(), Farewell::default());
            for part in bytes.chunks(step) {
                frames.feed(part, &farewell);
            }
            assert!(farewell.came() && farewell.left_out(7) && !farewell.left_out(5), "step {step}");
        }
    }

    #[test]
    fn without_a_goaway_nothing_was_left_out() {
        let (mut frames, farewell) = (Frames::default(), Farewell::default());
        frames.feed(&frame(0x1, &[1, 2, 3]), &farewell);
        assert!(!farewell.came() && !farewell.left_out(u32::MAX));
    }
}
