package im.zego.zim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import im.zego.zim.callback.ZIMCallInvitationSentCallback;
import im.zego.zim.callback.ZIMMessageSentCallback;
import im.zego.zim.entity.ZIMCallInvitationSentInfo;
import im.zego.zim.entity.ZIMCallInviteConfig;
import im.zego.zim.entity.ZIMError;
import im.zego.zim.entity.ZIMMessage;
import im.zego.zim.entity.ZIMMessageSendConfig;
import im.zego.zim.entity.ZIMPushConfig;
import im.zego.zim.entity.ZIMTextMessage;
import im.zego.zim.enums.ZIMErrorCode;
import im.zego.zim.enums.ZIMMessageType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The statements of the published Android sample that make and fill objects: that they compile is the contract. */
class PublishedSampleTest {
    // covers: C-36
    @Test
    void aTextMessageIsMadeAndFilled() {
        ZIMTextMessage textMessage = new ZIMTextMessage();
        textMessage.message = "Message to a user";
        assertSame(ZIMMessageType.TEXT, textMessage.getType());
        assertEquals("Message to a user", textMessage.message);
    }

    // covers: C-37, C-38
    @Test
    void aPushConfigIsFilledAndSentAlong() {
        ZIMPushConfig pushConfig = new ZIMPushConfig();
        pushConfig.title = "Title";
        pushConfig.content = "Content";
        pushConfig.payload = "Payload";
        pushConfig.resourcesID = "resources";
        ZIMMessageSendConfig sentConfig = new ZIMMessageSendConfig();
        sentConfig.pushConfig = pushConfig;
        assertSame(pushConfig, sentConfig.pushConfig);
        ZIMCallInviteConfig callInviteConfig = new ZIMCallInviteConfig();
        callInviteConfig.timeout = 200;
        callInviteConfig.pushConfig = pushConfig;
        assertSame(pushConfig, callInviteConfig.pushConfig);
    }

    @Test
    void callbacksAreWrittenAsPublished() {
        List<String> told = new ArrayList<>();
        ZIMMessageSentCallback sent = new ZIMMessageSentCallback() {
            @Override
            public void onMessageSent(ZIMMessage message, ZIMError error) {
                if (error.code == ZIMErrorCode.SUCCESS) {
                    told.add("sent");
                }
            }

            @Override
            public void onMessageAttached(ZIMMessage message) {
                told.add("attached");
            }
        };
        ZIMCallInvitationSentCallback invited = new ZIMCallInvitationSentCallback() {
            @Override
            public void onCallInvitationSent(String callID, ZIMCallInvitationSentInfo info, ZIMError errorInfo) {
                told.add(callID);
            }
        };
        sent.onMessageAttached(new ZIMMessage());
        sent.onMessageSent(new ZIMMessage(), new ZIMError());
        invited.onCallInvitationSent("call", new ZIMCallInvitationSentInfo(), new ZIMError());
        assertEquals(Arrays.asList("attached", "sent", "call"), told);
    }
}
