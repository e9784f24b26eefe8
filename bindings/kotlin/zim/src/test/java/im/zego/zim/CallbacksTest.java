package im.zego.zim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.zego.zim.callback.ZIMMessageSentCallback;
import im.zego.zim.callback.ZIMMessageSentFullCallback;
import im.zego.zim.entity.ZIMError;
import im.zego.zim.entity.ZIMMessage;
import im.zego.zim.entity.ZIMMessageReceivedInfo;
import im.zego.zim.entity.ZIMTextMessage;
import im.zego.zim.entity.ZIMUserOfflinePushRule;
import im.zego.zim.enums.ZIMConversationType;
import im.zego.zim.event.ZIMMessageReceivedEventResult;
import im.zego.zim.internal.Client;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** In which order, on which thread, and what happens when the app's code throws or is slow. */
class CallbacksTest {
    private final List<Client> opened = new ArrayList<>();

    private Client open() {
        Client client = Bed.open(null);
        opened.add(client);
        return client;
    }

    @AfterEach
    void close() {
        opened.forEach(Client::destroy);
        ZIM.setCallbackExecutor(null);
    }

    /** What a receiver is told, under the names of all versions. */
    static class Receiver extends Bed.Synchronised {
        final Told<ZIMMessage> messages = new Told<>();
        final Told<String> names = new Told<>();
        final Told<Thread> threads = new Told<>();

        @Override
        public void onMessageReceived(ZIM zim, ZIMMessageReceivedEventResult result) {
            threads.add(Thread.currentThread());
            names.add("onMessageReceived");
            result.messageList.forEach(messages::add);
        }

        @Override
        public void onPeerMessageReceived(
                ZIM zim, ArrayList<ZIMMessage> messageList, ZIMMessageReceivedInfo info, String fromUserID) {
            names.add("onPeerMessageReceived " + fromUserID);
        }

        @Override
        public void onReceivePeerMessage(ZIM zim, ArrayList<ZIMMessage> messageList, String fromUserID) {
            names.add("onReceivePeerMessage " + fromUserID);
        }
    }

    static void send(ZIM zim, String to, String text) {
        Told<ZIMError> answer = new Told<>();
        zim.sendMessage(new ZIMTextMessage(text), to, ZIMConversationType.PEER, null, sent(answer));
        Bed.success(answer.one("sent"));
    }

    static ZIMMessageSentCallback sent(Told<ZIMError> answer) {
        return new ZIMMessageSentCallback() {
            @Override
            public void onMessageAttached(ZIMMessage message) {}

            @Override
            public void onMessageSent(ZIMMessage message, ZIMError errorInfo) {
                answer.add(errorInfo);
            }
        };
    }

    // covers: C-40
    @Test
    void attachedComesFirstThenSentWithTheSameObject() {
        Client zim = open();
        Bed.login(zim, Bed.user("order"));
        Told<String> steps = new Told<>();
        ZIMTextMessage message = new ZIMTextMessage("hello");
        String receiver = Bed.user("receiver");
        Bed.login(open(), receiver);
        zim.sendMessage(message, receiver, ZIMConversationType.PEER, null, new ZIMMessageSentFullCallback() {
            @Override
            public void onMessageAttached(ZIMMessage attached) {
                assertSame(message, attached);
                steps.add("attached " + (attached.getLocalMessageID() > 0) + " " + (attached.getMessageID() > 0));
            }

            @Override
            public void onMessageSent(ZIMMessage sent, ZIMError errorInfo) {
                assertSame(message, sent);
                steps.add("sent " + (sent.getLocalMessageID() > 0) + " " + (sent.getMessageID() > 0));
            }
        });
        assertEquals(Arrays.asList("attached true false", "sent true true"), steps.waitForCount("both", 2));
        assertEquals(1, message.getMessageSeq());
    }

    @Test
    void answersAndEventsComeOnOneThreadInOrder() {
        Client zim = open();
        String user = Bed.user("thread");
        Receiver told = Bed.login(zim, user, new Receiver());
        Client sender = open();
        String from = Bed.user("sender");
        Bed.login(sender, from);
        Told<Integer> order = new Told<>();
        for (int call = 0; call < 100; call++) {
            int number = call;
            zim.queryConversationTotalUnreadMessageCount(null, (count, error) -> {
                told.threads.add(Thread.currentThread());
                order.add(number);
            });
        }
        send(sender, user, "one");
        send(sender, user, "two");
        told.messages.waitForCount("the messages", 2);
        List<Integer> answers = order.waitForCount("the answers", 100);
        for (int call = 0; call < 100; call++) {
            assertEquals(call, answers.get(call).intValue());
        }
        assertEquals(
                Arrays.asList("one", "two"),
                Arrays.asList(
                        ((ZIMTextMessage) told.messages.all().get(0)).message,
                        ((ZIMTextMessage) told.messages.all().get(1)).message));
        Thread thread = told.threads.all().get(0);
        told.threads.all().forEach(other -> assertSame(thread, other));
        assertTrue(thread.isDaemon());
        assertTrue(thread.getName().startsWith("zim-cb"), thread.getName());
        assertNotSame(Thread.currentThread(), thread);
        // The names of all versions, the newest first.
        assertEquals(
                Arrays.asList("onMessageReceived", "onPeerMessageReceived " + from, "onReceivePeerMessage " + from),
                told.names.waitForCount("all names", 3).subList(0, 3));
    }

