package im.zego.zpns.entity;

import im.zego.zpns.enums.ZPNsConstants.PushSource;
import im.zego.zpns.enums.ZPNsErrorCode;

/** Result of a registration, or of an unregistration that failed. */
public class ZPNsRegisterMessage {
    private final ZPNsErrorCode errorCode;
    private final String msg;
    private final String commandResult;
    private final PushSource pushSource;
    private final String deviceToken;

    private ZPNsRegisterMessage(Builder builder) {
        errorCode = builder.errorCode;
        msg = builder.msg;
        commandResult = builder.commandResult;
        pushSource = builder.pushSource;
        deviceToken = builder.deviceToken;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** The PushID; empty after a failure. */
    public String getCommandResult() {
        return commandResult;
    }

    public ZPNsErrorCode getErrorCode() {
        return errorCode;
    }

    /** For developers: the vendor's text, or what was looked for; empty after a success. */
    public String getMsg() {
        return msg;
    }

    /** The vendor; {@link PushSource#ZEGO} if none could be chosen. */
    public PushSource getPushSource() {
        return pushSource;
    }

    /** The vendor's own token, for its console; empty after a failure. */
    public String getDeviceToken() {
        return deviceToken;
    }

    /** For logs: the vendor's token, with which anybody who has the app's secret can push, is left out. */
    @Override
    public String toString() {
        return "ZPNsRegisterMessage{errorCode=" + errorCode + ", msg='" + msg + "', commandResult='" + commandResult
                + "', pushSource=" + pushSource + '}';
    }

    /** Makes a {@link ZPNsRegisterMessage}. */
    public static class Builder {
        private ZPNsErrorCode errorCode = ZPNsErrorCode.SUCCESS;
        private String msg = "";
        private String commandResult = "";
        private PushSource pushSource = PushSource.ZEGO;
        private String deviceToken = "";

        protected Builder() {}

        public Builder errorCode(ZPNsErrorCode errorCode) {
            this.errorCode = errorCode;
            return this;
        }

        public Builder msg(String msg) {
            this.msg = msg;
            return this;
        }

        public Builder commandResult(String commandResult) {
            this.commandResult = commandResult;
            return this;
        }

        public Builder pushSource(PushSource pushSource) {
            this.pushSource = pushSource;
            return this;
        }

        public Builder deviceToken(String deviceToken) {
            this.deviceToken = deviceToken;
            return this;
        }

        public ZPNsRegisterMessage build() {
            return new ZPNsRegisterMessage(this);
        }
    }
}
