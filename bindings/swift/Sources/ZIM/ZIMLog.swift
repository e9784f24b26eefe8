internal import ZIMFFI

/// How important a log line is.
public enum ZIMLogLevel: Sendable, Hashable, CaseIterable {
    /// What should not happen.
    case error
    /// What the app or the server should not do.
    case warn
    /// The course of connections and logins.
    case info
    /// Details for whoever looks for a fault.
    case debug

    var native: LogLevel {
        switch self {
        case .error: .error
        case .warn: .warn
        case .info: .info
        case .debug: .debug
        }
    }

    init(_ native: LogLevel) {
        self = Self.allCases.first { $0.native == native } ?? .debug
    }
}

extension ZIM {
    /// Sends log lines of the whole process up to `level` to `line`, in place of what was set before; nil: nowhere, which
    /// is how it starts. Lines hold no message text, tokens or secrets.
    ///
    /// `line` gets level, part of the library and text, on any thread, several at once, and must return soon. Throws 1
    /// when the process has a logger of its own.
    public static func setLogSink(
        upTo level: ZIMLogLevel, _ line: (@Sendable (ZIMLogLevel, String, String) -> Void)?
    ) throws {
        try published { try ZIMFFI.setLogSink(level: level.native, sink: line.map(Sink.init)) }
    }
}

private final class Sink: LogSink {
    private let line: @Sendable (ZIMLogLevel, String, String) -> Void

    init(_ line: @escaping @Sendable (ZIMLogLevel, String, String) -> Void) { self.line = line }

    func onLog(level: LogLevel, module: String, line text: String) { line(ZIMLogLevel(level), module, text) }
}
