import Foundation

#if canImport(UIKit) && !os(watchOS)
import UIKit
#endif

/// The push service of the operating system this program runs on.
struct SystemChannel: ZPNsChannel {
    #if canImport(UIKit) && !os(watchOS)
    func requestToken() throws { onMain { $0.registerForRemoteNotifications() } }

    func releaseToken() throws { onMain { $0.unregisterForRemoteNotifications() } }

    func setLocalBadge(_ badge: UInt32) throws { onMain { $0.applicationIconBadgeNumber = Int(badge) } }

    private func onMain(_ body: @escaping @MainActor (UIApplication) -> Void) {
        Task { @MainActor in body(UIApplication.shared) }
    }
    #else
    func requestToken() throws { throw Missing() }

    func releaseToken() throws { throw Missing() }

    func setLocalBadge(_ badge: UInt32) throws { throw Missing() }

    private struct Missing: LocalizedError {
        var errorDescription: String? { "this system has no push service" }
    }
    #endif
}

extension ZPNsDevice {
    /// This device.
    static var current: ZPNsDevice {
        #if canImport(UIKit) && !os(watchOS)
        let system = System.iOS
        #else
        let system = System.other
        #endif
        return ZPNsDevice(system: system, bundleID: Bundle.main.bundleIdentifier ?? "")
    }
}
