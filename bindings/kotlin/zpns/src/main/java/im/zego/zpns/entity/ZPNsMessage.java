package im.zego.zpns.entity;

import im.zego.zpns.enums.ZPNsConstants.PushSource;
import im.zego.zpns.enums.ZPNsType;

/** A push this device got. */
public class ZPNsMessage {
    private final PushSource pushSource;
    private final ZPNsType pushType;
    private final Object pushMessage;
    private final int notifyId;
    private final String title;
    private final String content;
    private final String payload;
    private final String extras;

    private ZPNsMessage(Builder builder) {
        pushSource = builder.pushSource;
        pushType = builder.pushType;
        pushMessage = builder.pushMessage;
        notifyId = builder.notifyId;
        title = builder.title;
        content = builder.content;
        payload = builder.payload;
        extras = builder.extras;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** {@code ZIMPushConfig.title} of the sender; empty where the vendor does not hand it to the app. */
    public String getTitle() {
        return title;
    }

    /** {@code ZIMPushConfig.content} of the sender; empty where the vendor does not hand it to the app. */
    public String getContent() {
        return content;
    }

    /** {@code ZIMPushConfig.payload} of the sender, as it was sent; empty if there was none. */
    public String getPayload() {
        return payload;
    }

    /** Everything that was pushed, as the text of a JSON object; {@code payload} is one of its keys. */
    public String getExtras() {
        return extras;
    }

    /**
     * The vendor's own message object, where there is one: Firebase's and Huawei's {@code RemoteMessage}, Xiaomi's
     * {@code MiPushMessage}, OPPO's {@code DataMessage}. Null for what only came with the intent of a tap.
     */
    public Object getPushMessage() {
        return pushMessage;
    }

    /** The vendor the push came from. */
    public PushSource getPushSource() {
        return pushSource;
    }

    /** What the push did: arrived, was clicked, or came as data. */
    public ZPNsType getPushType() {
        return pushType;
    }

    /** Number of the notification on the device, for cancelling it; 0 where the vendor does not tell. */
    public int getNotifyId() {
        return notifyId;
    }

    /** For logs: title, content and payload are the users' business and left out. */
    @Override
    public String toString() {
        return "ZPNsMessage{pushSource=" + pushSource + ", pushType=" + pushType + ", notifyId=" + notifyId
                + ", title=" + title.length() + " characters, content=" + content.length() + " characters, payload="
                + payload.length() + " characters}";
    }

    /** Makes a {@link ZPNsMessage}. */
    public static class Builder {
        private PushSource pushSource = PushSource.ZEGO;
        private ZPNsType pushType;
        private Object pushMessage;
        private int notifyId;
        private String title = "";
        private String content = "";
        private String payload = "";
        private String extras = "";

        protected Builder() {}

        public Builder pushSource(PushSource pushSource) {
            this.pushSource = pushSource;
            return this;
        }

        public Builder pushType(ZPNsType pushType) {
            this.pushType = pushType;
            return this;
        }

        public Builder pushMessage(Object pushMessage) {
            this.pushMessage = pushMessage;
            return this;
        }

        public Builder notifyId(int notifyId) {
            this.notifyId = notifyId;
            return this;
        }

        public Builder title(String title) {
            this.title = text(title);
            return this;
        }

        public Builder content(String content) {
            this.content = text(content);
            return this;
        }

        public Builder payload(String payload) {
            this.payload = text(payload);
            return this;
        }

        public Builder extras(String extras) {
            this.extras = text(extras);
            return this;
        }

        public ZPNsMessage build() {
            return new ZPNsMessage(this);
        }

        private static String text(String value) {
            return value == null ? "" : value;
        }
    }
}
