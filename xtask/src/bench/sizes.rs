//! How large what an app gets is.

use super::languages::Language;
use super::release::Release;
use crate::test::command;
use crate::workspace;
use std::error::Error;
use std::path::{Path, PathBuf};

/// Endings of native libraries, which an archive holds for the platforms it was built for.
const NATIVE: [&str; 3] = [".so", ".dylib", ".dll"];

/// How a size is taken.
enum Size {
    /// Of a library or program, without symbols.
    Stripped(PathBuf),
    /// Of a jar or AAR, without the native libraries in it.
    Archive(PathBuf),
}

/// Markdown: a row for each binary of the languages that were built.
pub(super) fn table(release: &Release, built: &[(Language, Vec<String>)]) -> Result<String, Box<dyn Error>> {
    let mut text = String::from(
        "| Binary, stripped; archives without native libraries | For | Bytes |\n|---|---|---|\n",
    );
    for (what, languages, size) in binaries(release) {
        let mut titles = built.iter().filter(|(language, _)| languages.contains(&language.name));
        let titles: Vec<&str> = titles.by_ref().map(|(language, _)| language.title).collect();
        if titles.is_empty() {
            continue;
        }
        let bytes = match size {
            Size::Stripped(file) => stripped(release, &file)?,
            Size::Archive(file) => {
                let archive = std::fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
                archive.len()
                    - native_bytes(&archive).ok_or_else(|| format!("{}: no archive", file.display()))?
            }
        };
        text += &format!("| {what} | {} | {} |\n", titles.join(", "), grouped(bytes));
    }
    Ok(text)
}

/// A binary: what it is, the languages that need it, and where it is.
type Binary = (String, &'static [&'static str], Size);

fn binaries(release: &Release) -> Vec<Binary> {
    const JVM: &[&str] = &["java", "kotlin"];
    let file = |what: &str, languages: &'static [&'static str], file: PathBuf| -> Binary {
        (what.to_owned(), languages, Size::Stripped(file))
    };
    let kotlin = workspace::root().join("bindings/kotlin");
    let archive = |folder: &str, name: &str| -> Binary {
        let path = kotlin.join(folder).join("target").join(name);
        (format!("`{name}`"), JVM, Size::Archive(path))
    };
    let mut all = vec![
        file("`libzim.so`", &["c", "cpp", "objc"], release.shared("zim-ffi")),
        file("`libzim_uniffi.so`", &["swift", "java", "kotlin"], release.shared("zim-uniffi")),
        file("`zim.node`", &["node"], release.shared("zim-napi")),
        file(
            "`libzim_arkts.so`, HarmonyOS's, built for this machine",
            &["node"],
            release.shared("zim-arkts"),
        ),
        file("the bench program, with no layer", &["c"], release.file("c-bench")),
        file(
            "the bench program, with what it uses of the headers' classes",
            &["cpp"],
            release.file("cpp-bench"),
        ),
        file("the bench program, with the classes of ZIM", &["objc"], release.file("objc-bench")),
        file("the bench program, with the modules ZIM and ZIMFFI", &["swift"], release.file("swift-bench")),
        archive("zim", "zim-0.1.0.jar"),
        archive("zpns", "zpns-0.1.0.aar"),
    ];
    for vendor in ["fcm", "huawei", "xiaomi", "oppo", "vivo"] {
        all.push(archive(&format!("zpns-plugins/{vendor}"), &format!("zpns-{vendor}-0.1.0.aar")));
    }
    all
}

/// Bytes of a library or program without symbols.
fn stripped(release: &Release, file: &Path) -> Result<usize, Box<dyn Error>> {
    let copy = release.file("stripped");
    let (from, to) = (file.display().to_string(), copy.display().to_string());
    if !command::run("strip", &["--strip-unneeded", "-o", &to, &from]) {
        return Err(format!("{from} cannot be stripped").into());
    }
    Ok(usize::try_from(std::fs::metadata(copy)?.len())?)
}

/// Bytes that native libraries take in a zip archive, by its directory; none if it is not one.
fn native_bytes(archive: &[u8]) -> Option<usize> {
    const END: &[u8] = b"PK\x05\x06";
    const ENTRY: &[u8] = b"PK\x01\x02";
    const ENTRY_BYTES: usize = 46;
    let number = |at: usize, length: usize| {
        let bytes = archive.get(at..at + length)?;
        Some(bytes.iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte)))
    };
    let end = archive.windows(END.len()).rposition(|window| window == END)?;
    let (count, mut entry) = (number(end + 10, 2)?, number(end + 16, 4)?);
    let mut native = 0;
    for _ in 0..count {
        if archive.get(entry..entry + ENTRY.len())? != ENTRY {
            return None;
        }
        let (packed, name) = (number(entry + 20, 4)?, number(entry + 28, 2)?);
        let (extra, comment) = (number(entry + 30, 2)?, number(entry + 32, 2)?);
        let name_begins = entry + ENTRY_BYTES;
        let text = archive.get(name_begins..name_begins + name)?;
        if NATIVE.iter().any(|ending| text.ends_with(ending.as_bytes())) {
            native += packed;
        }
        entry = name_begins + name + extra + comment;
    }
    Some(native)
}

fn grouped(bytes: usize) -> String {
    let digits = bytes.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One entry of a zip archive's directory.
    fn entry(name: &str, packed: u32) -> Vec<u8> {
        let mut bytes = b"PK\x01\x02".to_vec();
        bytes.resize(46, 0);
        bytes[20..24].copy_from_slice(&packed.to_le_bytes());
        bytes[28..30].copy_from_slice(&u16::try_from(name.len()).expect("short").to_le_bytes());
        bytes.extend_from_slice(name.as_bytes());
        bytes
    }

    #[test]
    fn native_libraries_in_an_archive_are_found() {
        let mut archive = b"the files themselves".to_vec();
        let directory = u32::try_from(archive.len()).expect("short");
        archive.extend(entry("im/zego/zim/ZIM.class", 700));
        archive.extend(entry("linux-x86-64/libzim_uniffi.so", 5_000_000));
        archive.extend(entry("jni/arm64-v8a/libzim_uniffi.so", 4_000_000));
        let end = archive.len();
        archive.extend_from_slice(b"PK\x05\x06");
        archive.resize(end + 22, 0);
        archive[end + 10..end + 12].copy_from_slice(&3_u16.to_le_bytes());
        archive[end + 16..end + 20].copy_from_slice(&directory.to_le_bytes());
        assert_eq!(native_bytes(&archive), Some(9_000_000));
        assert_eq!(native_bytes(b"no archive"), None);
    }

    #[test]
    fn bytes_are_grouped() {
        assert_eq!(grouped(4_240_440), "4,240,440");
        assert_eq!(grouped(999), "999");
    }
}
