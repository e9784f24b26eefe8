package im.zego.zim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.zego.zim.entity.ZIMCommandMessage;
import im.zego.zim.entity.ZIMError;
import im.zego.zim.entity.ZIMMessage;
import im.zego.zim.entity.ZIMMessageQueryConfig;
import im.zego.zim.entity.ZIMMessageRevokeConfig;
import im.zego.zim.entity.ZIMPushConfig;
import im.zego.zim.entity.ZIMRevokeMessage;
import im.zego.zim.entity.ZIMTextMessage;
import im.zego.zim.enums.ZIMConversationType;
import im.zego.zim.enums.ZIMErrorCode;
import im.zego.zim.enums.ZIMMessageRevokeStatus;
import im.zego.zim.enums.ZIMMessageType;
import im.zego.zim.enums.ZIMRevokeType;
import im.zego.zim.event.ZIMMessageReceivedEventResult;
import im.zego.zim.internal.Client;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A message is taken back: what its sender, its receivers and their histories then hold. */
class RecallTest {
    private final List<Client> opened = new ArrayList<>();
    private final String aliceID = Bed.user("alice");
    private final String bobID = Bed.user("bob");

    private Client open(Path folder) {
        Client client = Bed.open(folder == null ? null : folder.toString());
        opened.add(client);
        return client;
    }

    private Client alice() {
        Client alice = open(null);
        Bed.login(alice, aliceID);
        return alice;
    }

    @AfterEach
    void close() {
        opened.forEach(Client::destroy);
    }

    /** What a receiver is told of messages and of their recalls. */
    private static final class Receiver extends Bed.Synchronised {
        final Told<ZIMMessage> messages = new Told<>();
        final Told<ZIMRevokeMessage> recalls = new Told<>();
        final Told<Integer> unread = new Told<>();

        @Override
        public void onMessageReceived(ZIM zim, ZIMMessageReceivedEventResult result) {
            result.messageList.forEach(messages::add);
        }

        @Override
        public void onMessageRevokeReceived(ZIM zim, ArrayList<ZIMRevokeMessage> messageList) {
            messageList.forEach(recalls::add);
        }

        @Override
        public void onConversationTotalUnreadMessageCountUpdated(ZIM zim, int totalUnreadMessageCount) {
            unread.add(totalUnreadMessageCount);
        }
    }

    private static final class Answer {
        final ZIMMessage message;
        final ZIMError error;

        Answer(ZIMMessage message, ZIMError error) {
            this.message = message;
            this.error = error;
        }
    }

    private static Answer recall(ZIM zim, ZIMMessage message, ZIMMessageRevokeConfig config) {
        Told<Answer> answer = new Told<>();
        zim.revokeMessage(message, config, (left, errorInfo) -> answer.add(new Answer(left, errorInfo)));
        return answer.one("the answer to the recall");
    }

    private static ZIMTextMessage send(ZIM zim, String to, String text) {
        ZIMTextMessage message = new ZIMTextMessage(text);
        Told<ZIMError> answer = new Told<>();
        zim.sendMessage(message, to, ZIMConversationType.PEER, null, CallbacksTest.sent(answer));
        Bed.success(answer.one("sent"));
        return message;
    }

    private static ArrayList<ZIMMessage> history(ZIM zim, String with) {
        ZIMMessageQueryConfig config = new ZIMMessageQueryConfig();
        config.count = 10;
        config.reverse = true;
        Told<ArrayList<ZIMMessage>> page = new Told<>();
        zim.queryHistoryMessage(with, ZIMConversationType.PEER, config, (conversationID, type, messageList, errorInfo) -> {
            Bed.success(errorInfo);
            page.add(messageList);
        });
        return page.one("the history");
    }

    @Test
    void whatIsLeftStandsInTheMessagesPlace() {
        Client alice = alice();
        Client bob = open(null);
        Receiver told = Bed.login(bob, bobID, new Receiver());
        ZIMTextMessage message = send(alice, bobID, "Grüße, 世界");
        told.messages.one("the message");
        told.unread.waitFor("the count", count -> count == 1);

        ZIMMessageRevokeConfig config = new ZIMMessageRevokeConfig();
        config.revokeExtendedData = "{\"why\":\"错字\"}";
        Answer answer = recall(alice, message, config);
        Bed.success(answer.error);
        isLeftOf(message, (ZIMRevokeMessage) answer.message, aliceID);
        assertEquals(message.getLocalMessageID(), answer.message.getLocalMessageID());
        assertSame(ZIMMessageType.TEXT, message.getType(), "the object that was sent stays what it was");

        ZIMRevokeMessage received = told.recalls.one("the recall");
        isLeftOf(message, received, aliceID);
        told.unread.waitFor("nothing to read", count -> count == 0);
        for (ZIMMessage kept : new ZIMMessage[] {history(bob, aliceID).get(0), history(alice, bobID).get(0)}) {
            isLeftOf(message, (ZIMRevokeMessage) kept, aliceID);
        }
    }

