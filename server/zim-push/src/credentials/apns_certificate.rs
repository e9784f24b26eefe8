//! What Apple writes into a push certificate.

use crate::identity::Identity;
use x509_parser::asn1_rs::{Any, FromDer, Oid, Sequence, Tag};
use x509_parser::certificate::X509Certificate;

/// The user id of a subject, where Apple names the app.
const USER_ID: [u64; 7] = [0, 9, 2342, 19_200_300, 100, 1, 1];
/// Apple's extension with the topics of a certificate that has several.
const TOPICS: [u64; 8] = [1, 2, 840, 113_635, 100, 6, 3, 6];

/// The app that the certificate was made for.
pub(super) fn app(certificate: &X509Certificate<'_>) -> Option<String> {
    let user_id = Oid::from(&USER_ID).ok()?;
    let app = certificate.subject().iter_by_oid(&user_id).next()?;
    app.as_str().ok().map(str::to_owned)
}

/// What tells the certificate from others.
pub(super) fn identity(certificate: &X509Certificate<'_>) -> Identity {
    let subject = certificate.subject();
    let common_name = subject.iter_common_name().next().and_then(|name| name.as_str().ok());
    Identity::new([
        ("subject", common_name.map_or_else(|| subject.to_string(), str::to_owned)),
        ("serial", certificate.raw_serial_as_string()),
        ("topics", topics(certificate).unwrap_or_default().join(", ")),
    ])
}

/// The extension is a sequence of topics, each followed by the kinds of push it is for.
fn topics(certificate: &X509Certificate<'_>) -> Option<Vec<String>> {
    let oid = Oid::from(&TOPICS).ok()?;
    let extension = certificate.extensions().iter().find(|extension| extension.oid == oid)?;
    let (_, sequence) = Sequence::from_der(extension.value).ok()?;
    let mut rest: &[u8] = &sequence.content;
    let mut topics = Vec::new();
    while let Ok((after, member)) = Any::from_der(rest) {
        if member.tag() == Tag::Utf8String {
            topics.push(String::from_utf8_lossy(member.data).into_owned());
        }
        rest = after;
    }
    Some(topics)
}
