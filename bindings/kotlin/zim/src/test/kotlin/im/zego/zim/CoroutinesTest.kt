package im.zego.zim

import im.zego.zim.coroutines.ZIMEvent
import im.zego.zim.coroutines.ZIMException
import im.zego.zim.coroutines.createGroup
import im.zego.zim.coroutines.events
import im.zego.zim.coroutines.joinGroup
import im.zego.zim.coroutines.login
import im.zego.zim.coroutines.queryConversationTotalUnreadMessageCount
import im.zego.zim.coroutines.revokeMessage
import im.zego.zim.coroutines.sendMessage
import im.zego.zim.entity.ZIMGroupInfo
import im.zego.zim.entity.ZIMLoginConfig
import im.zego.zim.entity.ZIMMessageRevokeConfig
import im.zego.zim.entity.ZIMRevokeMessage
import im.zego.zim.entity.ZIMTextMessage
import im.zego.zim.enums.ZIMConversationSyncState
import im.zego.zim.enums.ZIMConversationType
import im.zego.zim.enums.ZIMErrorCode
import im.zego.zim.internal.Client
import java.util.concurrent.Executor
import java.util.concurrent.atomic.AtomicInteger
import kotlin.coroutines.ContinuationInterceptor
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.asExecutor
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.filterIsInstance
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** The Kotlin layer: suspending calls, errors as exceptions, events as a flow, cancellation. */
class CoroutinesTest {
    private val opened = mutableListOf<Client>()

    private fun open(): Client = Bed.open(null).also { opened += it }

    @AfterEach
    fun close() {
        opened.forEach(Client::destroy)
        ZIM.setCallbackExecutor(null)
    }

    /** Nothing here takes that long. */
    private fun <T> test(body: suspend kotlinx.coroutines.CoroutineScope.() -> T): T =
        runBlocking { withTimeout(60_000) { body() } }

    private suspend fun ZIM.loginAs(user: String) {
        val synchronised = kotlinx.coroutines.coroutineScope {
            val waiting = async(start = CoroutineStart.UNDISPATCHED) {
                events.first { it is ZIMEvent.ConversationSyncStateChanged && it.state == ZIMConversationSyncState.FINISHED }
            }
            login(user, ZIMLoginConfig().apply { token = Bed.get().token(user) })
            waiting.await()
        }
        assertTrue(synchronised is ZIMEvent.ConversationSyncStateChanged)
    }

    @Test
    fun `a conversation reads like plain code`() = test {
        val (alice, bob) = open() to open()
        val (aliceID, bobID) = Bed.user("alice") to Bed.user("bob")
        alice.loginAs(aliceID)
        bob.loginAs(bobID)
        val received = async(Dispatchers.Default, start = CoroutineStart.UNDISPATCHED) {
            bob.events.filterIsInstance<ZIMEvent.MessageReceived>().take(2).toList()
        }
        var attached = 0L
        val message = ZIMTextMessage("hello")
        val sent = alice.sendMessage(message, bobID, ZIMConversationType.PEER) { attached = it.localMessageID }
        assertSame(message, sent)
        assertEquals(attached, sent.localMessageID)
        alice.sendMessage(ZIMTextMessage("again"), bobID, ZIMConversationType.PEER)
        val texts = received.await().flatMap { it.result.messageList }.map { (it as ZIMTextMessage).message }
        assertEquals(listOf("hello", "again"), texts)
        assertEquals(2, bob.queryConversationTotalUnreadMessageCount())
        val group = alice.createGroup(ZIMGroupInfo().apply { groupID = Bed.user("group") }, listOf(bobID))
        assertEquals(2, group.userList.size)
    }

