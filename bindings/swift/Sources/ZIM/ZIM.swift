import Foundation
package import ZIMFFI

/// One user of one app on this device.
///
/// Every function may be called from any task and any thread, also while an event is handled. An async function answers
/// once; it throws ``ZIMError`` with the published code, and `CancellationError` when its task is cancelled: cancelling
/// stops the waiting, never the operation. A task that is cancelled already starts nothing.
public final class ZIM: Sendable {
    package let native: ZimClient
    private let hub = EventHub<ZIMEvent>()

    private static let shared = Locked<ZIM?>(nil)

    /// Version of the library.
    public static func getVersion() -> String { version() }

    /// Makes the instance that ``getInstance()`` gives; nil while there is one that was not destroyed.
    ///
    /// Throws as ``init(_:)`` does.
    public static func create(_ appConfig: ZIMAppConfig) throws -> ZIM? {
        try shared.withLock { shared in
            guard shared == nil else { return nil }
            let zim = try ZIM(appConfig)
            shared = zim
            return zim
        }
    }

    /// The instance that ``create(_:)`` made; nil before that and after ``destroy()``.
    public static func getInstance() -> ZIM? { shared.withLock { $0 } }

    /// Makes a client beside the shared one, logged out.
    ///
    /// Throws 6000003 for appID 0, 6000001 naming another parameter at fault, 6000701 if the cache folder cannot be used.
    public init(_ appConfig: ZIMAppConfig) throws {
        native = try published { try ZimClient(config: appConfig.native) }
        native.setEventHandler(handler: Receiver(hub))
    }

    deinit { end() }

    /// Ends the client: no event begins afterwards, streams finish, operations that wait throw 6000002. May be called
    /// again, and while an event is handled.
    public func destroy() {
        Self.shared.withLock { if $0 === self { $0 = nil } }
        end()
    }

    private func end() {
        native.end()
        hub.finish()
    }

    /// What happens from now on, in order. Each stream keeps everything until it is read, so that a slow reader loses
    /// nothing; it finishes with ``destroy()``. Take it before logging in.
    public var events: AsyncStream<ZIMEvent> { hub.stream() }

    /// Sets who is called with each event, in place of the handler before; nil clears.
    ///
    /// The next event comes when the handler has returned, and a message counts as delivered only then: one whose handler
    /// did not return is told again after a restart. What the handler throws is logged. Thread: the client's own. A
    /// handler that holds the client keeps both alive until ``destroy()``.
    public func setEventHandler(_ handler: (@Sendable (ZIMEvent) throws -> Void)?) { hub.setHandler(handler) }

    /// Tells whether the app is visible; in the foreground a waiting reconnect is tried at once.
    public func setAppState(_ state: ZIMAppState) { native.setAppState(state: state.native) }

    /// Tells that the device's network changed; a waiting reconnect is tried at once.
    public func networkChanged() { native.networkChanged() }

    /// Logs the user out and releases the push binding of this device.
    public func logout() async throws { try await answer { try await $0.logout() } }

    /// Sets the push id of this device, for an app whose push client is not attached to this client; empty removes it.
    ///
    /// Throws 6000401 for a text that is no push id.
    public func setPushID(_ pushID: String) async throws { try await answer { try await $0.setPushId(pushId: pushID) } }

    /// Waits for an operation of the native client.
    func answer<Value: Sendable>(
        _ operation: @escaping @Sendable (ZimClient) async throws -> Value
    ) async throws -> Value {
        try await waiting { [native] in try await published { try await operation(native) } }
    }
}

/// Passes the native client's events on. It holds the hub alone: a handler that held the client would never be freed.
private final class Receiver: ZimEventHandler {
    private let hub: EventHub<ZIMEvent>

    init(_ hub: EventHub<ZIMEvent>) { self.hub = hub }

    func onEvent(event: ZimEvent) throws { try hub.deliver(ZIMEvent(event)) }
}
