import Foundation
import Testing
import ZIM
import ZPNs

/// The server that the tests share; each uses users of its own.
let bed: Testbed = {
    do { return try Testbed() } catch { fatalError("no test bed: \(error)") }
}()

/// A client of `bed`, logged in.
func online(_ user: String, cachePath: String? = nil) async throws -> ZIM {
    var config = bed.config
    config.cachePath = cachePath
    let zim = try ZIM(config)
    try await zim.login(userID: user, config: ZIMLoginConfig(token: bed.token(user)))
    return zim
}

/// The first value that `pick` makes of an event; the test's time limit ends a wait in vain.
func first<Event, Value>(of events: AsyncStream<Event>, _ pick: (Event) -> Value?) async throws -> Value {
    for await event in events {
        if let value = pick(event) { return value }
    }
    throw Testbed.Failure(line: "the stream ended")
}

/// The texts of `count` messages, in the order they come.
func texts(_ events: AsyncStream<ZIMEvent>, _ count: Int) async -> [String] {
    var found: [String] = []
    for await event in events {
        if case let .messageReceived(messages, _) = event { found += messages.compactMap(\.text) }
        if found.count >= count { break }
    }
    return found
}

/// What was told, kept for later.
final class Kept<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var values: [Value] = []

    func add(_ value: Value) { lock.withLock { values.append(value) } }

    var all: [Value] { lock.withLock { values } }
}

/// Whether `body` throws the published code, naming `parameter`.
func refused(
    _ code: UInt32, _ parameter: String? = nil, at place: SourceLocation = #_sourceLocation,
    _ body: () async throws -> Void
) async {
    do {
        try await body()
        Issue.record("nothing was thrown", sourceLocation: place)
    } catch let error as ZIMError {
        #expect(error.code.rawValue == code, "\(error)", sourceLocation: place)
        #expect(error.parameter == parameter, sourceLocation: place)
    } catch {
        Issue.record("\(error)", sourceLocation: place)
    }
}

/// A phone's push service without a vendor: whoever asks for a token gets it from the test.
final class PhoneChannel: ZPNsChannel {
    let badges = Kept<UInt32>()
    let asked = Kept<String>()

    func requestToken() throws { asked.add("request") }
    func releaseToken() throws { asked.add("release") }
    func setLocalBadge(_ badge: UInt32) throws { badges.add(badge) }
}

/// The push client of an iPhone.
func phone(_ channel: PhoneChannel = PhoneChannel()) -> ZPNs {
    ZPNs(device: ZPNsDevice(system: .iOS, bundleID: bed.description["bundle_id"] ?? ""), channel: channel)
}

extension ZPNs {
    /// Registers as an app does, and waits for the push id.
    func register(_ token: Data, isProduct: Bool = false) async throws -> ZPNsRegisterMessage {
        let events = self.events
        registerAPNs()
        setDeviceToken(token, isProduct: isProduct)
        return try await first(of: events) { if case let .registered(message) = $0 { message } else { nil } }
    }
}
