internal import ZIMFFI

/// What the push client tells.
public enum ZPNsEvent: Sendable, Hashable {
    /// A registration succeeded or failed, or a refreshed token gave a new push id.
    case registered(ZPNsRegisterMessage)
    /// A notification was shown.
    case notificationArrived(ZPNsMessage)
    /// A notification was clicked.
    case notificationClicked(ZPNsMessage)
    /// A silent message arrived.
    case throughMessageReceived(ZPNsMessage)

    init(_ native: ZpnsEvent) {
        switch native {
        case let .registered(message): self = .registered(ZPNsRegisterMessage(message))
        case let .notificationArrived(message): self = .notificationArrived(ZPNsMessage(message))
        case let .notificationClicked(message): self = .notificationClicked(ZPNsMessage(message))
        case let .throughMessageReceived(message): self = .throughMessageReceived(ZPNsMessage(message))
        }
    }
}

/// Result of a registration.
public struct ZPNsRegisterMessage: Sendable, Hashable, CustomReflectable {
    /// The push id; empty after a failure.
    public var pushID: String
    /// A code of ``ZPNsErrorCode``, or Apple's own; 0 is success.
    public var errorCode: Int32
    /// For developers.
    public var msg: String
    /// Apple's token.
    public var deviceToken: String

    init(_ native: Registered) {
        pushID = native.pushId
        errorCode = native.errorCode
        msg = native.msg
        deviceToken = native.deviceToken
    }

    /// What may be printed: no token.
    public var customMirror: Mirror {
        let shown: KeyValuePairs<String, Any> = ["pushID": pushID, "errorCode": errorCode, "msg": msg]
        return Mirror(self, children: shown, displayStyle: .struct)
    }
}

/// A push the device got.
public struct ZPNsMessage: Sendable, Hashable, CustomReflectable {
    /// Title of the notification.
    public var title: String
    /// Text of the notification.
    public var content: String
    /// Data of the sender for the app.
    public var payload: String
    /// Every key and value that was delivered, as a JSON object.
    public var extras: String
    /// The call it announces; empty if none.
    public var callID: String
    /// Number of the push, for questions to the server's log.
    public var requestID: String
    /// What CallKit shows, if it is a call of that kind.
    public var voip: ZPNsVoIPInfo?

    init(_ native: ZpnsMessage) {
        title = native.title
        content = native.content
        payload = native.payload
        extras = native.extras
        callID = native.callId
        requestID = native.requestId
        voip = native.voip.map { ZPNsVoIPInfo($0) }
    }

    /// What may be printed: nothing that a person wrote.
    public var customMirror: Mirror {
        let shown: KeyValuePairs<String, Any> = ["callID": callID, "requestID": requestID]
        return Mirror(self, children: shown, displayStyle: .struct)
    }
}

/// What CallKit shows of a call.
public struct ZPNsVoIPInfo: Sendable, Hashable {
    /// Number of `ZIMCXHandleType`.
    public var handleType: Int32
    /// Who calls.
    public var handleValue: String
    /// Whether it is a video call.
    public var hasVideo: Bool

    init(_ native: VoipInfo) {
        handleType = native.handleType
        handleValue = native.handleValue
        hasVideo = native.hasVideo
    }
}
