//! `ErrorCodes.swift`: a table of error codes. A struct, because a newer server may answer a number that is not in it.

use super::doc;
use super::forms::case;
use crate::codegen::api::ErrorCode;
use std::fmt::Write as _;

pub(super) fn text(name: &str, of: &str, codes: &[ErrorCode]) -> String {
    let mut text = format!(
        "{}public struct {name}: RawRepresentable, Sendable, Hashable, CaseIterable {{\n\
         {}    public let rawValue: UInt32\n\n\
         {}    public init(rawValue: UInt32) {{ self.rawValue = rawValue }}\n",
        doc("", &format!("Result of a {of}; 0 is success. Numbers that are not listed here can occur.")),
        doc("    ", "The published number."),
        doc("    ", "The code of a number."),
    );
    for code in codes {
        let (spelled, number) = (case(&code.name), code.code);
        let _ = write!(
            text,
            "\n{}    public static let {spelled} = Self(rawValue: {number})\n",
            doc("    ", &code.doc)
        );
    }
    let _ = write!(
        text,
        "\n{}    public static let allCases: [{name}] = names.keys.map(Self.init).sorted {{ $0.rawValue < $1.rawValue }}\n\
         \n{}    public var name: String? {{ Self.names[rawValue] }}\n\n    private static let names: [UInt32: String] = [\n",
        doc("    ", "Every published code."),
        doc("    ", "The published name; nil for a number that is not listed."),
    );
    for code in codes {
        let _ = writeln!(text, "        {}: \"{}\",", code.code, code.name);
    }
    text.push_str("    ]\n}\n");
    text
}
