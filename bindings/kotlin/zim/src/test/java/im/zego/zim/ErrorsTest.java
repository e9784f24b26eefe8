package im.zego.zim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.zego.zim.callback.ZIMMessageSentCallback;
import im.zego.zim.entity.ZIMError;
import im.zego.zim.entity.ZIMLoginConfig;
import im.zego.zim.entity.ZIMMessage;
import im.zego.zim.entity.ZIMMessageSendConfig;
import im.zego.zim.entity.ZIMPushConfig;
import im.zego.zim.entity.ZIMTextMessage;
import im.zego.zim.enums.ZIMConversationNotificationStatus;
import im.zego.zim.enums.ZIMConversationType;
import im.zego.zim.enums.ZIMErrorCode;
import im.zego.zim.internal.Client;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Errors: every published code, and bad input from each kind of argument. */
class ErrorsTest {
    private Client zim;

    @BeforeEach
    void open() {
        zim = Bed.open(null);
    }

    @AfterEach
    void close() {
        zim.destroy();
    }

    @Test
    void everyPublishedCodeExistsByNameAndNumber() throws Exception {
        File table = new File(System.getProperty("zim.root"), "api/errors.toml");
        String text = new String(Files.readAllBytes(table.toPath()), StandardCharsets.UTF_8);
        String zimPart = text.substring(text.indexOf("zim = ["), text.indexOf("zpns = ["));
        Matcher entry = Pattern.compile("code = (\\d+), name = \"(\\w+)\"").matcher(zimPart);
        int count = 0;
        while (entry.find()) {
            int number = Integer.parseInt(entry.group(1));
            ZIMErrorCode code = ZIMErrorCode.getZIMErrorCode(number);
            assertEquals(number, code.value());
            assertEquals(entry.group(2).toUpperCase(), code.name().replace("_", ""));
            count++;
        }
        assertEquals(173, count);
        assertEquals(count, ZIMErrorCode.values().length);
        assertEquals(ZIMErrorCode.FAILED, ZIMErrorCode.getZIMErrorCode(42));
        assertEquals(ZIMConversationType.UNKNOWN, ZIMConversationType.getZIMConversationType(42));
    }

    @Test
    void aCallBeforeLoginSaysSo() {
        Told<ZIMError> answer = new Told<>();
        zim.joinGroup("group", (groupInfo, errorInfo) -> {
            assertNotNull(groupInfo);
            answer.add(errorInfo);
        });
        assertEquals(ZIMErrorCode.NETWORK_MODULE_USER_IS_NOT_LOGGED, answer.one("an answer").code);
    }

    @Test
    void aWrongTokenIsRefusedByTheServer() {
        ZIMLoginConfig config = new ZIMLoginConfig();
        config.token = "04nonsense";
        Told<ZIMError> answer = new Told<>();
        zim.login("alice", config, answer::add);
        assertEquals(ZIMErrorCode.NETWORK_MODULE_TOKEN_INVALID, answer.one("an answer").code);
    }

    @Test
    void nullsNameTheirParameter() {
        Bed.login(zim, Bed.user("nulls"));
        refused("toConversationID", send(new ZIMTextMessage("hi"), null, ZIMConversationType.PEER, null));
        refused("message", send(null, "bob", ZIMConversationType.PEER, null));
        refused("conversationType", send(new ZIMTextMessage("hi"), "bob", null, null));
        Told<ZIMError> answer = new Told<>();
        zim.setConversationNotificationStatus(null, "bob", ZIMConversationType.PEER, (id, type, error) -> answer.add(error));
        refused("status", answer.one("an answer"));
        Told<ZIMError> second = new Told<>();
        zim.setConversationNotificationStatus(
                ZIMConversationNotificationStatus.NOTIFY, "bob", null, (id, type, error) -> second.add(error));
        refused("conversationType", second.one("an answer"));
        Told<ZIMError> third = new Told<>();
        zim.callInvite(new ArrayList<>(Collections.singletonList((String) null)), null, (id, info, error) -> third.add(error));
        refused("invitees", third.one("an answer"));
        Told<ZIMError> fourth = new Told<>();
        zim.callInvite(null, null, (id, info, error) -> fourth.add(error));
        refused("invitees", fourth.one("an answer"));
    }

    @Test
    void whatIsTooLongNamesItsField() {
        Bed.login(zim, Bed.user("long"));
        ZIMMessageSendConfig config = new ZIMMessageSendConfig();
        config.pushConfig = new ZIMPushConfig();
        config.pushConfig.title = new String(new char[300]).replace('\0', 'x');
        refused("title", send(new ZIMTextMessage("hi"), "bob", ZIMConversationType.PEER, config));
    }

    @Test
    void aNullCallbackIsNoError() {
        Bed.login(zim, Bed.user("nobody"));
        zim.sendMessage(new ZIMTextMessage("hi"), "bob", ZIMConversationType.PEER, null, null);
        zim.joinGroup("nowhere", null);
        Told<ZIMError> answer = new Told<>();
        zim.leaveGroup("nowhere", (groupID, errorInfo) -> answer.add(errorInfo));
        assertTrue(answer.one("the call after them").code.value() != 0);
    }

    private ZIMError send(ZIMMessage message, String to, ZIMConversationType type, ZIMMessageSendConfig config) {
        Told<ZIMError> answer = new Told<>();
        zim.sendMessage(message, to, type, config, new ZIMMessageSentCallback() {
            @Override
            public void onMessageAttached(ZIMMessage attached) {}

            @Override
            public void onMessageSent(ZIMMessage sent, ZIMError errorInfo) {
                answer.add(errorInfo);
            }
        });
        return answer.one("an answer");
    }

    private static void refused(String parameter, ZIMError error) {
        assertEquals(ZIMErrorCode.COMMON_MODULE_PARAMS_INVALID, error.code, error::toString);
        assertTrue(error.message.contains(parameter), error::toString);
    }
}
