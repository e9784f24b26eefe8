package im.zego.zim;

import im.zego.zim.callback.ZIMEventHandler;
import im.zego.zim.entity.ZIMAppConfig;
import im.zego.zim.entity.ZIMError;
import im.zego.zim.entity.ZIMLoginConfig;
import im.zego.zim.enums.ZIMConversationSyncState;
import im.zego.zim.enums.ZIMErrorCode;
import im.zego.zim.internal.Client;
import im.zego.zim.internal.Clients;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assertions;

/** The one test bed of this run, and the clients of its users. */
public final class Bed {
    private static final AtomicInteger USERS = new AtomicInteger();
    private static Testbed testbed;

    private Bed() {}

    /** Started at first use, over {@code wss}; ended with this process. */
    public static synchronized Testbed get() {
        if (testbed == null) {
            testbed = Testbed.start();
            Runtime.getRuntime().addShutdownHook(new Thread(testbed::close));
        }
        return testbed;
    }

    /** A name nobody has yet. */
    public static String user(String name) {
        return name + USERS.incrementAndGet();
    }

    public static ZIMAppConfig config() {
        ZIMAppConfig config = new ZIMAppConfig();
        config.appID = get().appID();
        config.serverURL = get().url();
        ZIM.setAdvancedConfig("ca_certificates", get().certificates());
        return config;
    }

    /** The client apps make. */
    public static ZIM create() {
        ZIM zim = ZIM.create(config());
        Assertions.assertNotNull(zim, () -> "create: " + ZIM.getCreateError());
        return zim;
    }

    /** A client beside that one, for the other side of a conversation; in memory, or on a folder. */
    public static Client open(String folder) {
        return Clients.open(config(), folder);
    }

    /** Logs in and waits for the backlog. */
    public static Synchronised login(ZIM zim, String user) {
        return login(zim, user, new Synchronised());
    }

    /** The same with a handler of the test. */
    public static <H extends Synchronised> H login(ZIM zim, String user, H handler) {
        zim.setEventHandler(handler);
        ZIMLoginConfig config = new ZIMLoginConfig();
        config.token = get().token(user);
        Told<ZIMError> answer = new Told<>();
        zim.login(user, config, answer::add);
        success(answer.one("login"));
        handler.states.waitFor("the backlog", state -> state == ZIMConversationSyncState.FINISHED);
        return handler;
    }

    public static void success(ZIMError error) {
        Assertions.assertEquals(ZIMErrorCode.SUCCESS, error.code, error::toString);
    }

    /** Knows when the backlog of a login is through. */
    public static class Synchronised extends ZIMEventHandler {
        public final Told<ZIMConversationSyncState> states = new Told<>();
        public final Told<ZIMError> errors = new Told<>();

        @Override
        public void onConversationSyncStateChanged(ZIM zim, ZIMConversationSyncState state) {
            super.onConversationSyncStateChanged(zim, state);
            states.add(state);
        }

        @Override
        public void onError(ZIM zim, ZIMError errorInfo) {
            errors.add(errorInfo);
        }
    }
}
