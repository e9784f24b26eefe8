//! TLS of the listener: certificate files in, a rustls configuration out.

use crate::config::TlsConfig;
use rustls::ServerConfig;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// Why the certificate cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{}: {fault}", file.display())]
pub(crate) struct TlsError {
    pub(crate) file: PathBuf,
    pub(crate) fault: String,
}

/// The configuration and when the certificate runs out (UTC ms).
pub(crate) fn server_config(files: &TlsConfig) -> Result<(Arc<ServerConfig>, i64), TlsError> {
    let fault = |file: &Path, fault: String| TlsError { file: file.to_owned(), fault };
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(Iterator::collect)
        .map_err(|error| fault(&files.certificate, error.to_string()))?;
    let Some(first) = chain.first() else {
        return Err(fault(&files.certificate, "holds no certificate".to_owned()));
    };
    let expires_at = match X509Certificate::from_der(first) {
        Ok((_, certificate)) => certificate.validity().not_after.timestamp().saturating_mul(1_000),
        Err(error) => return Err(fault(&files.certificate, error.to_string())),
    };
    let key =
        PrivateKeyDer::from_pem_file(&files.key).map_err(|error| fault(&files.key, error.to_string()))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| fault(&files.certificate, error.to_string()))?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|error| fault(&files.key, error.to_string()))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok((Arc::new(config), expires_at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_name_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let files = TlsConfig { certificate: folder.path().join("c.pem"), key: folder.path().join("k.pem") };
        assert!(server_config(&files).unwrap_err().file.ends_with("c.pem"));
        std::fs::write(&files.certificate, "nothing").unwrap();
        assert!(server_config(&files).unwrap_err().fault.contains("no certificate"));
        std::fs::write(&files.certificate, made.cert.pem()).unwrap();
        assert!(server_config(&files).unwrap_err().file.ends_with("k.pem"));
        std::fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
        let (config, expires_at) = server_config(&files).unwrap();
        assert!(expires_at > 0 && config.alpn_protocols == [b"http/1.1".to_vec()]);
    }
}
