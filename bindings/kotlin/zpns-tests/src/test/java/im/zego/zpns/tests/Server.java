package im.zego.zpns.tests;

import im.zego.zim.Testbed;
import im.zego.zim.Told;
import im.zego.zim.ZIM;
import im.zego.zim.callback.ZIMEventHandler;
import im.zego.zim.entity.ZIMAppConfig;
import im.zego.zim.entity.ZIMCallInvitationReceivedInfo;
import im.zego.zim.entity.ZIMError;
import im.zego.zim.entity.ZIMLoginConfig;
import im.zego.zim.entity.ZIMMessage;
import im.zego.zim.entity.ZIMTextMessage;
import im.zego.zim.enums.ZIMConversationSyncState;
import im.zego.zim.enums.ZIMErrorCode;
import im.zego.zim.event.ZIMMessageReceivedEventResult;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Scanner;

/** The real server with doubles of the vendors, and what its users' clients are told. */
final class Server implements AutoCloseable {
    final Testbed testbed = Testbed.start("--plain", "--impatient");

    ZIMAppConfig config() {
        ZIMAppConfig config = new ZIMAppConfig();
        config.appID = testbed.appID();
        config.serverURL = testbed.url();
        return config;
    }

    /** Logs in and waits for the backlog. */
    Client login(ZIM zim, String user) {
        Client client = new Client();
        zim.setEventHandler(client);
        ZIMLoginConfig config = new ZIMLoginConfig();
        config.token = testbed.token(user);
        Told<ZIMError> answer = new Told<>();
        zim.login(user, config, answer::add);
        success(answer.one("login"));
        client.states.waitFor("the backlog", state -> state == ZIMConversationSyncState.FINISHED);
        return client;
    }

    static void success(ZIMError error) {
        if (error.code != ZIMErrorCode.SUCCESS) {
            throw new AssertionError(error.toString());
        }
    }

    /** What the administration answers to a GET. */
    String admin(String path) {
        return admin(path, null);
    }

    /** What the administration answers to a GET, or to a POST of this JSON text. */
    String admin(String path, String json) {
        try {
            HttpURLConnection connection = (HttpURLConnection) new URL(testbed.httpURL() + path).openConnection();
            connection.setRequestProperty("authorization", "Bearer " + testbed.adminToken());
            if (json != null) {
                connection.setRequestProperty("content-type", "application/json");
                connection.setDoOutput(true);
                connection.getOutputStream().write(json.getBytes(StandardCharsets.UTF_8));
            }
            try (InputStream body = connection.getInputStream();
                    Scanner text = new Scanner(body, StandardCharsets.UTF_8.name()).useDelimiter("\\A")) {
                return text.hasNext() ? text.next() : "";
            }
        } catch (IOException error) {
            throw new IllegalStateException(path, error);
        }
    }

    @Override
    public void close() {
        testbed.close();
    }

    /** What one client is told. */
    static final class Client extends ZIMEventHandler {
        final Told<ZIMConversationSyncState> states = new Told<>();
        final Told<String> texts = new Told<>();
        final Told<String> calls = new Told<>();

        @Override
        public void onConversationSyncStateChanged(ZIM zim, ZIMConversationSyncState state) {
            states.add(state);
        }

        @Override
        public void onMessageReceived(ZIM zim, ZIMMessageReceivedEventResult result) {
            for (ZIMMessage message : result.messageList) {
                texts.add(((ZIMTextMessage) message).message);
            }
        }

        @Override
        public void onCallInvitationReceived(ZIM zim, ZIMCallInvitationReceivedInfo info, String callID) {
            calls.add(callID);
        }
    }
}
