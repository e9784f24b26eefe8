//! Message encryption for Web Push (RFC 8291): one record of `aes128gcm` (RFC 8188) that only the receiver can open.

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use zim_proto::Subscription;

/// Largest body every push service takes.
const MOST_BODY: usize = 4096;
/// Salt, record size, length of the key, key.
const HEADER: usize = 16 + 4 + 1 + 65;
const TAG: usize = 16;
/// Ends the only record.
const LAST_RECORD: u8 = 2;
/// Largest plaintext.
pub(super) const MOST_PLAINTEXT: usize = MOST_BODY - HEADER - 1 - TAG;

/// What must be different for every message.
pub(super) struct Fresh {
    key: PrivateKey,
    salt: [u8; 16],
}

impl Fresh {
    pub(super) fn generate() -> Result<Self, Unspecified> {
        let mut salt = [0; 16];
        aws_lc_rs::rand::fill(&mut salt)?;
        Ok(Self { key: PrivateKey::generate(&ECDH_P256)?, salt })
    }
}

/// The body of a push to this subscription. An error means that its public key is no point of the curve.
pub(super) fn encrypt(plaintext: &[u8], to: &Subscription, fresh: &Fresh) -> Result<Vec<u8>, Unspecified> {
    let own = fresh.key.compute_public_key()?;
    let info = [b"WebPush: info\0", to.public_key.as_slice(), own.as_ref()];
    let peer = UnparsedPublicKey::new(&ECDH_P256, to.public_key);
    let input_key: [u8; 32] = agree(&fresh.key, peer, Unspecified, |shared| {
        expand(&Salt::new(HKDF_SHA256, &to.auth).extract(shared), &info)
    })?;
    let prk = Salt::new(HKDF_SHA256, &fresh.salt).extract(&input_key);
    let content_key: [u8; 16] = expand(&prk, &[b"Content-Encoding: aes128gcm\0"])?;
    let nonce: [u8; 12] = expand(&prk, &[b"Content-Encoding: nonce\0"])?;

    let mut sealed = Vec::with_capacity(plaintext.len() + 1 + TAG);
    sealed.extend_from_slice(plaintext);
    sealed.push(LAST_RECORD);
    // Used once: the key comes from a fresh salt and a fresh key pair.
    LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &content_key)?).seal_in_place_append_tag(
        Nonce::assume_unique_for_key(nonce),
        Aad::empty(),
        &mut sealed,
    )?;
    let mut body = Vec::with_capacity(HEADER + sealed.len());
    body.extend_from_slice(&fresh.salt);
    body.extend_from_slice(&(MOST_BODY as u32).to_be_bytes());
    body.push(own.as_ref().len() as u8);
    body.extend_from_slice(own.as_ref());
    body.append(&mut sealed);
    Ok(body)
}

struct Bytes(usize);

impl KeyType for Bytes {
    fn len(&self) -> usize {
        self.0
    }
}

fn expand<const N: usize>(prk: &Prk, info: &[&[u8]]) -> Result<[u8; N], Unspecified> {
    let mut bytes = [0; N];
    prk.expand(info, Bytes(N))?.fill(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    /// RFC 8291, appendix A.
    #[test]
    fn the_example_of_the_rfc_comes_out_byte_for_byte() {
        let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
        let public_key =
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
        let subscription = Subscription {
            endpoint: "https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV".into(),
            public_key: bytes(public_key).try_into().unwrap(),
            auth: bytes("BTBZMqHH6r4Tts7J_aSIgg").try_into().unwrap(),
        };
        let private_key = bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw");
        let fresh = Fresh {
            key: PrivateKey::from_private_key(&ECDH_P256, &private_key).unwrap(),
            salt: bytes("DGv6ra1nlYgDCS1FRnbzlw").try_into().unwrap(),
        };
        let body = encrypt(b"When I grow up, I want to be a watermelon", &subscription, &fresh).unwrap();
        let expected = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
        assert_eq!(URL_SAFE_NO_PAD.encode(body), expected);
    }

    #[test]
    fn the_largest_plaintext_makes_the_largest_body_and_none_is_like_another() {
        let peer = PrivateKey::generate(&ECDH_P256).unwrap();
        let public_key = peer.compute_public_key().unwrap().as_ref().try_into().unwrap();
        let to = Subscription { endpoint: String::new(), public_key, auth: [1; 16] };
        let body = || encrypt(&[0; MOST_PLAINTEXT], &to, &Fresh::generate().unwrap()).unwrap();
        assert_eq!(body().len(), MOST_BODY);
        assert_ne!(body(), body());
    }

    #[test]
    fn a_public_key_beside_the_curve_is_refused() {
        let mut public_key = [7; 65];
        public_key[0] = 4;
        let to = Subscription { endpoint: String::new(), public_key, auth: [1; 16] };
        assert!(encrypt(b"x", &to, &Fresh::generate().unwrap()).is_err());
    }
}
