//! The file that holds the device's id. It is no secret and belongs to the install, not to a user.

use super::StoreError;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use zim_proto::limits::DEVICE_ID_CHARACTERS;

const FILE: &str = "zim-device";

/// Reads the id, or makes and publishes one. Two processes that start together agree: whoever links first wins.
pub(super) fn device_id(
    folder: &Path,
    make: impl FnOnce() -> Result<String, StoreError>,
) -> Result<String, StoreError> {
    let failed = |error: std::io::Error| StoreError::Open(format!("device id: {error}"));
    fs::create_dir_all(folder).map_err(failed)?;
    let path = folder.join(FILE);
    if let Some(id) = read(&path) {
        return Ok(id);
    }
    let id = make()?;
    // The new id names its own draft, so that no two drafts meet.
    let draft = folder.join(format!("{FILE}.{id}"));
    let published = write_durably(&draft, &id).and_then(|()| publish(&draft, &path));
    let _ = fs::remove_file(&draft);
    published.map_err(failed)?;
    read(&path).ok_or_else(|| StoreError::Open("device id: the file cannot be read back".into()))
}

fn read(path: &Path) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let is_id = text.len() == DEVICE_ID_CHARACTERS
        && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    is_id.then_some(text)
}

fn write_durably(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = fs::File::create(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// A hard link appears whole or not at all and never replaces a good file. File systems without links get a rename.
fn publish(draft: &Path, path: &Path) -> std::io::Result<()> {
    match fs::hard_link(draft, path) {
        Ok(()) => Ok(()),
        Err(_) if read(path).is_some() => Ok(()),
        Err(_) => fs::rename(draft, path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(digit: &str) -> Result<String, StoreError> {
        Ok(digit.repeat(DEVICE_ID_CHARACTERS))
    }

    #[test]
    fn made_once_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().join("made/on/demand");
        let first = device_id(&below, || id("a")).unwrap();
        assert_eq!(first, device_id(&below, || id("b")).unwrap());
        assert_eq!(fs::read_dir(&below).unwrap().count(), 1, "no draft is left");
    }

    #[test]
    fn a_damaged_file_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE), "short").unwrap();
        assert_eq!(device_id(folder.path(), || id("c")).unwrap(), id("c").unwrap());
    }

    #[test]
    fn processes_that_start_together_agree() {
        let folder = tempfile::tempdir().unwrap();
        let ids: Vec<String> = std::thread::scope(|scope| {
            let starts: Vec<_> = ["a", "b", "c", "d"]
                .map(|digit| scope.spawn(|| device_id(folder.path(), || id(digit)).unwrap()))
                .into_iter()
                .collect();
            starts.into_iter().map(|start| start.join().unwrap()).collect()
        });
        assert!(ids.iter().all(|id| *id == ids[0]));
    }
}
