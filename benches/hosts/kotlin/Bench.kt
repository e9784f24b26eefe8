// What a call and an event cost in Kotlin's own style, suspend functions and a flow: see ../README.md.
//
// SPDX-License-Identifier: Apache-2.0

import im.zego.zim.ZIM
import im.zego.zim.coroutines.ZIMEvent
import im.zego.zim.coroutines.awaitLogout
import im.zego.zim.coroutines.events
import im.zego.zim.coroutines.login
import im.zego.zim.coroutines.queryConversationTotalUnreadMessageCount
import im.zego.zim.entity.ZIMAppConfig
import im.zego.zim.entity.ZIMLoginConfig
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.filterIsInstance
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking

fun main(arguments: Array<String>): Unit = runBlocking {
    require(arguments.size == 4) { "Bench URL APPID APPSIGN USER" }
    val (url, appID, appSign, user) = arguments
    val config = ZIMAppConfig().also {
        it.serverURL = url
        it.appID = appID.toLong()
        it.appSign = appSign
    }
    val zim = checkNotNull(ZIM.create(config)) { ZIM.getCreateError() }
    zim.login(user, ZIMLoginConfig())
    println("{}")
    for (line in System.`in`.bufferedReader().lineSequence()) {
        val words = line.split(" ")
        val started = System.nanoTime()
        when (words[0]) {
            "together" -> together(zim, words[1].toInt())
            "sequential" -> repeat(words[1].toInt()) { zim.queryConversationTotalUnreadMessageCount() }
            "leave" -> zim.awaitLogout()
            "backlog" -> backlog(zim, user, words[1].toInt())
            else -> error("not understood: $line")
        }
        println("{\"microseconds\": ${(System.nanoTime() - started) / 1_000.0}}")
    }
    zim.destroy()
}

private suspend fun together(zim: ZIM, calls: Int): Unit = coroutineScope {
    repeat(calls) { launch { zim.queryConversationTotalUnreadMessageCount() } }
}

/** Logs in and takes what was sent in the meantime. */
private suspend fun backlog(zim: ZIM, user: String, messages: Int): Unit = coroutineScope {
    var left = messages
    // Undispatched: listening begins before the login does.
    launch(start = CoroutineStart.UNDISPATCHED) {
        zim.events.filterIsInstance<ZIMEvent.MessageReceived>().first { event ->
            left -= event.result.messageList.size
            left == 0
        }
    }
    zim.login(user, ZIMLoginConfig())
}
