//! Appends that wait for the commit: one growing run per log, cut into pieces that become rows.

use super::{NO_ORIGIN, Origin};
use crate::key_map::KeyMap;
use prost::encoding::{WireType, decode_key, decode_varint};
use std::hash::Hash;

/// A row holds about this much: larger runs are split at an entry. About what one read of a backlog takes, since a
/// row is loaded whole.
pub(super) const PIECE_BYTES: usize = 32 * 1024;

/// Appends to one log since the last commit: contiguous entries, at least one.
#[derive(Debug, Clone)]
pub(super) struct Run {
    pub(super) first_seq: u64,
    pub(super) last_seq: u64,
    pub(super) bytes: Vec<u8>,
    /// Closed pieces; the rest of `bytes` is the open one.
    closed: Vec<Cut>,
    /// Time of the last entry.
    time: i64,
    /// Where all entries come from, if from one device.
    pub(super) origin: Origin,
}

/// Where a piece ends.
#[derive(Debug, Clone, Copy)]
struct Cut {
    end: usize,
    last_seq: u64,
    time: i64,
}

/// One row's worth of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    pub(super) first_seq: u64,
    pub(super) last_seq: u64,
    pub(super) time: i64,
    pub(super) bytes: &'a [u8],
}

impl Run {
    fn push(&mut self, time: i64, write: impl FnOnce(&mut Vec<u8>)) {
        let start = self.closed.last().map_or(0, |cut| cut.end);
        let end = self.bytes.len();
        write(&mut self.bytes);
        if end > start && self.bytes.len() - start > PIECE_BYTES {
            self.closed.push(Cut { end, last_seq: self.last_seq, time: self.time });
        }
        self.last_seq += 1;
        self.time = time;
    }

    /// The rows this run becomes.
    pub(super) fn pieces(&self) -> impl Iterator<Item = Piece<'_>> {
        let open = Cut { end: self.bytes.len(), last_seq: self.last_seq, time: self.time };
        let mut start = (0, self.first_seq);
        self.closed.iter().copied().chain([open]).map(move |cut| {
            let piece = Piece {
                first_seq: start.1,
                last_seq: cut.last_seq,
                time: cut.time,
                bytes: &self.bytes[start.0..cut.end],
            };
            start = (cut.end, cut.last_seq + 1);
            piece
        })
    }
}

/// The runs of all logs, in the order in which the logs were first appended to.
#[derive(Debug)]
pub(super) struct Runs<K> {
    index: KeyMap<K, usize>,
    runs: Vec<(K, Run)>,
    bytes: usize,
}

impl<K> Default for Runs<K> {
    fn default() -> Self {
        Self { index: KeyMap::default(), runs: Vec::new(), bytes: 0 }
    }
}

impl<K: Hash + Eq + Copy> Runs<K> {
    /// Appends entry `seq`, which follows the last one of this log.
    pub(super) fn push(
        &mut self,
        key: K,
        seq: u64,
        time: i64,
        origin: Origin,
        write: impl FnOnce(&mut Vec<u8>),
    ) {
        let index = *self.index.entry(key).or_insert_with(|| {
            let run = Run {
                first_seq: seq,
                last_seq: seq - 1,
                bytes: Vec::new(),
                closed: Vec::new(),
                time,
                origin,
            };
            self.runs.push((key, run));
            self.runs.len() - 1
        });
        let run = &mut self.runs[index].1;
        debug_assert_eq!(run.last_seq + 1, seq);
        let before = run.bytes.len();
        if run.origin != origin {
            run.origin = NO_ORIGIN;
        }
        run.push(time, write);
        self.bytes += run.bytes.len() - before;
    }

    /// Last sequence and time of a log's run.
    pub(super) fn last(&self, key: K) -> Option<(u64, i64)> {
        let run = &self.runs[*self.index.get(&key)?].1;
        Some((run.last_seq, run.time))
    }

