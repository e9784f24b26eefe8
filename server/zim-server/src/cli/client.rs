//! A client of the administration interface: one request per connection is all the tools need.

use crate::config::{Config, ConfigError, credentials};
use axum::body::Body;
use bytes::Bytes;
use clap::Args;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use http::{Method, Request, Uri};
use http_body_util::BodyExt as _;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName};
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// A debug push may take as long as the vendor does.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Largest answer taken.
const MAX_ANSWER: usize = 16 << 20;

/// How to reach the server; by default the one of this configuration.
#[derive(Debug, Clone, Args)]
pub(super) struct Target {
    /// Address of the server, e.g. https://im.example.com:8480.
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    /// PEM file with roots to trust instead of the system's.
    #[arg(long, value_name = "FILE")]
    root_certificates: Option<PathBuf>,
    /// App id; needed if the server has several apps.
    #[arg(long)]
    pub(super) app: Option<u32>,
}

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum ClientError {
    #[error("{0}")]
    Config(#[from] ConfigError),
    #[error("{0}: not an address like http://127.0.0.1:8480")]
    Address(String),
    #[error("{address}: {fault}")]
    Connect { address: String, fault: String },
    #[error("{}: {fault}", file.display())]
    Roots { file: PathBuf, fault: String },
    #[error("the server answered {status}: {text}")]
    Refused { status: u16, text: String },
    #[error("the server's answer cannot be read: {0}")]
    Answer(String),
}

/// Where calls go and with what.
pub(super) struct Client {
    uri: Uri,
    token: String,
    tls: Option<Arc<ClientConfig>>,
}

impl Client {
    pub(super) fn new(config: &Config, target: &Target) -> Result<Self, ClientError> {
        let token = credentials::admin_token(config)?;
        let scheme = if config.tls.is_some() { "https" } else { "http" };
        let text = target.server.clone().unwrap_or_else(|| format!("{scheme}://{}", reachable(config)));
        let uri: Uri = text.parse().map_err(|_| ClientError::Address(text.clone()))?;
        let tls = match (uri.scheme_str(), uri.host()) {
            (Some("http"), Some(_)) => None,
            (Some("https"), Some(_)) => Some(tls(target)?),
            _ => return Err(ClientError::Address(text)),
        };
        Ok(Self { uri, token, tls })
    }

    /// Calls the administration interface; `path` begins behind `/admin/v1`.
    pub(super) async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<Vec<u8>>,
    ) -> Result<serde_json::Value, ClientError> {
        let exchange = self.exchange(method, path, body);
        match tokio::time::timeout(TIMEOUT, exchange).await {
            Ok(answer) => answer,
            Err(_) => Err(self.connect_fault(&"no answer in time")),
        }
    }

    fn connect_fault(&self, fault: &dyn std::fmt::Display) -> ClientError {
        ClientError::Connect { address: self.uri.to_string(), fault: fault.to_string() }
    }

    async fn exchange(
        &self,
        method: Method,
        path: &str,
        body: Option<Vec<u8>>,
    ) -> Result<serde_json::Value, ClientError> {
        let host = self.uri.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let port = self.uri.port_u16().unwrap_or(if self.tls.is_some() { 443 } else { 80 });
        let stream =
            TcpStream::connect((host.as_str(), port)).await.map_err(|error| self.connect_fault(&error))?;
        let authority = self.uri.authority().map(ToString::to_string).unwrap_or_default();
        let request = Request::builder()
            .method(method)
            .uri(format!("/admin/v1{path}"))
            .header(HOST, authority)
            .header(AUTHORIZATION, format!("Bearer {}", self.token))
            .header(CONTENT_TYPE, "application/json")
            .body(body.map_or_else(Body::empty, Body::from))
            .map_err(|error| self.connect_fault(&error))?;
        let (status, bytes) = match &self.tls {
            None => self.send(stream, request).await?,
            Some(tls) => {
                let name = ServerName::try_from(host).map_err(|error| self.connect_fault(&error))?;
                let connector = TlsConnector::from(Arc::clone(tls));
                let stream =
                    connector.connect(name, stream).await.map_err(|error| self.connect_fault(&error))?;
                self.send(stream, request).await?
            }
        };
        let value: Result<serde_json::Value, _> = serde_json::from_slice(&bytes);
        if bytes.is_empty() && status == 204 {
            return Ok(serde_json::Value::Null);
        }
        if (200..300).contains(&status) {
            return value.map_err(|error| ClientError::Answer(error.to_string()));
        }
        let fault = value.unwrap_or_default();
        let text = |key: &str| fault.get(key).and_then(serde_json::Value::as_str).unwrap_or_default();
        let text = match text("parameter") {
            "" => text("error").to_owned(),
            parameter => format!("{parameter} {}", text("error")),
        };
        Err(ClientError::Refused { status, text })
    }

    async fn send<S>(&self, stream: S, request: Request<Body>) -> Result<(u16, Bytes), ClientError>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (mut sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(|error| self.connect_fault(&error))?;
        let connection = tokio::spawn(connection);
        let answer = sender.send_request(request).await.map_err(|error| self.connect_fault(&error))?;
        let status = answer.status().as_u16();
        let body = http_body_util::Limited::new(answer.into_body(), MAX_ANSWER);
        let body = body.collect().await.map_err(|error| ClientError::Answer(error.to_string()))?;
        connection.abort();
        Ok((status, body.to_bytes()))
    }
}

/// Where a server with this configuration is reached from the same machine.
fn reachable(config: &Config) -> String {
    let mut address = config.listen;
    if address.ip().is_unspecified() {
        address.set_ip(match address.ip() {
            IpAddr::V4(_) => IpAddr::from([127, 0, 0, 1]),
            IpAddr::V6(_) => IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1]),
        });
    }
    address.to_string()
}

fn tls(target: &Target) -> Result<Arc<ClientConfig>, ClientError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let Some(file) = &target.root_certificates else {
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .and_then(rustls_platform_verifier::BuilderVerifierExt::with_platform_verifier)
            .map_err(|error| ClientError::Connect { address: "TLS".to_owned(), fault: error.to_string() })?;
        return Ok(Arc::new(config.with_no_client_auth()));
    };
    let fault = |fault: String| ClientError::Roots { file: file.clone(), fault };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(file).map_err(|error| fault(error.to_string()))? {
        let certificate = certificate.map_err(|error| fault(error.to_string()))?;
        roots.add(certificate).map_err(|error| fault(error.to_string()))?;
    }
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| fault(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}
