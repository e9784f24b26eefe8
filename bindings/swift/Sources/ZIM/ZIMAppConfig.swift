import Foundation
internal import ZIMFFI

/// Which application a client belongs to, and where its server is.
public struct ZIMAppConfig: Sendable, Hashable, CustomReflectable {
    /// Number of the application.
    public var appID: UInt32
    /// Secret of the application, 64 hexadecimal digits; empty: tokens are used.
    public var appSign: String
    /// `wss://host/zim`; empty: the environment variable `ZIM_SERVER_URL`, else a server on this machine.
    public var serverURL: String
    /// Whether `ws://` may leave this machine.
    public var allowPlaintext: Bool
    /// Folder for the local data; nil: in memory.
    public var cachePath: String?
    /// Platform the server counts this device as; nil: the one the library was built for.
    public var platform: ZIMPlatformType?
    /// Certificates (DER) trusted beside the system's.
    public var extraRoots: [Data]

    /// What is left out has its published default.
    public init(
        appID: UInt32,
        appSign: String = "",
        serverURL: String = "",
        allowPlaintext: Bool = false,
        cachePath: String? = nil,
        platform: ZIMPlatformType? = nil,
        extraRoots: [Data] = []
    ) {
        self.appID = appID
        self.appSign = appSign
        self.serverURL = serverURL
        self.allowPlaintext = allowPlaintext
        self.cachePath = cachePath
        self.platform = platform
        self.extraRoots = extraRoots
    }

    /// What may be printed: no secret.
    public var customMirror: Mirror {
        Mirror(self, children: ["appID": appID, "serverURL": serverURL] as KeyValuePairs<String, Any>, displayStyle: .struct)
    }

    var native: ClientConfig {
        ClientConfig(
            appId: appID,
            appSign: appSign,
            serverUrl: serverURL,
            allowPlaintext: allowPlaintext,
            cachePath: cachePath,
            platform: platform?.native,
            extraRoots: extraRoots
        )
    }
}

/// Whether the app is visible.
public enum ZIMAppState: Sendable, Hashable {
    /// Visible.
    case foreground
    /// Not visible.
    case background

    var native: AppState { self == .foreground ? .foreground : .background }
}
