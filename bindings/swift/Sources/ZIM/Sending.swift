internal import ZIMFFI

extension ZIM {
    /// Sends a message to a user or a group and answers its final form.
    ///
    /// `onMessageAttached` is told before the network begins: the message is stored and has its `localMessageID`; thread:
    /// the client's own. Throws 6000001 naming a faulty parameter, 6000204 for an unknown user, 6000521 outside the group,
    /// 6000121 without a login.
    @discardableResult
    public func sendMessage(
        _ message: ZIMMessage,
        toConversationID: String,
        conversationType: ZIMConversationType,
        config: ZIMMessageSendConfig = .init(),
        onMessageAttached: (@Sendable (ZIMMessage) throws -> Void)? = nil
    ) async throws -> ZIMMessage {
        let attached = onMessageAttached.map(Attached.init)
        return try await answer {
            try await ZIMMessage(
                $0.sendMessage(
                    message: message.native,
                    toConversationId: toConversationID,
                    conversationType: conversationType.native,
                    config: config.native,
                    attached: attached
                )
            )
        }
    }

    /// Sends a message to a user, as ``sendMessage(_:toConversationID:conversationType:config:onMessageAttached:)`` does.
    @discardableResult
    public func sendPeerMessage(
        _ message: ZIMMessage, toUserID: String, config: ZIMMessageSendConfig = .init()
    ) async throws -> ZIMMessage {
        try await sendMessage(message, toConversationID: toUserID, conversationType: .peer, config: config)
    }

    /// Sends a message to a group, as ``sendMessage(_:toConversationID:conversationType:config:onMessageAttached:)`` does.
    @discardableResult
    public func sendGroupMessage(
        _ message: ZIMMessage, toGroupID: String, config: ZIMMessageSendConfig = .init()
    ) async throws -> ZIMMessage {
        try await sendMessage(message, toConversationID: toGroupID, conversationType: .group, config: config)
    }
}

private final class Attached: MessageAttached {
    private let told: @Sendable (ZIMMessage) throws -> Void

    init(_ told: @escaping @Sendable (ZIMMessage) throws -> Void) { self.told = told }

    func onMessageAttached(message: Message) throws { try told(ZIMMessage(message)) }
}
