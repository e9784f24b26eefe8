//! Where the minutes of the overview outlive the process: a file with a line of JSON for each. A minute is plotted, not
//! relied on: it is written once, when it is over, and nothing waits for the disk.

use super::series::{MOST_POINTS, Point};
use std::collections::VecDeque;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

const NAME: &str = "minutes.jsonl";

/// The file of one server.
pub(super) struct MinuteFile {
    path: PathBuf,
    /// Lines in it, old ones too.
    lines: usize,
}

impl MinuteFile {
    /// The file in this folder, and what it holds in its order. What cannot be read is left out: a line that was cut off by
    /// the end of a process.
    pub(super) fn open(folder: &Path) -> (Self, Vec<Point>) {
        let path = folder.join(NAME);
        let bytes = fs::read(&path).unwrap_or_default();
        let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
        let points = lines.iter().filter_map(|line| serde_json::from_slice(line).ok()).collect();
        (Self { path, lines: lines.len() }, points)
    }

    /// Adds a minute. `all` gives those to keep, this one among them: the file is written anew when half of it is older.
    pub(super) fn append(&mut self, point: &Point, all: impl FnOnce() -> VecDeque<Point>) {
        let written = if self.lines >= 2 * MOST_POINTS { self.rewrite(&all()) } else { self.add(point) };
        if let Err(error) = written {
            tracing::warn!(file = %self.path.display(), %error, "a minute of the overview is not kept");
        }
    }

    fn add(&mut self, point: &Point) -> io::Result<()> {
        // A line break before it: the last line may have been cut off.
        let line = format!("\n{}\n", serde_json::to_string(point)?);
        OpenOptions::new().create(true).append(true).open(&self.path)?.write_all(line.as_bytes())?;
        self.lines += 1;
        Ok(())
    }

    fn rewrite(&mut self, all: &VecDeque<Point>) -> io::Result<()> {
        let lines = all.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>()?;
        let fresh = self.path.with_extension("new");
        fs::write(&fresh, lines.join("\n") + "\n")?;
        fs::rename(&fresh, &self.path)?;
        self.lines = lines.len();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(file: &str, folder: &Path) -> Vec<i64> {
        fs::write(folder.join(NAME), file).unwrap();
        MinuteFile::open(folder).1.iter().map(|point| point.time).collect()
    }

    #[test]
    fn a_line_that_was_cut_off_costs_only_itself() {
        let folder = tempfile::tempdir().unwrap();
        let (mut file, found) = MinuteFile::open(folder.path());
        assert!(found.is_empty());
        for minute in 1..4 {
            file.append(&Point::at(minute), VecDeque::new);
        }
        let whole = fs::read_to_string(folder.path().join(NAME)).unwrap();
        assert_eq!(points(&whole, folder.path()), [1, 2, 3]);
        let cut = &whole[..whole.len() - 5];
        assert_eq!(points(cut, folder.path()), [1, 2]);
        let (mut file, _) = MinuteFile::open(folder.path());
        file.append(&Point::at(4), VecDeque::new);
        let (_, found) = MinuteFile::open(folder.path());
        assert_eq!(found.iter().map(|point| point.time).collect::<Vec<_>>(), [1, 2, 4]);
    }

    #[test]
    fn the_file_does_not_grow_for_ever() {
        const MINUTES: i64 = 3 * 1_440;
        let folder = tempfile::tempdir().unwrap();
        let (mut file, _) = MinuteFile::open(folder.path());
        let mut kept = VecDeque::new();
        for time in 0..MINUTES {
            kept.push_back(Point::at(time));
            if kept.len() > MOST_POINTS {
                kept.pop_front();
            }
            file.append(&kept[kept.len() - 1], || kept.clone());
        }
        let (file, found) = MinuteFile::open(folder.path());
        assert!(file.lines <= 2 * MOST_POINTS, "{} lines", file.lines);
        assert_eq!(found.last().unwrap().time, MINUTES - 1);
        assert!(found.windows(2).all(|pair| pair[0].time + 1 == pair[1].time), "none is missing or twice");
    }
}
