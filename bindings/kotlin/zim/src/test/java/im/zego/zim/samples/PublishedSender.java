package im.zego.zim.samples;

import im.zego.zim.ZIM;
import im.zego.zim.callback.ZIMCallInvitationSentCallback;
import im.zego.zim.callback.ZIMMessageSentCallback;
import im.zego.zim.entity.ZIMCallInvitationSentInfo;
import im.zego.zim.entity.ZIMCallInviteConfig;
import im.zego.zim.entity.ZIMError;
import im.zego.zim.entity.ZIMMessage;
import im.zego.zim.entity.ZIMMessageSendConfig;
import im.zego.zim.entity.ZIMPushConfig;
import im.zego.zim.entity.ZIMTextMessage;
import im.zego.zim.enums.ZIMConversationType;
import im.zego.zim.enums.ZIMErrorCode;
import java.util.ArrayList;

/**
 * The sending side of the published Android sample: Java 8, the published statements, nothing else. What its callbacks say
 * is handed to a {@link Report}.
 */
public final class PublishedSender {
    /** What the sample's callbacks tell. */
    public interface Report {
        void attached(ZIMMessage message);

        void sent(ZIMMessage message, ZIMError errorInfo);

        void invited(String callID, ZIMCallInvitationSentInfo info, ZIMError errorInfo);
    }

    private final ZIM zim;
    private final Report report;

    public PublishedSender(ZIM zim, Report report) {
        this.zim = zim;
        this.report = report;
    }

    public void sendPeerMessage() {
        ZIMTextMessage textMessage = new ZIMTextMessage();
        textMessage.message = "Message to a user";

        ZIMPushConfig pushConfig = new ZIMPushConfig();
        pushConfig.title = "Title of the peer message";
        pushConfig.content = "Content of the peer message";
        pushConfig.payload = "Payload of the peer message";
        pushConfig.resourcesID = "loud";
        ZIMMessageSendConfig sentConfig = new ZIMMessageSendConfig();
        sentConfig.pushConfig = pushConfig;

        zim.sendMessage(textMessage, "myUserID", ZIMConversationType.PEER, sentConfig, new ZIMMessageSentCallback() {
            @Override
            public void onMessageSent(ZIMMessage message, ZIMError error) {
                report.sent(message, error);
            }

            @Override
            public void onMessageAttached(ZIMMessage message) {
                report.attached(message);
            }
        });
    }

    public void sendGroupMessage() {
        ZIMTextMessage textMessage = new ZIMTextMessage();
        textMessage.message = "Message to a group";

        ZIMPushConfig pushConfig = new ZIMPushConfig();
        pushConfig.title = "Title of the group message";
        pushConfig.content = "Content of the group message";
        pushConfig.payload = "Payload of the group message";
        pushConfig.resourcesID = "loud";
        ZIMMessageSendConfig sentConfig = new ZIMMessageSendConfig();
        sentConfig.pushConfig = pushConfig;

        zim.sendMessage(textMessage, "myGroupID", ZIMConversationType.GROUP, sentConfig, new ZIMMessageSentCallback() {
            @Override
            public void onMessageSent(ZIMMessage message, ZIMError error) {
                report.sent(message, error);
            }

            @Override
            public void onMessageAttached(ZIMMessage message) {
                report.attached(message);
            }
        });
    }

    public void callInvite() {
        ArrayList<String> invitees = new ArrayList<>();
        invitees.add("userA");
        invitees.add("userB");

        ZIMPushConfig pushConfig = new ZIMPushConfig();
        pushConfig.title = "Title of the call";
        pushConfig.content = "Content of the call";
        pushConfig.payload = "Payload of the call";
        pushConfig.resourcesID = "loud";
        ZIMCallInviteConfig callInviteConfig = new ZIMCallInviteConfig();
        callInviteConfig.timeout = 200;
        callInviteConfig.pushConfig = pushConfig;

        zim.callInvite(invitees, callInviteConfig, new ZIMCallInvitationSentCallback() {
            @Override
            public void onCallInvitationSent(String callID, ZIMCallInvitationSentInfo info, ZIMError errorInfo) {
                if (errorInfo.code == ZIMErrorCode.SUCCESS) {
                    report.invited(callID, info, errorInfo);
                }
            }
        });
    }
}
