//! How large what an app gets is.

use super::languages::Language;
use super::release::Release;
use crate::test::command;
use crate::workspace;
use std::error::Error;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use zip::ZipArchive;
use zip::result::ZipResult;

/// Endings of native libraries, which an archive holds for the platforms it was built for.
const NATIVE: [&str; 3] = [".so", ".dylib", ".dll"];

/// Of all artifacts, as the workspace has it.
const VERSION: &str = env!("CARGO_PKG_VERSION");

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
                let native =
                    native_bytes(&archive).map_err(|error| format!("{}: {error}", file.display()))?;
                archive.len() - native
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
        archive("zim", &format!("zim-{VERSION}.jar")),
        archive("zpns", &format!("zpns-{VERSION}.aar")),
    ];
    for vendor in ["fcm", "huawei", "xiaomi", "oppo", "vivo"] {
        all.push(archive(&format!("zpns-plugins/{vendor}"), &format!("zpns-{vendor}-{VERSION}.aar")));
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

/// Bytes that native libraries take in a jar or AAR.
fn native_bytes(archive: &[u8]) -> ZipResult<usize> {
    let mut archive = ZipArchive::new(Cursor::new(archive))?;
    let mut native = 0;
    for index in 0..archive.len() {
        let file = archive.by_index_raw(index)?;
        let name = file.name()?;
        if NATIVE.iter().any(|ending| name.ends_with(ending)) {
            native += usize::try_from(file.compressed_size()).unwrap_or(usize::MAX);
        }
    }
    Ok(native)
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
    use std::io::Write as _;
    use zip::write::SimpleFileOptions;
    use zip::{CompressionMethod, ZipWriter};

    #[test]
    fn native_libraries_in_an_archive_are_found() {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        for (name, bytes) in [
            ("im/zego/zim/ZIM.class", 700),
            ("linux-x86-64/libzim_uniffi.so", 5_000),
            ("jni/arm64-v8a/libzim_uniffi.so", 4_000),
        ] {
            archive.start_file(name, stored).expect("memory");
            archive.write_all(&vec![7; bytes]).expect("memory");
        }
        let archive = archive.finish().expect("memory").into_inner();
        assert_eq!(native_bytes(&archive).ok(), Some(9_000));
        assert!(native_bytes(b"no archive").is_err());
    }

    #[test]
    fn bytes_are_grouped() {
        assert_eq!(grouped(4_240_440), "4,240,440");
        assert_eq!(grouped(999), "999");
    }
}
