import Foundation
import ZIM
internal import ZIMFFI

/// The push side of this device. It opens no connection: the ``ZIM`` it is attached to carries its registration.
///
/// Every function may be called from any task and any thread, also while an event is handled.
public final class ZPNs: Sendable {
    private let native: ZpnsClient
    private let hub = EventHub<ZPNsEvent>()

    private static let instance = ZPNs(device: .current, channel: SystemChannel())

    /// The push client of this process, on the system's own push service; where there is none, registering fails.
    public static func shared() -> ZPNs { instance }

    /// Version of the library.
    public static func getVersion() -> String { ZIM.getVersion() }

    /// A push client for `device` that asks `channel` for tokens: for other push services, and for tests.
    public init(device: ZPNsDevice, channel: any ZPNsChannel) {
        native = ZpnsClient(device: device.native, channel: Channel(channel))
        native.setEventHandler(handler: Receiver(hub))
    }

    deinit {
        native.setEventHandler(handler: nil)
        hub.finish()
    }

    /// What happens from now on, in order. Each stream keeps everything until it is read. Take it before registering.
    public var events: AsyncStream<ZPNsEvent> { hub.stream() }

    /// Sets who is called with each event, in place of the handler before; nil clears. The next event comes when the
    /// handler has returned; what it throws is logged. Thread: the push client's own.
    public func setEventHandler(_ handler: (@Sendable (ZPNsEvent) throws -> Void)?) { hub.setHandler(handler) }

    /// Lets `zim` carry the registration, in place of the client before.
    public func attach(_ zim: ZIM) { native.attach(client: zim.native) }

    /// Lets go of the client; what it uploaded stays on the server.
    public func detach() { native.detach() }

    /// Chooses the set of certificates; before registering, the last call counts.
    public func setPushConfig(_ config: ZPNsConfig) {
        var native = self.native.pushConfig()
        native.appType = config.appType
        self.native.setPushConfig(config: native)
    }

    /// Uses the development environment; before registering.
    public func enableDebug(_ isDebug: Bool) { native.enableDebug(isDebug: isDebug) }

    /// Registers the device; the push id comes as ``ZPNsEvent/registered(_:)``.
    public func registerAPNs() { native.registerPush() }

    /// Stops all pushes to this device. Throws 6000405 if it was never registered.
    public func unregisterAPNs() throws { try pushed { try native.unregisterPush() } }

    /// Apple's token of this device, as `didRegisterForRemoteNotificationsWithDeviceToken` gives it. `isProduct`: whether
    /// the app is signed for distribution.
    public func setDeviceToken(_ token: Data, isProduct: Bool) {
        native.setDeviceToken(token: token, isProduct: isProduct)
    }

    /// The PushKit token, as `didUpdate` gives it; the push id then stands for both tokens.
    public func setVoipToken(_ token: Data, isProduct: Bool) { native.setVoipToken(token: token, isProduct: isProduct) }

    /// The push service failed to give a token, as `didFailToRegisterForRemoteNotificationsWithError` tells.
    public func registrationFailed(_ error: any Error) {
        let error = error as NSError
        let code = Int32(clamping: error.code)
        native.registrationFailed(vendor: .apns, error: .Apple(code: code, detail: error.localizedDescription))
    }

    /// Tells the service the badge the device shows now; before the registration it goes with it. Throws 6000001 below 0.
    public func setBadge(_ badge: Int32) throws { try pushed { try native.setBadge(badge: badge) } }

    /// Sets the badge on the device. Throws 6000001 below 0.
    public func setLocalBadge(_ badge: Int32) throws { try pushed { try native.setLocalBadge(badge: badge) } }

    /// The push id, once registered.
    public var pushID: String? { native.pushId() }

    /// Reads what a notification delivered, without telling anybody. Throws 6000001 for what no push can hold.
    public func message(userInfo: [AnyHashable: Any]) throws -> ZPNsMessage {
        try pushed { ZPNsMessage(try native.zpnsMessage(vendor: .apns, json: try json(userInfo))) }
    }

    /// A notification was shown, as `willPresent` tells. False: nobody is told, the device not being registered.
    @discardableResult
    public func notificationArrived(userInfo: [AnyHashable: Any]) throws -> Bool {
        try pushed { try native.notificationArrived(vendor: .apns, json: try json(userInfo)) }
    }

    /// A notification was clicked, as `didReceive` tells; held back until the registration if it comes before.
    @discardableResult
    public func notificationClicked(userInfo: [AnyHashable: Any]) throws -> Bool {
        try pushed { try native.notificationClicked(vendor: .apns, json: try json(userInfo)) }
    }

    /// A silent push arrived, as `didReceiveRemoteNotification` tells.
    @discardableResult
    public func throughMessageReceived(userInfo: [AnyHashable: Any]) throws -> Bool {
        try pushed { try native.throughMessageReceived(vendor: .apns, json: try json(userInfo)) }
    }
}

/// Passes the native client's events on; it holds the hub alone.
private final class Receiver: ZpnsEventHandler {
    private let hub: EventHub<ZPNsEvent>

    init(_ hub: EventHub<ZPNsEvent>) { self.hub = hub }

    func onEvent(event: ZpnsEvent) throws { try hub.deliver(ZPNsEvent(event)) }
}

/// `userInfo` as JSON text; a push holds nothing that JSON does not have.
private func json(_ userInfo: [AnyHashable: Any]) throws -> String {
    let pairs = userInfo.map { (String(describing: $0.key.base), $0.value) }
    let object = Dictionary(pairs) { first, _ in first }
    guard JSONSerialization.isValidJSONObject(object) else {
        let code = ZPNsErrorCode(rawValue: ZIMErrorCode.commonModuleParamsInvalid.rawValue)
        throw ZPNsError(code: code, message: "userInfo: holds what no push can hold", parameter: "userInfo")
    }
    return String(decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self)
}
