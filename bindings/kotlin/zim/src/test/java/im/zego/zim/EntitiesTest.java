package im.zego.zim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import im.zego.zim.entity.MessageState;
import im.zego.zim.entity.ZIMCallInviteConfig;
import im.zego.zim.entity.ZIMCommandMessage;
import im.zego.zim.entity.ZIMConversation;
import im.zego.zim.entity.ZIMCustomMessage;
import im.zego.zim.entity.ZIMGroupMemberInfo;
import im.zego.zim.entity.ZIMMessage;
import im.zego.zim.entity.ZIMMessageSendConfig;
import im.zego.zim.entity.ZIMPushConfig;
import im.zego.zim.entity.ZIMRevokeMessage;
import im.zego.zim.entity.ZIMTextMessage;
import im.zego.zim.entity.ZIMVoIPConfig;
import im.zego.zim.enums.ZIMCXHandleType;
import im.zego.zim.enums.ZIMConversationType;
import im.zego.zim.enums.ZIMMessageType;
import im.zego.zim.enums.ZIMUserInfoType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/** New objects hold the published defaults; filled ones survive Java's serialization. */
class EntitiesTest {
    @Test
    void defaultsAreThePublishedOnes() {
        assertEquals(90, new ZIMCallInviteConfig().timeout);
        assertSame(ZIMCXHandleType.GENERIC, new ZIMVoIPConfig().iOSVoIPHandleType);
        assertSame(ZIMUserInfoType.GROUP_MEMBER, new ZIMGroupMemberInfo().type);
        assertSame(ZIMConversationType.UNKNOWN, new ZIMConversation().type);
        assertNull(new ZIMMessageSendConfig().pushConfig);
        ZIMPushConfig push = new ZIMPushConfig();
        assertEquals("", push.title + push.content + push.payload + push.resourcesID);
        assertFalse(push.enableBadge);
    }

    @Test
    void messagesKnowTheirType() {
        assertSame(ZIMMessageType.TEXT, new ZIMTextMessage("hi").getType());
        assertSame(ZIMMessageType.COMMAND, new ZIMCommandMessage(new byte[] {1}).getType());
        ZIMCustomMessage custom = new ZIMCustomMessage("{}", 7);
        assertSame(ZIMMessageType.CUSTOM, custom.getType());
        assertEquals(7, custom.subType);
        assertSame(ZIMMessageType.REVOKE, new ZIMRevokeMessage().getType());
        assertSame(ZIMMessageType.UNKNOWN, new ZIMMessage().getType());
    }

    @Test
    void theOlderNameOfTheSequenceFollowsTheNewer() {
        ZIMMessage message = new ZIMTextMessage("hi");
        MessageState state = MessageState.of(message);
        state.messageSeq = 5;
        state.writeTo(message);
        assertEquals(5, message.getMessageSeq());
        assertEquals(5, message.getConversationSeq());
    }

    @Test
    void aMessageKeepsWhatItCarriesThroughSerialization() throws IOException, ClassNotFoundException {
        ZIMCommandMessage message = new ZIMCommandMessage(new byte[] {0, -1, 2});
        message.extendedData = "世界";
        message.mentionedUserIDs = new ArrayList<>();
        message.mentionedUserIDs.add("bob");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(message);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            ZIMCommandMessage read = (ZIMCommandMessage) in.readObject();
            assertArrayEquals(message.message, read.message);
            assertEquals("世界", read.getExtendedData());
            assertEquals(message.mentionedUserIDs, read.getMentionedUserIDs());
        }
    }

    @Test
    void whatUsersWroteStaysOutOfTheText() {
        ZIMTextMessage message = new ZIMTextMessage("a secret");
        message.extendedData = "another";
        assertFalse(message.toString().contains("secret"));
        assertFalse(message.toString().contains("another"));
    }
}
