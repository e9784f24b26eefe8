// What a call and an event cost in Java: see ../README.md.
//
// SPDX-License-Identifier: Apache-2.0

import im.zego.zim.ZIM;
import im.zego.zim.callback.ZIMEventHandler;
import im.zego.zim.entity.ZIMAppConfig;
import im.zego.zim.entity.ZIMConversationTotalUnreadMessageCountQueryConfig;
import im.zego.zim.entity.ZIMError;
import im.zego.zim.entity.ZIMLoginConfig;
import im.zego.zim.enums.ZIMConnectionEvent;
import im.zego.zim.enums.ZIMConnectionState;
import im.zego.zim.enums.ZIMErrorCode;
import im.zego.zim.event.ZIMMessageReceivedEventResult;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;
import org.json.JSONObject;

public final class Bench extends ZIMEventHandler {
    private final ZIM zim;
    private final String user;

    /** A permit for each thing that callbacks have told; they run on the library's thread, the main thread waits. */
    private final Semaphore told = new Semaphore(0);

    private Bench(ZIM zim, String user) {
        this.zim = zim;
        this.user = user;
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length != 4) {
            throw new IllegalArgumentException("Bench URL APPID APPSIGN USER");
        }
        ZIMAppConfig appConfig = new ZIMAppConfig();
        appConfig.serverURL = arguments[0];
        appConfig.appID = Long.parseLong(arguments[1]);
        appConfig.appSign = arguments[2];
        ZIM zim = ZIM.create(appConfig);
        if (zim == null) {
            throw new IllegalStateException(ZIM.getCreateError().toString());
        }
        Bench bench = new Bench(zim, arguments[3]);
        zim.setEventHandler(bench);
        bench.backlog(0);
        System.out.println("{}");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String line;
        while ((line = in.readLine()) != null) {
            long started = System.nanoTime();
            bench.obey(line.split(" "));
            System.out.println("{\"microseconds\": " + (System.nanoTime() - started) / 1_000.0 + "}");
        }
        zim.destroy();
    }

    private void obey(String[] words) throws InterruptedException {
        switch (words[0]) {
            case "together":
                together(Integer.parseInt(words[1]));
                break;
            case "sequential":
                sequential(Integer.parseInt(words[1]));
                break;
            case "leave":
                leave();
                break;
            case "backlog":
                backlog(Integer.parseInt(words[1]));
                break;
            default:
                throw new IllegalArgumentException(words[0]);
        }
    }

    private void together(int calls) throws InterruptedException {
        for (int call = 0; call < calls; call++) {
            query();
        }
        told.acquire(calls);
    }

    private void sequential(int calls) throws InterruptedException {
        for (int call = 0; call < calls; call++) {
            query();
            told.acquire();
        }
    }

    private void leave() throws InterruptedException {
        zim.logout();
        told.acquire();
    }

    /** Logs in and takes what was sent in the meantime. */
    private void backlog(int messages) throws InterruptedException {
        zim.login(user, new ZIMLoginConfig(), this::answered);
        told.acquire(messages + 1);
    }

    private void query() {
        zim.queryConversationTotalUnreadMessageCount(
                new ZIMConversationTotalUnreadMessageCountQueryConfig(), (count, errorInfo) -> answered(errorInfo));
    }

    private void answered(ZIMError errorInfo) {
        if (errorInfo.code != ZIMErrorCode.SUCCESS) {
            System.err.println(errorInfo);
            Runtime.getRuntime().halt(1);
        }
        told.release();
    }

    @Override
    public void onMessageReceived(ZIM zim, ZIMMessageReceivedEventResult result) {
        told.release(result.messageList.size());
    }

    @Override
    public void onConnectionStateChanged(
            ZIM zim, ZIMConnectionState state, ZIMConnectionEvent event, JSONObject extendedData) {
        if (state == ZIMConnectionState.DISCONNECTED) {
            told.release();
        }
    }
}