    /// Takes one log's run out.
    pub(super) fn take_one(&mut self, key: K) -> Option<Run> {
        let index = self.index.remove(&key)?;
        let (_, run) = self.runs.swap_remove(index);
        if let Some((moved, _)) = self.runs.get(index) {
            self.index.insert(*moved, index);
        }
        self.bytes -= run.bytes.len();
        Some(run)
    }

    /// Takes all runs.
    pub(super) fn take(&mut self) -> Vec<(K, Run)> {
        self.clear_index();
        std::mem::take(&mut self.runs)
    }

    pub(super) fn clear(&mut self) {
        self.clear_index();
        self.runs.clear();
    }

    fn clear_index(&mut self) {
        self.index.clear();
        self.bytes = 0;
    }

    /// Bytes that wait.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }
}

/// Length of the first `count` raw events of a run (`zim_proto::batch`). `None` if there are fewer.
pub(super) fn events_len(run: &[u8], count: u64) -> Option<usize> {
    let mut rest = run;
    for _ in 0..count {
        skip_event(&mut rest)?;
    }
    Some(run.len() - rest.len())
}

/// Moves `rest` behind its first raw event.
pub(super) fn skip_event(rest: &mut &[u8]) -> Option<()> {
    let (_, wire) = decode_key(rest).ok()?;
    (wire == WireType::LengthDelimited).then_some(())?;
    next_delimited(rest).map(|_| ())
}

/// Takes the first length-delimited entry off `rest`.
pub(super) fn next_delimited<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = usize::try_from(decode_varint(rest).ok()?).ok()?;
    let (entry, tail) = rest.split_at_checked(length)?;
    *rest = tail;
    Some(entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_run_is_cut_at_entries() {
        let mut runs = Runs::default();
        let entry = PIECE_BYTES / 5 * 2;
        for seq in 5..15 {
            runs.push("log", seq, i64::try_from(seq).unwrap(), NO_ORIGIN, |run| {
                run.resize(run.len() + entry, 1);
            });
        }
        runs.push("other", 1, 0, NO_ORIGIN, |run| run.push(2));
        assert_eq!(runs.bytes(), entry * 10 + 1);
        let taken = runs.take();
        assert_eq!(runs.bytes(), 0);
        assert_eq!(taken[1].0, "other");
        let pieces: Vec<_> = taken[0]
            .1
            .pieces()
            .map(|piece| (piece.first_seq, piece.last_seq, piece.time, piece.bytes.len()))
            .collect();
        let size = entry * 2;
        assert_eq!(
            pieces,
            [(5, 6, 6, size), (7, 8, 8, size), (9, 10, 10, size), (11, 12, 12, size), (13, 14, 14, size)]
        );
    }

    #[test]
    fn one_entry_larger_than_a_piece_stays_whole() {
        let mut runs = Runs::default();
        for seq in 1..=3 {
            runs.push((), seq, 0, NO_ORIGIN, |run| run.resize(run.len() + PIECE_BYTES + 1, 1));
        }
        let taken = runs.take();
        assert_eq!(
            taken[0].1.pieces().map(|piece| piece.bytes.len()).collect::<Vec<_>>(),
            [PIECE_BYTES + 1; 3]
        );
    }

    #[test]
    fn events_are_skipped_without_decoding() {
        let mut run = Vec::new();
        zim_proto::batch::append(&mut run, &zim_proto::v1::Event { time: 1, kind: None });
        let one = run.len();
        zim_proto::batch::append(&mut run, &zim_proto::v1::Event { time: 300, kind: None });
        assert_eq!(events_len(&run, 0), Some(0));
        assert_eq!(events_len(&run, 1), Some(one));
        assert_eq!(events_len(&run, 2), Some(run.len()));
        assert_eq!(events_len(&run, 3), None);
        assert_eq!(events_len(&run[..run.len() - 1], 2), None);
    }
}