    private static void isLeftOf(ZIMTextMessage message, ZIMRevokeMessage left, String operator) {
        assertEquals(message.getMessageID(), left.getMessageID());
        assertEquals(message.getMessageSeq(), left.getMessageSeq());
        assertEquals(message.getTimestamp(), left.getTimestamp());
        assertEquals(operator, left.getSenderUserID());
        assertSame(ZIMMessageType.REVOKE, left.getType());
        assertSame(ZIMRevokeType.TWO_WAY, left.getRevokeType());
        assertSame(ZIMMessageRevokeStatus.SELF_REVOKE, left.getRevokeStatus());
        assertEquals(operator, left.getOperatedUserID());
        assertSame(ZIMMessageType.TEXT, left.getOriginalMessageType());
        assertEquals("Grüße, 世界", left.getOriginalTextMessageContent());
        assertEquals("{\"why\":\"错字\"}", left.getRevokeExtendedData());
        assertTrue(left.getRevokeTimestamp() >= left.getTimestamp());
    }

    @Test
    void oneWhoWasAwayIsPushedToAndToldOnReturn(@TempDir Path folder) {
        Client alice = alice();
        try (Phone phone = new Phone(Bed.get().packageName(), "token-of-" + bobID)) {
            Client bob = open(folder);
            phone.attach(bob);
            Receiver before = Bed.login(bob, bobID, new Receiver());
            ZIMTextMessage first = send(alice, bobID, "first");
            ZIMTextMessage second = send(alice, bobID, "second");
            before.messages.waitForCount("the messages", 2);
            Told<ZIMError> badge = new Told<>();
            // Answered after the registration, which the login uploads.
            bob.updateUserBadge(0, badge::add);
            Bed.success(badge.one("the badge"));
            bob.destroy();

            Bed.get().forgetPushes();
            ZIMMessageRevokeConfig config = new ZIMMessageRevokeConfig();
            config.pushConfig = push("one was taken back");
            Bed.success(recall(alice, first, config).error);
            // The name of before 3.0.0.
            ZIMMessageRevokeConfig earlier = new ZIMMessageRevokeConfig();
            earlier.config = push("so was the other");
            Bed.success(recall(alice, second, earlier).error);
            String pushes = Bed.get().waitForPushes("fcm", 2).toString();
            assertTrue(pushes.contains("one was taken back") && pushes.contains("so was the other"), pushes);

            Client back = open(folder);
            phone.attach(back);
            Receiver told = Bed.login(back, bobID, new Receiver());
            List<ZIMRevokeMessage> recalls = told.recalls.waitForCount("the recalls", 2);
            assertEquals(first.getMessageID(), recalls.get(0).getMessageID());
            assertEquals(second.getMessageID(), recalls.get(1).getMessageID());
            assertEquals("second", recalls.get(1).getOriginalTextMessageContent());
            // A further message shows that they came once and that the recalled ones are not told as messages again.
            send(alice, bobID, "last");
            assertEquals("last", ((ZIMTextMessage) told.messages.one("the last message")).message);
            assertEquals(2, told.recalls.all().size());
            phone.unregister();
        }
    }

    private static ZIMPushConfig push(String title) {
        ZIMPushConfig config = new ZIMPushConfig();
        config.title = title;
        return config;
    }

    @Test
    void whatCannotBeRecalledComesBackWithThePublishedCode() {
        Client alice = alice();
        Client bob = open(null);
        Receiver told = Bed.login(bob, bobID, new Receiver());
        ZIMTextMessage message = send(alice, bobID, "once");
        ZIMMessage received = told.messages.one("the message");
        refused(ZIMErrorCode.COMMON_MODULE_PARAMS_INVALID, bob, new ZIMTextMessage("never sent"));
        refused(ZIMErrorCode.COMMON_MODULE_PARAMS_INVALID, alice, sentCommand(alice));
        refused(ZIMErrorCode.COMMON_MODULE_PARAMS_INVALID, alice, null);
        assertTrue(recall(bob, received, null).error.code != ZIMErrorCode.SUCCESS, "it is not the receiver's");

        Answer answer = recall(alice, message, null);
        Bed.success(answer.error);
        assertNotSame(message, answer.message);
        refused(ZIMErrorCode.MESSAGE_MODULE_MESSAGE_HAS_BEEN_REVOKED, alice, message);
        refused(ZIMErrorCode.MESSAGE_MODULE_MESSAGE_HAS_BEEN_REVOKED, alice, answer.message);
    }

    private static void refused(ZIMErrorCode code, ZIM zim, ZIMMessage message) {
        Answer answer = recall(zim, message, null);
        assertSame(code, answer.error.code, answer.error::toString);
        assertSame(message, answer.message, "the app gets its own object back");
    }

    private ZIMMessage sentCommand(ZIM zim) {
        ZIMCommandMessage message = new ZIMCommandMessage(new byte[] {1});
        Told<ZIMError> answer = new Told<>();
        zim.sendMessage(message, bobID, ZIMConversationType.PEER, null, CallbacksTest.sent(answer));
        Bed.success(answer.one("sent"));
        return message;
    }
}
