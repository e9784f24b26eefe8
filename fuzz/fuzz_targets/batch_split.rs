//! Any bytes as a run of stored events: the ranges cover the run without gap or overlap, and each is a run itself.

#![no_main]

use libfuzzer_sys::fuzz_target;
use zim_proto::batch;

fuzz_target!(|run: &[u8]| {
    let Some(ranges) = batch::split(run) else { return };
    let mut end = 0;
    for range in &ranges {
        assert_eq!(range.start, end);
        assert!(range.end > range.start);
        end = range.end;
        assert_eq!(batch::split(&run[range.clone()]), Some(vec![0..range.len()]));
    }
    assert_eq!(end, run.len());
    if let Ok(events) = batch::decode(run) {
        assert_eq!(events.len(), ranges.len());
    }
});
