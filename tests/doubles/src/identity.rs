//! A certificate authority made at start, and what it signs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use p12_keystore::{Certificate, KeyStore, KeyStoreEntry, PrivateKey, PrivateKeyChain};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use std::sync::Arc;

/// Text form of a key or certificate.
pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// A root that nobody else trusts.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate with its key.
pub(crate) struct Signed {
    certificate_pem: String,
    certificate: CertificateDer<'static>,
    key: KeyPair,
}

impl Authority {
    pub(crate) fn generate() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.distinguished_name.push(DnType::CommonName, "vendor double root");
        let key = KeyPair::generate().expect("the system has randomness");
        Self(CertifiedIssuer::self_signed(params, key).expect("the parameters are complete"))
    }

    pub(crate) fn pem(&self) -> String {
        self.0.pem()
    }

    fn sign(&self, names: &[&str], common_name: &str, usage: ExtendedKeyUsagePurpose) -> Signed {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).expect("the names are valid");
        params.distinguished_name.push(DnType::CommonName, common_name);
        params.extended_key_usages = vec![usage];
        params.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate().expect("the system has randomness");
        let certificate = params.signed_by(&key, &self.0).expect("the parameters are complete");
        Signed { certificate_pem: certificate.pem(), certificate: certificate.der().clone(), key }
    }

    /// A client certificate named after a bundle id.
    pub(crate) fn client(&self, bundle_id: &str) -> Signed {
        let name = format!("Apple Push Services: {bundle_id}");
        self.sign(&[], &name, ExtendedKeyUsagePurpose::ClientAuth)
    }

    /// TLS for a server on loopback. `clients`: ask for a client certificate of this authority, but go on without.
    pub(crate) fn server(&self, clients: bool, alpn: &[&[u8]]) -> Arc<ServerConfig> {
        let signed = self.sign(&["localhost", "127.0.0.1"], "localhost", ExtendedKeyUsagePurpose::ServerAuth);
        let provider = Arc::new(aws_lc_rs::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .expect("the provider knows TLS 1.2 and 1.3");
        let builder = if clients {
            let mut roots = RootCertStore::empty();
            roots.add(self.0.der().clone()).expect("our own root is a root");
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
                .allow_unauthenticated()
                .build()
                .expect("there is a root");
            builder.with_client_cert_verifier(verifier)
        } else {
            builder.with_no_client_auth()
        };
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(signed.key.serialize_der()));
        let mut config = builder
            .with_single_cert(vec![signed.certificate], key)
            .expect("the certificate was made for this key");
        config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
        Arc::new(config)
    }
}

impl Signed {
    pub(crate) fn certificate(&self) -> &CertificateDer<'static> {
        &self.certificate
    }

    pub(crate) fn pem(&self) -> String {
        format!("{}{}", self.certificate_pem, self.key.serialize_pem())
    }

    pub(crate) fn p12(&self, password: &str) -> Vec<u8> {
        let key = PrivateKey::from_der(&self.key.serialize_der()).expect("the key is PKCS#8");
        let certificate = Certificate::from_der(&self.certificate).expect("the certificate is X.509");
        let chain = PrivateKeyChain::new(b"1".to_vec(), key, [certificate]);
        let mut store = KeyStore::new();
        store.add_entry("push", KeyStoreEntry::PrivateKeyChain(chain));
        store.writer(password).write().expect("the store is complete")
    }
}
