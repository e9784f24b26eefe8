//! Any bytes: decoding never panics, and what decodes survives the way through the encoder.

#![no_main]

use libfuzzer_sys::fuzz_target;
use zim_proto::frame;

fuzz_target!(|bytes: &[u8]| {
    let decoded = frame::decode(bytes.to_vec().into(), frame::MAX_FRAME_BYTES);
    if let Ok(Some(body)) = decoded {
        let encoded = frame::encode(body.clone());
        assert_eq!(frame::decode(encoded, usize::MAX), Ok(Some(body)));
    }
});
