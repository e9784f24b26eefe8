import Foundation

import ZIM

/// A real server with strict doubles of the vendors (`zim-testbed`), driven by lines of JSON. It ends with this process.
actor Testbed {
    struct Failure: Error { let line: String }

    private let input: FileHandle
    private let output: Lines
    private let process = Process()
    let description: [String: String]
    let appID: UInt32

    init(_ flags: [String] = []) throws {
        guard let program = ProcessInfo.processInfo.environment["ZIM_TESTBED"] else {
            throw Failure(line: "ZIM_TESTBED names no program")
        }
        let (toChild, fromChild) = (Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = flags
        process.standardInput = toChild
        process.standardOutput = fromChild
        try process.run()
        input = toChild.fileHandleForWriting
        output = Lines(fromChild.fileHandleForReading)
        let first = try Self.object(output.next())
        appID = (first["app_id"] as? NSNumber)?.uint32Value ?? 0
        description = first.compactMapValues { $0 as? String }
    }

    nonisolated var url: String { description["url"] ?? "" }

    /// The certificate of the server, which no system trusts.
    nonisolated var roots: [Data] {
        guard let file = description["ca_file"], let pem = try? String(contentsOfFile: file, encoding: .utf8) else {
            return []
        }
        let lines = pem.split(separator: "\n").filter { !$0.hasPrefix("-----") }
        return Data(base64Encoded: lines.joined()).map { [$0] } ?? []
    }

    nonisolated var config: ZIMAppConfig { ZIMAppConfig(appID: appID, serverURL: url, extraRoots: roots) }

    /// One line in, one line out.
    private func ask(_ line: String) throws -> [String: Any] {
        try input.write(contentsOf: Data((line + "\n").utf8))
        let answer = try Self.object(output.next())
        if let error = answer["error"] { throw Failure(line: "\(line): \(error)") }
        return answer
    }

    func token(_ user: String) throws -> String { try ask("token \(user)")["token"] as? String ?? "" }

    /// Forgets the requests so far.
    func forget() throws { _ = try ask("forget") }

    /// The requests that `vendor` got, once there are `count`.
    func pushes(_ vendor: String, _ count: Int) throws -> [Push] {
        (try ask("wait \(vendor) \(count)")["requests"] as? [[String: Any]] ?? []).map(Push.init)
    }

    func pushesSoFar(_ vendor: String) throws -> [Push] {
        (try ask("requests \(vendor)")["requests"] as? [[String: Any]] ?? []).map(Push.init)
    }

    private static func object(_ line: String) throws -> [String: Any] {
        guard let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] else {
            throw Failure(line: line)
        }
        return object
    }
}

/// A request at a vendor's double.
struct Push: Sendable {
    let token: String
    let violation: String?
    let headers: [String: String]
    let aps: String
    let payload: String
    let callID: String

    init(_ request: [String: Any]) {
        token = request["token"] as? String ?? ""
        violation = request["violation"] as? String
        headers = request["headers"] as? [String: String] ?? [:]
        let body = request["body"] as? [String: Any] ?? [:]
        aps = "\(body["aps"] ?? "")"
        payload = body["payload"] as? String ?? ""
        callID = body["call_id"] as? String ?? ""
    }
}

/// Lines of a file, waited for by the thread that asks.
final class Lines: @unchecked Sendable {
    private let file: UnsafeMutablePointer<FILE>
    private let handle: FileHandle

    init(_ handle: FileHandle) {
        self.handle = handle
        file = fdopen(handle.fileDescriptor, "r")
    }

    func next() throws -> String {
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        guard getline(&line, &capacity, file) > 0, let line else { throw Testbed.Failure(line: "the test bed ended") }
        return String(cString: line)
    }
}
