package im.zego.zim.coroutines

import im.zego.zim.ZIM
import im.zego.zim.callback.ZIMMessageSentCallback
import im.zego.zim.entity.ZIMError
import im.zego.zim.entity.ZIMMessage
import im.zego.zim.entity.ZIMMessageSendConfig
import im.zego.zim.enums.ZIMConversationType
import im.zego.zim.internal.Client

/**
 * Sends [message] and returns it, brought up to date, once the service has it durably. [onAttached] is called on the callback
 * thread when the message is stored on this device and on its way.
 */
public suspend fun ZIM.sendMessage(
    message: ZIMMessage,
    toConversationID: String,
    conversationType: ZIMConversationType,
    config: ZIMMessageSendConfig = ZIMMessageSendConfig(),
    onAttached: (ZIMMessage) -> Unit = {},
): ZIMMessage = await { answer ->
    sendMessage(message, toConversationID, conversationType, config, object : ZIMMessageSentCallback {
        override fun onMessageAttached(message: ZIMMessage) = onAttached(message)

        override fun onMessageSent(message: ZIMMessage, errorInfo: ZIMError) = answer.give(errorInfo) { message }
    })
}

/** Logs out and returns when the service knows: the device gets no more pushes of this user. */
public suspend fun ZIM.awaitLogout(): Unit = await { answer -> (this as Client).logout { error -> answer.give(error) { } } }
