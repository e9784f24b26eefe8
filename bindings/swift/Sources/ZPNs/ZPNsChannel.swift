internal import ZIMFFI

/// The push service of the device, as ``ZPNs`` reaches it. Calls return at once, come one at a time and on any thread; the
/// push client may be called inside, but must not be held.
public protocol ZPNsChannel: Sendable {
    /// Ask for a token, which goes to ``ZPNs/setDeviceToken(_:isProduct:)``.
    func requestToken() throws
    /// Give the token back.
    func releaseToken() throws
    /// Show this badge.
    func setLocalBadge(_ badge: UInt32) throws
}

/// The device a push client is for.
public struct ZPNsDevice: Sendable, Hashable {
    /// Operating systems, as far as push differs.
    public enum System: Sendable, Hashable {
        /// iOS and iPadOS, with Apple's push service.
        case iOS
        /// Anything else: no push.
        case other
    }

    /// Operating system.
    public var system: System
    /// Bundle identifier of the app.
    public var bundleID: String

    /// A device for tests and for other push services.
    public init(system: System, bundleID: String) {
        self.system = system
        self.bundleID = bundleID
    }

    var native: DeviceProperties {
        DeviceProperties(
            os: system == .iOS ? .ios : .other,
            manufacturer: system == .iOS ? "Apple" : "",
            brand: "",
            systemProperties: [:],
            bundleId: bundleID
        )
    }
}

/// Which certificates the server uses for this app.
public struct ZPNsConfig: Sendable, Hashable {
    /// Set of certificates to use: 1 or 2; 0 counts as 1.
    public var appType: UInt32

    /// What is left out has its published default.
    public init(appType: UInt32 = 0) { self.appType = appType }
}

/// Brings a channel across; what it throws becomes a failed registration.
final class Channel: VendorChannel {
    private let channel: any ZPNsChannel

    init(_ channel: any ZPNsChannel) { self.channel = channel }

    func requestToken(vendor: Vendor, config: ZpnsConfig) throws { try told { try channel.requestToken() } }

    func releaseToken(vendor: Vendor) throws { try told { try channel.releaseToken() } }

    func setLocalBadge(vendor: Vendor, badge: UInt32) throws { try told { try channel.setLocalBadge(badge) } }

    private func told(_ body: () throws -> Void) throws {
        do { try body() } catch { throw ChannelError.Other(detail: error.localizedDescription) }
    }
}
