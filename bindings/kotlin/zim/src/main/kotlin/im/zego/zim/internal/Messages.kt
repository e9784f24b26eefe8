package im.zego.zim.internal

import im.zego.zim.ZIM
import im.zego.zim.callback.ZIMEventHandler
import im.zego.zim.entity.MessageState
import im.zego.zim.entity.RevocationState
import im.zego.zim.entity.ZIMCommandMessage
import im.zego.zim.entity.ZIMCustomMessage
import im.zego.zim.entity.ZIMMessage
import im.zego.zim.entity.ZIMRevokeMessage
import im.zego.zim.entity.ZIMTextMessage
import im.zego.zim.enums.ZIMConversationType
import im.zego.zim.event.ZIMMessageReceivedEventResult
import im.zego.zim.internal.uniffi.Message
import im.zego.zim.internal.uniffi.MessageBody
import im.zego.zim.internal.uniffi.Revocation
import im.zego.zim.internal.uniffi.ZimEvent

internal fun ZIMMessage?.take(): Message {
    val message = this ?: refuse("message", "missing")
    val state = MessageState.of(message)
    return Message(
        type = state.type.take("type"),
        messageId = state.messageID,
        localMessageId = state.localMessageID,
        messageSeq = state.messageSeq,
        senderUserId = state.senderUserID,
        conversationId = state.conversationID,
        conversationType = state.conversationType.take("conversationType"),
        direction = state.direction.take("direction"),
        sentStatus = state.sentStatus.take("sentStatus"),
        timestamp = state.timestamp.toULong(),
        orderKey = state.orderKey,
        isUserInserted = state.isUserInserted,
        receiptStatus = state.receiptStatus.take("receiptStatus"),
        extendedData = message.extendedData.orEmpty(),
        localExtendedData = message.localExtendedData.orEmpty(),
        isBroadcastMessage = state.isBroadcastMessage,
        mentionedUserIds = each(message.mentionedUserIDs) { it.orEmpty() },
        isMentionAll = message.isMentionAll,
        isServerMessage = state.isServerMessage,
        disableUnreadMessageCount = state.disableUnreadMessageCount,
        body = message.body(state.raw),
    )
}

private fun ZIMMessage.body(raw: ByteArray): MessageBody = when (this) {
    is ZIMTextMessage -> MessageBody.Text(message.orEmpty())
    is ZIMCommandMessage -> MessageBody.Command(bytes(message))
    is ZIMCustomMessage ->
        MessageBody.Custom(message.orEmpty(), searchedContent.orEmpty(), unsigned(subType, "subType"))
    is ZIMRevokeMessage -> MessageBody.Revoked(
        Revocation(
            revokeType = revokeType.take("revokeType"),
            revokeTimestamp = revokeTimestamp.toULong(),
            operatedUserId = operatedUserID,
            originalMessageType = originalMessageType.take("originalMessageType"),
            originalTextMessageContent = originalTextMessageContent,
            revokeExtendedData = revokeExtendedData,
            revokeStatus = revokeStatus.take("revokeStatus"),
        ),
    )
    else -> MessageBody.Other(raw)
}

/** A new object of the class that the body asks for. */
internal fun Message.give(): ZIMMessage {
    val message = when (body) {
        is MessageBody.Text -> ZIMTextMessage()
        is MessageBody.Command -> ZIMCommandMessage()
        is MessageBody.Custom -> ZIMCustomMessage()
        is MessageBody.Revoked -> ZIMRevokeMessage()
        is MessageBody.Other -> ZIMMessage()
    }
    writeTo(message)
    return message
}

/** Brings an object up to date: the one that was sent is the one that callbacks get. */
internal fun Message.writeTo(message: ZIMMessage) {
    val state = MessageState()
    state.type = type.give()
    state.messageID = messageId
    state.localMessageID = localMessageId
    state.messageSeq = messageSeq
    state.orderKey = orderKey
    state.senderUserID = senderUserId
    state.conversationID = conversationId
    state.conversationType = conversationType.give()
    state.direction = direction.give()
    state.sentStatus = sentStatus.give()
    state.receiptStatus = receiptStatus.give()
    state.timestamp = timestamp.toLong()
    state.isUserInserted = isUserInserted
    state.isBroadcastMessage = isBroadcastMessage
    state.isServerMessage = isServerMessage
    state.disableUnreadMessageCount = disableUnreadMessageCount
    state.raw = (body as? MessageBody.Other)?.content ?: ByteArray(0)
    state.writeTo(message)
    message.extendedData = extendedData
    message.localExtendedData = localExtendedData
    message.mentionedUserIDs = ArrayList(mentionedUserIds)
    message.isMentionAll = isMentionAll
    body.writeTo(message)
}

private fun MessageBody.writeTo(to: ZIMMessage) {
    when (this) {
        is MessageBody.Text -> (to as? ZIMTextMessage)?.message = message
        is MessageBody.Command -> (to as? ZIMCommandMessage)?.message = message
        is MessageBody.Custom -> (to as? ZIMCustomMessage)?.let {
            it.message = message
            it.searchedContent = searchedContent
            it.subType = subType.toInt()
        }
        is MessageBody.Revoked -> (to as? ZIMRevokeMessage)?.let { revocation.state().writeTo(it) }
        is MessageBody.Other -> Unit
    }
}

private fun Revocation.state(): RevocationState = RevocationState().also {
    it.revokeType = revokeType.give()
    it.revokeTimestamp = revokeTimestamp.toLong()
    it.operatedUserID = operatedUserId
    it.originalMessageType = originalMessageType.give()
    it.originalTextMessageContent = originalTextMessageContent
    it.revokeExtendedData = revokeExtendedData
    it.revokeStatus = revokeStatus.give()
}

/** The message event under its names of all versions, the newest first; up to 2.29 only what comes while online was told. */
internal fun ZIMEventHandler.messagesReceived(zim: ZIM, event: ZimEvent.MessageReceived) {
    val messages = list(event.messages) { it.give() }
    val info = event.info.give()
    val from = info.conversationID
    onMessageReceived(zim, ZIMMessageReceivedEventResult().also {
        it.messageList = messages
        it.receivedInfo = info
    })
    if (info.conversationType == ZIMConversationType.GROUP) {
        onGroupMessageReceived(zim, messages, info, from)
        if (!info.isOfflineMessage) onReceiveGroupMessage(zim, messages, from)
    } else {
        onPeerMessageReceived(zim, messages, info, from)
        if (!info.isOfflineMessage) onReceivePeerMessage(zim, messages, from)
    }
}
