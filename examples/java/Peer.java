// A user at a terminal: commands in, what happens out. It is small enough to start from, and the cross-language test
// drives it: login URL APPID USER TOKEN, send USER TEXT, quit.
//
// SPDX-License-Identifier: Apache-2.0

import im.zego.zim.ZIM;
import im.zego.zim.callback.ZIMEventHandler;
import im.zego.zim.callback.ZIMMessageSentCallback;
import im.zego.zim.entity.ZIMAppConfig;
import im.zego.zim.entity.ZIMError;
import im.zego.zim.entity.ZIMLoginConfig;
import im.zego.zim.entity.ZIMMessage;
import im.zego.zim.entity.ZIMMessageReceivedInfo;
import im.zego.zim.entity.ZIMMessageSendConfig;
import im.zego.zim.entity.ZIMTextMessage;
import im.zego.zim.enums.ZIMConversationType;
import im.zego.zim.enums.ZIMErrorCode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;

public final class Peer extends ZIMEventHandler {
    private final PrintStream out;
    private ZIM zim;

    private Peer(PrintStream out) {
        this.out = out;
    }

    public static void main(String[] arguments) throws IOException {
        Peer peer = new Peer(new PrintStream(System.out, true, "UTF-8"));
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String line;
        while ((line = in.readLine()) != null) {
            String[] words = line.split(" ", 2);
            String rest = words.length > 1 ? words[1] : "";
            switch (words[0]) {
                case "login":
                    peer.login(rest.split(" "));
                    break;
                case "send":
                    peer.send(rest.split(" ", 2));
                    break;
                case "quit":
                    peer.quit();
                    return;
                default:
                    peer.say("error 6000001 there are login, send and quit");
            }
        }
    }

    private void login(String[] words) {
        ZIMAppConfig appConfig = new ZIMAppConfig();
        appConfig.serverURL = words[0];
        appConfig.appID = Long.parseLong(words[1]);
        zim = ZIM.create(appConfig);
        if (zim == null) {
            say("error " + ZIM.getCreateError());
            return;
        }
        zim.setEventHandler(this);
        ZIMLoginConfig config = new ZIMLoginConfig();
        config.token = words[3];
        zim.login(words[2], config, errorInfo -> say(result(errorInfo, "login")));
    }

    private void send(String[] words) {
        ZIMTextMessage message = new ZIMTextMessage(words[1]);
        zim.sendMessage(message, words[0], ZIMConversationType.PEER, new ZIMMessageSendConfig(), new ZIMMessageSentCallback() {
            @Override
            public void onMessageAttached(ZIMMessage message) {}

            @Override
            public void onMessageSent(ZIMMessage message, ZIMError errorInfo) {
                say(result(errorInfo, "send " + message.getMessageID()));
            }
        });
    }

    private void quit() {
        if (zim != null) {
            zim.logout();
            zim.destroy();
        }
        say("ok quit");
    }

    @Override
    public void onPeerMessageReceived(
            ZIM zim, ArrayList<ZIMMessage> messageList, ZIMMessageReceivedInfo info, String fromUserID) {
        for (ZIMMessage message : messageList) {
            if (message instanceof ZIMTextMessage) {
                say("message " + fromUserID + " " + ((ZIMTextMessage) message).message);
            }
        }
    }

    private static String result(ZIMError errorInfo, String done) {
        return errorInfo.code == ZIMErrorCode.SUCCESS ? "ok " + done : "error " + errorInfo;
    }

    // Callbacks come on another thread than commands.
    private synchronized void say(String line) {
        out.println(line);
    }
}
