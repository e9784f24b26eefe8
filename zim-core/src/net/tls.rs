//! TLS by rustls: the ring provider given explicitly, certificates judged by the platform plus the host's own roots.

use rustls::ClientConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls_platform_verifier::Verifier;
use std::sync::{Arc, OnceLock};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Makes TLS sessions. The configuration is built at the first use: it reads the platform's certificates.
pub(super) struct Tls {
    extra_roots: Vec<Vec<u8>>,
    config: Arc<OnceLock<Arc<ClientConfig>>>,
}

impl Tls {
    pub(super) fn new(extra_roots: Vec<Vec<u8>>) -> Self {
        Self { extra_roots, config: Arc::new(OnceLock::new()) }
    }

    /// TLS over `tcp` with a server that must prove to be `host`.
    pub(super) async fn secure(&self, host: &str, tcp: TcpStream) -> Result<TlsStream<TcpStream>, String> {
        let name = ServerName::try_from(host.to_owned()).map_err(|error| format!("TLS: {error}"))?;
        let connector = TlsConnector::from(self.config().await?);
        connector.connect(name, tcp).await.map_err(|error| format!("TLS: {error}"))
    }

    async fn config(&self) -> Result<Arc<ClientConfig>, String> {
        if let Some(config) = self.config.get() {
            return Ok(config.clone());
        }
        let cell = self.config.clone();
        let roots = self.extra_roots.clone();
        // Reading the platform's certificates takes milliseconds of file access; not on the thread of the links.
        let built = tokio::task::spawn_blocking(move || build(&roots))
            .await
            .map_err(|_| "TLS: building the configuration failed".to_owned())??;
        Ok(cell.get_or_init(|| built).clone())
    }
}

fn build(extra_roots: &[Vec<u8>]) -> Result<Arc<ClientConfig>, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = Vec::new();
    for root in extra_roots {
        roots.extend(certificates(root)?);
    }
    let verifier = verifier(roots, provider.clone()).map_err(|error| format!("TLS: {error}"))?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("TLS: {error}"))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// PEM with one or more certificates, or one in DER.
fn certificates(bytes: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    if !bytes.windows(10).any(|window| window == b"-----BEGIN") {
        return Ok(vec![CertificateDer::from(bytes.to_vec())]);
    }
    let found: Vec<_> = CertificateDer::pem_slice_iter(bytes)
        .collect::<Result<_, _>>()
        .map_err(|error| format!("TLS: extra root: {error}"))?;
    if found.is_empty() { Err("TLS: extra root holds no certificate".into()) } else { Ok(found) }
}

#[cfg(not(target_os = "android"))]
fn verifier(
    roots: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
) -> Result<Verifier, rustls::Error> {
    if roots.is_empty() { Verifier::new(provider) } else { Verifier::new_with_extra_roots(roots, provider) }
}

/// Android decides by the app's network security configuration, where a self-hosted authority is added too.
#[cfg(target_os = "android")]
fn verifier(
    roots: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
) -> Result<Verifier, rustls::Error> {
    if !roots.is_empty() {
        log::warn!(
            "extra roots are ignored on Android: add them to the app's network security configuration"
        );
    }
    Verifier::new(provider)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustls::pki_types::PrivateKeyDer;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    /// A self-hosted authority, the key and certificate of a server named localhost, and the authority's certificate.
    fn authority() -> (rustls::ServerConfig, Vec<u8>) {
        let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let ca_key = rcgen::KeyPair::generate().unwrap();
        let ca = params.self_signed(&ca_key).unwrap();
        let issuer = rcgen::Issuer::new(params, ca_key);
        let mut params = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ServerAuth];
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &issuer).unwrap();
        let config =
            rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_no_client_auth()
                .with_single_cert(
                    vec![certificate.der().clone()],
                    PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
                )
                .unwrap();
        (config, ca.der().to_vec())
    }

    /// One byte from a server to a client that trusts `roots` and expects `host`.
    fn exchange(config: rustls::ServerConfig, roots: Vec<Vec<u8>>, host: &str) -> Result<u8, String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            tokio::spawn(async move {
                let (tcp, _) = listener.accept().await.unwrap();
                if let Ok(mut tls) = tokio_rustls::TlsAcceptor::from(Arc::new(config)).accept(tcp).await {
                    tls.write_all(&[42]).await.unwrap();
                    tls.shutdown().await.unwrap();
                }
            });
            let tcp = TcpStream::connect(address).await.unwrap();
            let mut tls = Tls::new(roots).secure(host, tcp).await?;
            tls.read_u8().await.map_err(|error| error.to_string())
        })
    }

    #[test]
    fn a_self_hosted_authority_counts_only_when_given_and_only_for_its_host() {
        let (config, root) = authority();
        assert_eq!(exchange(config.clone(), vec![root.clone()], "localhost"), Ok(42));
        assert!(exchange(config.clone(), vec![], "localhost").is_err(), "an unknown authority");
        assert!(exchange(config, vec![root], "example.com").is_err(), "another host");
    }

    #[test]
    fn pem_and_der_are_told_apart() {
        assert_eq!(certificates(&[0x30, 0x00]).unwrap().len(), 1);
        let pem = b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
        assert_eq!(certificates(&pem.repeat(2)).unwrap().len(), 2);
        assert!(certificates(b"-----BEGIN CERTIFICATE-----\nbroken").is_err());
        assert!(certificates(b"-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n").is_err());
    }
}
