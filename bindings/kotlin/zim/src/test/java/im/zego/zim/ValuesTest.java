package im.zego.zim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;

import im.zego.zim.entity.ZIMCallInviteConfig;
import im.zego.zim.entity.ZIMCommandMessage;
import im.zego.zim.entity.ZIMConversation;
import im.zego.zim.entity.ZIMConversationQueryConfig;
import im.zego.zim.entity.ZIMCustomMessage;
import im.zego.zim.entity.ZIMError;
import im.zego.zim.entity.ZIMGroupAdvancedConfig;
import im.zego.zim.entity.ZIMGroupFullInfo;
import im.zego.zim.entity.ZIMGroupInfo;
import im.zego.zim.entity.ZIMGroupMemberInfo;
import im.zego.zim.entity.ZIMGroupMemberQueryConfig;
import im.zego.zim.entity.ZIMMessage;
import im.zego.zim.entity.ZIMMessageQueryConfig;
import im.zego.zim.entity.ZIMTextMessage;
import im.zego.zim.entity.ZIMVoIPConfig;
import im.zego.zim.enums.ZIMCXHandleType;
import im.zego.zim.enums.ZIMConversationType;
import im.zego.zim.enums.ZIMErrorCode;
import im.zego.zim.enums.ZIMGroupMemberRole;
import im.zego.zim.enums.ZIMMessageDirection;
import im.zego.zim.enums.ZIMMessageSentStatus;
import im.zego.zim.enums.ZIMUserInfoType;
import im.zego.zim.internal.Client;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What goes in comes out: every class of message, every kind of field, empty and large. */
class ValuesTest {
    private static final String UNICODE = "你好, мир \u0000 \uD83D\uDC4B\uD83C\uDFFD مرحبا";

    private Client alice;
    private Client bob;
    private String aliceID;
    private String bobID;
    private CallbacksTest.Receiver told;

    @BeforeEach
    void login() {
        alice = Bed.open(null);
        bob = Bed.open(null);
        aliceID = Bed.user("alice");
        bobID = Bed.user("bob");
        Bed.login(alice, aliceID);
        told = Bed.login(bob, bobID, new CallbacksTest.Receiver());
    }

    @AfterEach
    void close() {
        alice.destroy();
        bob.destroy();
    }

    @Test
    void everyClassOfMessageArrivesAsItWasSent() {
        ZIMTextMessage text = new ZIMTextMessage(UNICODE);
        text.extendedData = UNICODE;
        text.localExtendedData = "stays here";
        text.mentionedUserIDs = new ArrayList<>(Collections.singletonList(bobID));
        text.isMentionAll = true;
        send(text);
        ZIMTextMessage gotText = (ZIMTextMessage) told.messages.waitForCount("text", 1).get(0);
        assertEquals(UNICODE, gotText.message);
        assertEquals(UNICODE, gotText.extendedData);
        assertEquals("", gotText.localExtendedData);
        assertEquals("stays here", text.localExtendedData);
        assertEquals(Collections.singletonList(bobID), gotText.mentionedUserIDs);
        assertEquals(true, gotText.isMentionAll);
        assertEquals(aliceID, gotText.getSenderUserID());
        assertEquals(aliceID, gotText.getConversationID());
        assertEquals(bobID, text.getConversationID());
        assertEquals(ZIMMessageDirection.RECEIVE, gotText.getDirection());
        assertEquals(ZIMMessageSentStatus.SUCCESS, text.getSentStatus());
        assertEquals(text.getMessageID(), gotText.getMessageID());
        assertEquals(text.getTimestamp(), gotText.getTimestamp());
        assertFalse(gotText.toString().contains("你好"));

        ZIMCustomMessage custom = new ZIMCustomMessage("{}", 200);
        custom.searchedContent = UNICODE;
        send(custom);
        ZIMCustomMessage gotCustom = (ZIMCustomMessage) told.messages.waitForCount("custom", 2).get(1);
        assertEquals("{}", gotCustom.message);
        assertEquals(200, gotCustom.subType);
        assertEquals(UNICODE, gotCustom.searchedContent);

        byte[] bytes = new byte[256];
        for (int at = 0; at < bytes.length; at++) {
            bytes[at] = (byte) at;
        }
        send(new ZIMCommandMessage(bytes));
        ZIMCommandMessage gotCommand = (ZIMCommandMessage) told.messages.waitForCount("command", 3).get(2);
        assertArrayEquals(bytes, gotCommand.message);
    }

    @Test
    void anEmptyMessageIsRefusedAndALargeOneArrives() {
        Told<ZIMError> answer = new Told<>();
        alice.sendMessage(new ZIMTextMessage(), bobID, ZIMConversationType.PEER, null, CallbacksTest.sent(answer));
        assertEquals(ZIMErrorCode.COMMON_MODULE_PARAMS_INVALID, answer.one("an answer").code);
        String large = new String(new char[8_000]).replace("\0", "界");
        send(new ZIMTextMessage(large));
        assertEquals(large, ((ZIMTextMessage) told.messages.one("the message")).message);
        Told<ZIMError> second = new Told<>();
        ZIMTextMessage larger = new ZIMTextMessage(large + large);
        alice.sendMessage(larger, bobID, ZIMConversationType.PEER, null, CallbacksTest.sent(second));
        assertFalse(second.one("an answer").code == ZIMErrorCode.SUCCESS);
    }

