// A user at a terminal, in Kotlin's own style: commands in, what happens out. It is small enough to start from, and the
// cross-language test drives it: login URL APPID USER TOKEN, send USER TEXT, quit.
//
// SPDX-License-Identifier: Apache-2.0

import im.zego.zim.ZIM
import im.zego.zim.coroutines.ZIMEvent
import im.zego.zim.coroutines.ZIMException
import im.zego.zim.coroutines.awaitLogout
import im.zego.zim.coroutines.events
import im.zego.zim.coroutines.login
import im.zego.zim.coroutines.sendMessage
import im.zego.zim.entity.ZIMAppConfig
import im.zego.zim.entity.ZIMLoginConfig
import im.zego.zim.entity.ZIMTextMessage
import im.zego.zim.enums.ZIMConversationType
import java.io.PrintStream
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking

private val out = PrintStream(System.out, true, "UTF-8")

fun main(): Unit = runBlocking {
    var zim: ZIM? = null
    for (line in System.`in`.bufferedReader().lineSequence()) {
        val (command, rest) = line.split(" ", limit = 2) + ""
        val client = zim
        try {
            when {
                command == "login" -> zim = login(rest.split(" "))
                command == "send" && client != null -> send(client, rest.substringBefore(" "), rest.substringAfter(" "))
                command == "quit" -> break
                else -> out.println("error 6000001 there are login, then send, and quit")
            }
        } catch (failure: ZIMException) {
            out.println("error ${failure.error}")
        }
    }
    zim?.awaitLogout()
    zim?.destroy()
    out.println("ok quit")
}

private suspend fun CoroutineScope.login(words: List<String>): ZIM? {
    val (url, appID, user, token) = words
    val config = ZIMAppConfig().also {
        it.serverURL = url
        it.appID = appID.toLong()
    }
    val zim = ZIM.create(config)
    if (zim == null) {
        out.println("error ${ZIM.getCreateError()}")
        return null
    }
    // Undispatched: listening begins before the login does.
    launch(kotlinx.coroutines.Dispatchers.Default, start = CoroutineStart.UNDISPATCHED) {
        zim.events.collect { event -> if (event is ZIMEvent.MessageReceived) show(event) }
    }
    zim.login(user, ZIMLoginConfig().also { it.token = token })
    out.println("ok login")
    return zim
}

private suspend fun send(zim: ZIM, user: String, text: String) {
    val sent = zim.sendMessage(ZIMTextMessage(text), user, ZIMConversationType.PEER)
    out.println("ok send ${sent.messageID}")
}

private fun show(event: ZIMEvent.MessageReceived) {
    for (message in event.result.messageList) {
        if (message is ZIMTextMessage) out.println("message ${message.senderUserID} ${message.message}")
    }
}
