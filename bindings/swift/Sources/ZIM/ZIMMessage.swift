import Foundation
internal import ZIMFFI

/// A message. To send one, make it with ``text(_:)``, ``command(_:)`` or ``custom(_:subType:searchedContent:)`` and set
/// what belongs to the sender; everything else comes from the library.
public struct ZIMMessage: Sendable, Hashable {
    /// The content; its kind is ``type``.
    public var content: ZIMMessageContent
    /// Kind of the content.
    public internal(set) var type: ZIMMessageType
    /// Number of the message, given by the service; 0 before.
    public internal(set) var messageID: Int64 = 0
    /// Number this device gave.
    public internal(set) var localMessageID: Int64 = 0
    /// Position of the message in its conversation, from 1.
    public internal(set) var messageSeq: Int64 = 0
    /// Who sent it.
    public internal(set) var senderUserID = ""
    /// Identifier of the conversation: the other user or the group.
    public internal(set) var conversationID = ""
    /// Kind of the conversation.
    public internal(set) var conversationType = ZIMConversationType.peer
    /// Sent or received.
    public internal(set) var direction = ZIMMessageDirection.send
    /// Sending, sent or failed.
    public internal(set) var sentStatus = ZIMMessageSentStatus.sending
    /// When the service stored it, in milliseconds of Unix time.
    public internal(set) var timestamp: UInt64 = 0
    /// Sort key within the conversation.
    public internal(set) var orderKey: Int64 = 0
    /// Whether the app inserted it locally.
    public internal(set) var isUserInserted = false
    /// State of the receipt.
    public internal(set) var receiptStatus = ZIMMessageReceiptStatus.none
    /// Whether it went to everybody.
    public internal(set) var isBroadcastMessage = false
    /// Whether the app's server sent it.
    public internal(set) var isServerMessage = false
    /// Text of the app that travels along.
    public var extendedData = ""
    /// Text of the app that stays on this device.
    public var localExtendedData = ""
    /// Users it mentions.
    public var mentionedUserIDs: [String] = []
    /// Whether it mentions everybody.
    public var isMentionAll = false
    /// Whether it is left out of unread counts.
    public var disableUnreadMessageCount = false

    /// A message with this content.
    public init(_ content: ZIMMessageContent = .text("")) {
        self.content = content
        type = content.type
    }

    /// A text, published as `ZIMTextMessage`.
    public static func text(_ message: String) -> ZIMMessage { ZIMMessage(.text(message)) }

    /// Bytes that are no conversation, published as `ZIMCommandMessage`.
    public static func command(_ message: Data) -> ZIMMessage { ZIMMessage(.command(message)) }

    /// Content in the app's own form, published as `ZIMCustomMessage`.
    public static func custom(_ message: String, subType: UInt32, searchedContent: String = "") -> ZIMMessage {
        ZIMMessage(.custom(message, subType: subType, searchedContent: searchedContent))
    }

    /// The text, if it is one.
    public var text: String? {
        if case let .text(message) = content { message } else { nil }
    }

    /// What became of the message, if it was recalled.
    public var revocation: ZIMRevocation? {
        if case let .revoked(revocation) = content { revocation } else { nil }
    }
}

/// What became of a recalled message; its ids, its sender and its place are those of the message. Published as
/// `ZIMRevokeMessage`.
public struct ZIMRevocation: Sendable, Hashable {
    /// For whom the message was recalled.
    public internal(set) var revokeType: ZIMRevokeType
    /// When, in milliseconds of Unix time.
    public internal(set) var revokeTimestamp: UInt64
    /// Who recalled it.
    public internal(set) var operatedUserID: String
    /// Class of the message before.
    public internal(set) var originalMessageType: ZIMMessageType
    /// Its text, if it was a text message.
    public internal(set) var originalTextMessageContent: String
    /// Text the recall brought along.
    public internal(set) var revokeExtendedData: String
    /// By what right it was recalled.
    public internal(set) var revokeStatus: ZIMMessageRevokeStatus
}

/// What a message holds.
public enum ZIMMessageContent: Sendable, Hashable {
    /// A text.
    case text(String)
    /// Bytes of the app.
    case command(Data)
    /// Content in the app's own form, its kind, and what a search looks at.
    case custom(String, subType: UInt32, searchedContent: String)
    /// Recalled: what is left of a message.
    case revoked(ZIMRevocation)
    /// A kind this version does not know, as it came.
    case other(Data)

    var type: ZIMMessageType {
        switch self {
        case .text: .text
        case .command: .command
        case .custom: .custom
        case .revoked: .revoke
        case .other: .unknown
        }
    }
}