    @Test
    void groupsCarryTheirFields() {
        ZIMGroupInfo group = new ZIMGroupInfo();
        group.groupID = Bed.user("group");
        group.groupName = "Müller & 世界";
        ZIMGroupAdvancedConfig config = new ZIMGroupAdvancedConfig();
        config.groupNotice = UNICODE.replace("\u0000", "");
        config.groupAttributes.put("key", "значение");
        Told<ZIMGroupFullInfo> made = new Told<>();
        alice.createGroup(group, new ArrayList<>(Collections.singletonList(bobID)), config,
                (groupInfo, userList, errorUserList, errorInfo) -> {
                    Bed.success(errorInfo);
                    assertEquals(0, errorUserList.size());
                    made.add(groupInfo);
                });
        ZIMGroupFullInfo info = made.one("the group");
        assertEquals(group.groupName, info.baseInfo.groupName);
        assertEquals(config.groupNotice, info.groupNotice);
        assertEquals(config.groupAttributes, info.groupAttributes);
        Told<ZIMGroupMemberInfo> members = new Told<>();
        ZIMGroupMemberQueryConfig query = new ZIMGroupMemberQueryConfig();
        query.count = 10;
        alice.queryGroupMemberList(group.groupID, query, (groupID, userList, nextFlag, errorInfo) -> {
            Bed.success(errorInfo);
            userList.forEach(members::add);
        });
        ZIMGroupMemberInfo owner = members.waitFor("the owner", member -> member.userID.equals(aliceID));
        assertEquals(ZIMGroupMemberRole.OWNER, owner.memberRole);
        assertEquals(ZIMUserInfoType.GROUP_MEMBER, owner.type);
        assertEquals(owner.userAvatarUrl, owner.memberAvatarUrl);
    }

    @Test
    void historyAndConversationsPageOn() {
        for (int number = 0; number < 5; number++) {
            send(new ZIMTextMessage("number " + number));
        }
        told.messages.waitForCount("all", 5);
        ZIMMessageQueryConfig query = new ZIMMessageQueryConfig();
        query.count = 2;
        query.reverse = true;
        List<String> texts = new ArrayList<>();
        for (int page = 0; page < 3; page++) {
            Told<List<ZIMMessage>> answer = new Told<>();
            bob.queryHistoryMessage(aliceID, ZIMConversationType.PEER, query, (id, type, messages, error) -> {
                Bed.success(error);
                answer.add(messages);
            });
            List<ZIMMessage> messages = answer.one("a page");
            messages.forEach(message -> texts.add(((ZIMTextMessage) message).message));
            query.nextMessage = messages.get(0);
        }
        Collections.sort(texts);
        assertEquals(Arrays.asList("number 0", "number 1", "number 2", "number 3", "number 4"), texts);

        Told<List<ZIMConversation>> list = new Told<>();
        ZIMConversationQueryConfig conversations = new ZIMConversationQueryConfig();
        conversations.count = 10;
        bob.queryConversationList(conversations, (found, error) -> list.add(found));
        ZIMConversation conversation = list.one("the list").get(0);
        assertEquals(aliceID, conversation.conversationID);
        assertEquals(5, conversation.unreadMessageCount);
        assertEquals("number 4", ((ZIMTextMessage) conversation.lastMessage).message);
    }

    @Test
    void defaultsAreThePublishedOnes() {
        assertEquals(90, new ZIMCallInviteConfig().timeout);
        assertEquals(ZIMCXHandleType.GENERIC, new ZIMVoIPConfig().iOSVoIPHandleType);
        assertEquals("", new im.zego.zim.entity.ZIMPushConfig().payload);
        assertSame(null, new im.zego.zim.entity.ZIMMessageSendConfig().pushConfig);
    }

    @Test
    void manyThreadsMayCallAtOnce() throws InterruptedException {
        Told<Integer> answers = new Told<>();
        ConcurrentLinkedQueue<ZIMError> failed = new ConcurrentLinkedQueue<>();
        List<Thread> threads = new ArrayList<>();
        for (int number = 0; number < 8; number++) {
            Thread thread = new Thread(() -> {
                for (int call = 0; call < 100; call++) {
                    alice.queryConversationTotalUnreadMessageCount(null, (count, error) -> {
                        if (error.code != ZIMErrorCode.SUCCESS) {
                            failed.add(error);
                        }
                        answers.add(count);
                    });
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        answers.waitForCount("every answer", 800);
        assertEquals(Collections.emptyList(), new ArrayList<>(failed));
    }

    private void send(ZIMMessage message) {
        Told<ZIMError> answer = new Told<>();
        alice.sendMessage(message, bobID, ZIMConversationType.PEER, null, CallbacksTest.sent(answer));
        Bed.success(answer.one("sent"));
    }
}