    @Test
    void theAppChoosesWhereCallbacksRun() {
        ExecutorService executor = Executors.newSingleThreadExecutor(task -> new Thread(task, "of the app"));
        ZIM.setCallbackExecutor(executor);
        Client zim = open();
        Told<String> thread = new Told<>();
        zim.joinGroup("nowhere", (groupInfo, error) -> thread.add(Thread.currentThread().getName()));
        assertEquals("of the app", thread.one("an answer"));
        // One that refuses loses nothing.
        executor.shutdown();
        zim.joinGroup("nowhere", (groupInfo, error) -> thread.add(Thread.currentThread().getName()));
        assertTrue(thread.waitForCount("the second answer", 2).get(1).startsWith("zim-cb"));
    }

    @Test
    void anExceptionIsToldAndTheNextCallbackComes() {
        Client zim = open();
        Bed.Synchronised told = Bed.login(zim, Bed.user("throws"));
        Told<ZIMError> answer = new Told<>();
        zim.leaveGroup("nowhere", (groupID, errorInfo) -> {
            throw new IllegalStateException("of the app");
        });
        zim.leaveGroup("nowhere", (groupID, errorInfo) -> answer.add(errorInfo));
        answer.one("the next answer");
        assertTrue(told.errors.one("onError").message.contains("of the app"));
    }

    @Test
    void aSlowHostLosesNothing() throws InterruptedException {
        Client zim = open();
        String user = Bed.user("slow");
        CountDownLatch open = new CountDownLatch(1);
        class Slow extends Receiver {
            @Override
            public void onMessageReceived(ZIM zim, ZIMMessageReceivedEventResult result) {
                try {
                    open.await();
                } catch (InterruptedException error) {
                    throw new AssertionError(error);
                }
                super.onMessageReceived(zim, result);
            }
        }
        Slow told = Bed.login(zim, user, new Slow());
        List<String> expected = new ArrayList<>();
        // Several senders: each may send ten a second.
        for (int sender = 0; sender < 4; sender++) {
            Client from = open();
            Bed.login(from, Bed.user("fast"));
            for (int number = 0; number < 10; number++) {
                String text = sender + " " + number;
                send(from, user, text);
                expected.add(text);
            }
        }
        assertEquals(0, told.messages.all().size());
        open.countDown();
        List<String> got = new ArrayList<>();
        told.messages.waitForCount("all", expected.size()).forEach(message -> got.add(((ZIMTextMessage) message).message));
        assertEquals(expected, got);
    }

    @Test
    void theFormerHandlerIsToldNothingMore() {
        Client zim = open();
        String user = Bed.user("changes");
        Receiver first = Bed.login(zim, user, new Receiver());
        Receiver second = new Receiver();
        zim.setEventHandler(second);
        Client sender = open();
        Bed.login(sender, Bed.user("sender"));
        send(sender, user, "for the second");
        second.messages.one("the message");
        assertEquals(Collections.emptyList(), first.messages.all());
    }

    @Test
    void bothNamesOfARenamedAnswerAreCalled() {
        Client zim = open();
        Bed.login(zim, Bed.user("renamed"));
        Told<String> names = new Told<>();
        ZIMUserOfflinePushRule rule = new ZIMUserOfflinePushRule();
        rule.onlinePlatforms = new ArrayList<>(Arrays.asList(1, 4));
        rule.notToReceiveOfflinePushPlatforms = new ArrayList<>(Collections.singletonList(3));
        zim.updateUserOfflinePushRule(rule, new im.zego.zim.callback.ZIMUserOfflinePushRuleUpdatedCallback() {
            @Override
            public void onUserOfflinePushRuleUpdated(ZIMUserOfflinePushRule inForce, ZIMError errorInfo) {
                assertEquals(rule.onlinePlatforms, inForce.onlinePlatforms);
                names.add("newer");
            }

            @Override
            public void onUserOfflinePushRuleInfoUpdated(ZIMUserOfflinePushRule inForce, ZIMError errorInfo) {
                names.add("older");
            }
        });
        assertEquals(Arrays.asList("newer", "older"), names.waitForCount("both", 2));
    }
}