extension ZIMMessage: CustomReflectable {
    /// What may be printed: nothing that a person wrote.
    public var customMirror: Mirror {
        let shown: KeyValuePairs<String, Any> = [
            "type": type, "messageID": messageID, "localMessageID": localMessageID, "senderUserID": senderUserID,
            "conversationID": conversationID, "conversationType": conversationType, "sentStatus": sentStatus,
        ]
        return Mirror(self, children: shown, displayStyle: .struct)
    }
}

extension ZIMMessageContent: CustomReflectable {
    /// What may be printed: nothing that a person wrote.
    public var customMirror: Mirror { Mirror(self, children: ["type": type] as KeyValuePairs<String, Any>) }
}

extension ZIMMessage {
    init(_ native: ZIMFFI.Message) {
        self.init(ZIMMessageContent(native.body))
        type = ZIMMessageType(native.type)
        messageID = native.messageId
        localMessageID = native.localMessageId
        messageSeq = native.messageSeq
        senderUserID = native.senderUserId
        conversationID = native.conversationId
        conversationType = ZIMConversationType(native.conversationType)
        direction = ZIMMessageDirection(native.direction)
        sentStatus = ZIMMessageSentStatus(native.sentStatus)
        timestamp = native.timestamp
        orderKey = native.orderKey
        isUserInserted = native.isUserInserted
        receiptStatus = ZIMMessageReceiptStatus(native.receiptStatus)
        isBroadcastMessage = native.isBroadcastMessage
        isServerMessage = native.isServerMessage
        extendedData = native.extendedData
        localExtendedData = native.localExtendedData
        mentionedUserIDs = native.mentionedUserIds
        isMentionAll = native.isMentionAll
        disableUnreadMessageCount = native.disableUnreadMessageCount
    }

    var native: ZIMFFI.Message {
        ZIMFFI.Message(
            type: type.native,
            messageId: messageID,
            localMessageId: localMessageID,
            messageSeq: messageSeq,
            senderUserId: senderUserID,
            conversationId: conversationID,
            conversationType: conversationType.native,
            direction: direction.native,
            sentStatus: sentStatus.native,
            timestamp: timestamp,
            orderKey: orderKey,
            isUserInserted: isUserInserted,
            receiptStatus: receiptStatus.native,
            extendedData: extendedData,
            localExtendedData: localExtendedData,
            isBroadcastMessage: isBroadcastMessage,
            mentionedUserIds: mentionedUserIDs,
            isMentionAll: isMentionAll,
            isServerMessage: isServerMessage,
            disableUnreadMessageCount: disableUnreadMessageCount,
            body: content.native
        )
    }
}

extension ZIMMessageContent {
    init(_ native: ZIMFFI.MessageBody) {
        switch native {
        case let .text(message): self = .text(message)
        case let .command(message): self = .command(message)
        case let .custom(message, searchedContent, subType):
            self = .custom(message, subType: subType, searchedContent: searchedContent)
        case let .revoked(revocation): self = .revoked(ZIMRevocation(revocation))
        case let .other(content): self = .other(content)
        }
    }

    var native: ZIMFFI.MessageBody {
        switch self {
        case let .text(message): .text(message: message)
        case let .command(message): .command(message: message)
        case let .custom(message, subType, searchedContent):
            .custom(message: message, searchedContent: searchedContent, subType: subType)
        case let .revoked(revocation): .revoked(revocation: revocation.native)
        case let .other(content): .other(content: content)
        }
    }
}

extension ZIMRevocation: CustomReflectable {
    /// What may be printed: nothing that a person wrote.
    public var customMirror: Mirror {
        let shown: KeyValuePairs<String, Any> = [
            "revokeTimestamp": revokeTimestamp, "operatedUserID": operatedUserID,
            "originalMessageType": originalMessageType, "revokeStatus": revokeStatus,
        ]
        return Mirror(self, children: shown, displayStyle: .struct)
    }
}

extension ZIMRevocation {
    init(_ native: ZIMFFI.Revocation) {
        revokeType = ZIMRevokeType(native.revokeType)
        revokeTimestamp = native.revokeTimestamp
        operatedUserID = native.operatedUserId
        originalMessageType = ZIMMessageType(native.originalMessageType)
        originalTextMessageContent = native.originalTextMessageContent
        revokeExtendedData = native.revokeExtendedData
        revokeStatus = ZIMMessageRevokeStatus(native.revokeStatus)
    }

    var native: ZIMFFI.Revocation {
        ZIMFFI.Revocation(
            revokeType: revokeType.native,
            revokeTimestamp: revokeTimestamp,
            operatedUserId: operatedUserID,
            originalMessageType: originalMessageType.native,
            originalTextMessageContent: originalTextMessageContent,
            revokeExtendedData: revokeExtendedData,
            revokeStatus: revokeStatus.native
        )
    }
}
