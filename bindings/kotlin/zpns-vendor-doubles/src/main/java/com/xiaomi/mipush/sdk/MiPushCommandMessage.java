package com.xiaomi.mipush.sdk;

import java.util.List;

/** Double of MiPush 6.0: the result of a command. */
public class MiPushCommandMessage {
    private final String command;
    private final long resultCode;
    private final String reason;
    private final List<String> commandArguments;

    public MiPushCommandMessage(String command, long resultCode, String reason, List<String> commandArguments) {
        this.command = command;
        this.resultCode = resultCode;
        this.reason = reason;
        this.commandArguments = commandArguments;
    }

    public String getCommand() {
        return command;
    }

    public long getResultCode() {
        return resultCode;
    }

    public String getReason() {
        return reason;
    }

    /** Of a registration: the token. Null where a command has none. */
    public List<String> getCommandArguments() {
        return commandArguments;
    }
}
