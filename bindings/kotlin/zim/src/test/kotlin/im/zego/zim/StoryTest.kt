package im.zego.zim

import im.zego.zim.callback.ZIMEventHandler
import im.zego.zim.coroutines.callInvite
import im.zego.zim.coroutines.createGroup
import im.zego.zim.coroutines.login
import im.zego.zim.coroutines.awaitLogout
import im.zego.zim.coroutines.sendMessage
import im.zego.zim.coroutines.updateUserBadge
import im.zego.zim.entity.ZIMAppConfig
import im.zego.zim.entity.ZIMCallInvitationReceivedInfo
import im.zego.zim.entity.ZIMCallInvitationSentInfo
import im.zego.zim.entity.ZIMCallInviteConfig
import im.zego.zim.entity.ZIMError
import im.zego.zim.entity.ZIMGroupInfo
import im.zego.zim.entity.ZIMLoginConfig
import im.zego.zim.entity.ZIMMessage
import im.zego.zim.entity.ZIMMessageSendConfig
import im.zego.zim.entity.ZIMPushConfig
import im.zego.zim.entity.ZIMTextMessage
import im.zego.zim.enums.ZIMConversationType
import im.zego.zim.event.ZIMMessageReceivedEventResult
import im.zego.zim.internal.Client
import im.zego.zim.internal.Clients
import im.zego.zim.samples.PublishedSender
import java.nio.file.Path
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** The whole story of the documents: the receiver registers and goes away, the published sample sends, the receiver returns. */
class StoryTest {
    private val bed = Testbed.start()
    private val opened = mutableListOf<Client>()

    @AfterEach
    fun close() {
        opened.forEach(Client::destroy)
        ZIM.setAdvancedConfig("ca_certificates", null)
        bed.close()
    }

    private fun open(folder: Path? = null): Client {
        ZIM.setAdvancedConfig("ca_certificates", bed.certificates())
        val config = ZIMAppConfig().apply {
            appID = bed.appID()
            serverURL = bed.url()
            appSign = bed.appSign()
        }
        return Clients.open(config, folder?.toString()).also { opened += it }
    }

    private suspend fun ZIM.loginAs(user: String) = login(user, ZIMLoginConfig().apply { token = bed.token(user) })

    // covers: C-39, C-40, C-41, C-42, C-43
    @Test
    fun theJavaSampleSendsAndTheReceiverGetsEverythingOnce(@TempDir folder: Path) = story(folder) { zim ->
        val told = Told<String>()
        val sender = PublishedSender(zim, object : PublishedSender.Report {
            override fun attached(message: ZIMMessage) = told.add("attached")

            override fun sent(message: ZIMMessage, errorInfo: ZIMError) = told.add("sent ${errorInfo.code}")

            override fun invited(callID: String, info: ZIMCallInvitationSentInfo, errorInfo: ZIMError) =
                told.add("invited ${callID.isNotEmpty()} ${info.errorUserList.size}")
        })
        sender.sendPeerMessage()
        assertEquals(listOf("attached", "sent SUCCESS"), told.waitForCount("the peer message", 2))
        sender.sendGroupMessage()
        assertEquals(listOf("attached", "sent SUCCESS"), told.waitForCount("the group message", 4).drop(2))
        sender.callInvite()
        assertEquals("invited true 0", told.waitForCount("the call", 5).last())
    }

    @Test
    fun theSameInKotlin(@TempDir folder: Path) = story(folder) { zim ->
        fun push(of: String) = ZIMPushConfig().apply {
            title = "Title of the $of"
            content = "Content of the $of"
            payload = "Payload of the $of"
        }
        fun config(of: String) = ZIMMessageSendConfig().apply { pushConfig = push(of) }
        zim.sendMessage(ZIMTextMessage("Message to a user"), "myUserID", ZIMConversationType.PEER, config("peer message"))
        zim.sendMessage(ZIMTextMessage("Message to a group"), "myGroupID", ZIMConversationType.GROUP, config("group message"))
        val call = zim.callInvite(listOf("userA", "userB"), ZIMCallInviteConfig().apply {
            timeout = 200
            pushConfig = push("call")
        })
        assertTrue(call.callID.isNotEmpty())
    }

    private fun story(folder: Path, send: suspend (ZIM) -> Unit) = runBlocking {
        withTimeout(120_000) {
            // Two users on phones: one of the messages, one of the call; a third is online.
            val phones = listOf("myUserID", "userA").map { user ->
                val phone = Phone(bed.packageName(), "token-of-$user")
                val zim = open(folder.resolve(user))
                phone.attach(zim)
                zim.loginAs(user)
                // Answered after the registration, which the login uploads.
                zim.updateUserBadge(0)
                zim.destroy()
                user to phone
            }.toMap()
            val online = open()
            val ringing = Receiver()
            online.setEventHandler(ringing)
            online.loginAs("userB")
            val sender = open()
            sender.loginAs("sender")
            sender.createGroup(ZIMGroupInfo().apply { groupID = "myGroupID" }, listOf("myUserID"))

            send(sender)

            val pushes = bed.waitForPushes("fcm", 3).map { it.toString() }
            for (what in listOf("peer message", "group message", "call")) {
                val shown = pushes.single { "Content of the $what" in it }
                assertTrue("Title of the $what" in shown && "Payload of the $what" in shown, shown)
            }
            ringing.calls.one("the call of the one who is online")

            val returned = comesBack(folder, "myUserID", phones)
            assertEquals(
                setOf("Message to a user", "Message to a group"),
                returned.texts.waitForCount("both messages", 2).toSet(),
            )
            comesBack(folder, "userA", phones).calls.one("the call of the one who was away")
            // A further message shows that the others came once: they are told in order.
            sender.sendMessage(ZIMTextMessage("last"), "myUserID", ZIMConversationType.PEER)
            returned.texts.waitFor("the last message") { it == "last" }
            assertEquals(3, returned.texts.all().size)
            leaves(sender, phones)
        }
    }

    private suspend fun comesBack(folder: Path, user: String, phones: Map<String, Phone>): Receiver {
        val zim = open(folder.resolve(user))
        val told = Receiver()
        zim.setEventHandler(told)
        phones.getValue(user).attach(zim)
        zim.loginAs(user)
        return told
    }

    /** After unregistering and logging out nothing is pushed any more. */
    private suspend fun leaves(sender: ZIM, phones: Map<String, Phone>) {
        phones.values.forEach { it.unregister() }
        for (zim in opened) if (zim !== sender && zim.nativeClient() != null) zim.awaitLogout()
        phones.values.forEach { it.close() }
        bed.forgetPushes()
        val config = ZIMMessageSendConfig().apply { pushConfig = ZIMPushConfig().apply { title = "nobody sees this" } }
        val sent = runCatching { sender.sendMessage(ZIMTextMessage("away"), "myUserID", ZIMConversationType.PEER, config) }
        assertTrue(sent.isSuccess, sent.toString())
        assertEquals(0, bed.pushes("fcm"))
    }

    private class Receiver : ZIMEventHandler() {
        val texts = Told<String>()
        val calls = Told<String>()

        override fun onMessageReceived(zim: ZIM, result: ZIMMessageReceivedEventResult) {
            result.messageList.forEach { texts.add((it as ZIMTextMessage).message) }
        }

        override fun onCallInvitationReceived(zim: ZIM, info: ZIMCallInvitationReceivedInfo, callID: String) {
            calls.add(callID)
        }
    }
}