    @Test
    fun `a recall returns what is left of the message, and is an event`() = test {
        val (alice, bob) = open() to open()
        val bobID = Bed.user("bob")
        alice.loginAs(Bed.user("alice"))
        bob.loginAs(bobID)
        val recalls = async(start = CoroutineStart.UNDISPATCHED) {
            bob.events.filterIsInstance<ZIMEvent.MessageRevokeReceived>().first()
        }
        val sent = alice.sendMessage(ZIMTextMessage("hello"), bobID, ZIMConversationType.PEER)
        val left = alice.revokeMessage(sent, ZIMMessageRevokeConfig().apply { revokeExtendedData = "typo" }) as ZIMRevokeMessage
        assertEquals(sent.messageID, left.messageID)
        assertEquals("typo", left.revokeExtendedData)
        val told = recalls.await().messageList.single()
        assertEquals(sent.messageID, told.messageID)
        assertEquals("hello", told.originalTextMessageContent)
        val again = assertThrows(ZIMException::class.java) { runBlocking { alice.revokeMessage(sent) } }
        assertEquals(6000279, again.code.value())
    }

    @Test
    fun `an error is an exception with the published code`() = test {
        val zim = open()
        val early = assertThrows(ZIMException::class.java) { runBlocking { zim.joinGroup("g") } }
        assertEquals(ZIMErrorCode.NETWORK_MODULE_USER_IS_NOT_LOGGED, early.code)
        zim.loginAs(Bed.user("errors"))
        val missing = assertThrows(ZIMException::class.java) {
            runBlocking { zim.sendMessage(ZIMTextMessage("hi"), "", ZIMConversationType.PEER) }
        }
        assertEquals(ZIMErrorCode.COMMON_MODULE_PARAMS_INVALID, missing.code)
        assertTrue(missing.error.message.contains("toConversationID"))
    }

    @Test
    fun `cancelling stops the waiting and not the operation`() = test {
        // Answers come on this thread: none can between the send and its cancellation.
        ZIM.setCallbackExecutor((coroutineContext[ContinuationInterceptor] as CoroutineDispatcher).asExecutor())
        val (alice, bob) = open() to open()
        val bobID = Bed.user("bob")
        alice.loginAs(Bed.user("alice"))
        bob.loginAs(bobID)
        val received = async(start = CoroutineStart.UNDISPATCHED) {
            bob.events.filterIsInstance<ZIMEvent.MessageReceived>().first()
        }
        val sending = launch(start = CoroutineStart.UNDISPATCHED) {
            alice.sendMessage(ZIMTextMessage("goes out"), bobID, ZIMConversationType.PEER)
        }
        sending.cancelAndJoin()
        assertTrue(sending.isCancelled)
        assertEquals("goes out", (received.await().result.messageList.single() as ZIMTextMessage).message)
    }

    @Test
    fun `the end of the client ends waits and flows`() = test {
        // Callbacks that never run: the wait can only end by destroy.
        ZIM.setCallbackExecutor(Executor { })
        val zim = open()
        val waiting = async(start = CoroutineStart.UNDISPATCHED) { runCatching { zim.joinGroup("nowhere") } }
        val flow = async(start = CoroutineStart.UNDISPATCHED) { zim.events.toList() }
        zim.destroy()
        val failure = waiting.await().exceptionOrNull() as ZIMException
        assertEquals(ZIMErrorCode.COMMON_MODULE_NOT_INIT, failure.code)
        assertEquals(emptyList<ZIMEvent>(), flow.await())
        val late = runCatching { zim.joinGroup("nowhere") }.exceptionOrNull() as ZIMException
        assertEquals(ZIMErrorCode.COMMON_MODULE_NOT_INIT, late.code)
        assertEquals(emptyList<ZIMEvent>(), zim.events.toList())
    }

    @Test
    fun `many coroutines may call at once, and every collector gets every event`() = test {
        val zim = open()
        val told = AtomicInteger()
        val flows: List<Flow<ZIMEvent>> = List(3) { zim.events }
        val collectors = flows.map { flow ->
            launch(start = CoroutineStart.UNDISPATCHED) {
                flow.first { it is ZIMEvent.ConversationSyncStateChanged && it.state == ZIMConversationSyncState.FINISHED }
                told.incrementAndGet()
            }
        }
        zim.loginAs(Bed.user("many"))
        collectors.forEach { it.join() }
        assertEquals(3, told.get())
        val counts = List(200) { async(Dispatchers.Default) { zim.queryConversationTotalUnreadMessageCount() } }.awaitAll()
        assertEquals(List(200) { 0 }, counts)
    }
}
