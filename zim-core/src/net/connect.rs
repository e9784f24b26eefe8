//! From an address to an open WebSocket.

use super::link::websocket_config;
use super::url::ServerUrl;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

/// Anything a WebSocket can run over: TCP, TLS, or a pipe in memory.
pub(crate) trait Transport: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Transport for T {}

/// Opens links to one server.
pub(crate) struct Connector {
    url: ServerUrl,
    timeout: Duration,
    #[cfg(feature = "tls")]
    tls: super::tls::Tls,
}

impl Connector {
    /// `extra_roots`: certificates trusted beside the platform's.
    pub(crate) fn new(url: ServerUrl, timeout: Duration, extra_roots: Vec<Vec<u8>>) -> Self {
        #[cfg(not(feature = "tls"))]
        drop(extra_roots);
        Self {
            url,
            timeout,
            #[cfg(feature = "tls")]
            tls: super::tls::Tls::new(extra_roots),
        }
    }

    /// Opens one WebSocket. The text of an error is for logs and developers.
    pub(crate) async fn connect(&self) -> Result<WebSocketStream<Box<dyn Transport>>, String> {
        match tokio::time::timeout(self.timeout, self.open()).await {
            Ok(result) => result,
            Err(_) => Err(format!("no connection within {} ms", self.timeout.as_millis())),
        }
    }

    async fn open(&self) -> Result<WebSocketStream<Box<dyn Transport>>, String> {
        let tcp = TcpStream::connect((self.url.host(), self.url.port()))
            .await
            .map_err(|error| format!("TCP: {error}"))?;
        // Frames are small and latency counts; batching happens above.
        tcp.set_nodelay(true).map_err(|error| format!("TCP: {error}"))?;
        let transport = self.secure(tcp).await?;
        handshake(&self.url.request(), transport).await
    }

    #[cfg(feature = "tls")]
    async fn secure(&self, tcp: TcpStream) -> Result<Box<dyn Transport>, String> {
        if !self.url.is_secure() {
            return Ok(Box::new(tcp));
        }
        Ok(Box::new(self.tls.secure(self.url.host(), tcp).await?))
    }

    #[cfg(not(feature = "tls"))]
    async fn secure(&self, tcp: TcpStream) -> Result<Box<dyn Transport>, String> {
        if self.url.is_secure() {
            return Err("this build has no TLS".into());
        }
        Ok(Box::new(tcp))
    }
}

/// The WebSocket handshake over any transport.
pub(crate) async fn handshake<S: AsyncRead + AsyncWrite + Unpin>(
    request: &str,
    transport: S,
) -> Result<WebSocketStream<S>, String> {
    let (socket, _) = client_async_with_config(request, transport, Some(websocket_config()))
        .await
        .map_err(|error| format!("WebSocket: {error}"))?;
    Ok(socket)
}
