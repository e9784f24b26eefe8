package im.zego.zpns.tests;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import im.zego.zim.Told;
import im.zego.zim.ZIM;
import im.zego.zim.callback.ZIMMessageSentCallback;
import im.zego.zim.entity.ZIMCallInviteConfig;
import im.zego.zim.entity.ZIMError;
import im.zego.zim.entity.ZIMMessage;
import im.zego.zim.entity.ZIMMessageSendConfig;
import im.zego.zim.entity.ZIMPushConfig;
import im.zego.zim.entity.ZIMTextMessage;
import im.zego.zim.enums.ZIMConversationType;
import im.zego.zim.internal.Clients;
import im.zego.zpns.ZPNsManager;
import im.zego.zpns.entity.ZPNsMessage;
import im.zego.zpns.entity.ZPNsRegisterMessage;
import im.zego.zpns.enums.ZPNsErrorCode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Locale;
import org.json.JSONException;
import org.json.JSONObject;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.Test;
import org.junit.runner.RunWith;

/**
 * The story on each vendor's phone, against the real server: register, log in, go offline, be pushed to, tap, come back, get the
 * message and the call once, unregister, get no push.
 */
@RunWith(AppRunner.class)
public class StoryTest {
    private static Server server;

    @BeforeClass
    public static void start() {
        server = new Server();
    }

    @AfterClass
    public static void stop() {
        Messenger.end();
        server.close();
    }

    // covers: A-15, C-13, C-21, C-22, C-23, C-24, C-35, C-39, C-42
    @Test
    public void onEveryVendorsPhone() throws JSONException {
        for (Vendors vendor : Vendors.values()) {
            play(vendor);
        }
    }

    private void play(Vendors vendor) throws JSONException {
        String vendorName = vendor.name().toLowerCase(Locale.ROOT);
        String bob = "bob-" + vendorName;
        server.testbed.forgetPushes();
        Device.start(vendor.manufacturer, token(vendor));
        ZPNsManager.setPushConfig(vendor.config());
        ZPNsManager.getInstance().registerPush(Device.app());
        vendor.answer(Device.app());
        ZIM zim = ZIM.create(server.config(), Device.app());
        server.login(zim, bob);
        ZPNsRegisterMessage registered = Device.wait(MyZPNsReceiver.REGISTERED, 1);
        assertEquals(registered.getMsg(), ZPNsErrorCode.SUCCESS, registered.getErrorCode());
        Device.waitUntil("the binding", () -> server.admin("/admin/v1/users/" + bob + "/push-ids").contains(registered.getCommandResult()));
        zim.destroy();

        ZIM ann = Clients.open(server.config(), null);
        server.login(ann, "ann");
        send(ann, bob, "Are you there?");
        JSONObject push = server.testbed.waitForPushes(vendorName, 1).get(0);
        assertEquals(push.toString(), "", push.optString("violation", "").replace("null", ""));
        assertTrue(push.toString(), push.toString().contains(token(vendor)));
        Push pushed = Push.of(vendor, push.getJSONObject("body"));
        assertEquals("Ann", pushed.title);
        assertEquals("Are you there?", pushed.content);
        assertEquals("{\"room\":7}", pushed.data.getString("payload"));

        tap(vendor, pushed);
        arrive(vendor, pushed);
        call(ann, bob);
        server.testbed.waitForPushes(vendorName, 2);

        ZIM back = ZIM.create(server.config(), Device.app());
        Server.Client client = server.login(back, bob);
        assertEquals(Collections.singletonList("Are you there?"), client.texts.waitForCount("the message", 1));
        client.calls.waitForCount("the call, which still rings", 1);

        ZPNsManager.getInstance().unregisterPush();
        Device.waitUntil("the end of the binding",
                () -> !server.admin("/admin/v1/users/" + bob + "/push-ids").contains(registered.getCommandResult()));
        back.destroy();
        send(ann, bob, "And now?");
        ann.logout();
        ann.destroy();
        assertEquals("after unregistering", 2, server.testbed.pushes(vendorName));
        assertEquals("nothing was told twice", 1, client.texts.all().size());
    }

    private static String token(Vendors vendor) {
        return "token-of-the-phone-" + vendor.name().toLowerCase(Locale.ROOT);
    }

    private static ZIMPushConfig pushConfig(String content) {
        ZIMPushConfig pushConfig = new ZIMPushConfig();
        pushConfig.title = "Ann";
        pushConfig.content = content;
        pushConfig.payload = "{\"room\":7}";
        return pushConfig;
    }

    private static void send(ZIM from, String to, String text) {
        ZIMTextMessage message = new ZIMTextMessage();
        message.message = text;
        ZIMMessageSendConfig config = new ZIMMessageSendConfig();
        config.pushConfig = pushConfig(text);
        Told<ZIMError> sent = new Told<>();
        from.sendMessage(message, to, ZIMConversationType.PEER, config, new ZIMMessageSentCallback() {
            @Override
            public void onMessageAttached(ZIMMessage message) {}

            @Override
            public void onMessageSent(ZIMMessage message, ZIMError error) {
                sent.add(error);
            }
        });
        Server.success(sent.one("the answer to the send"));
    }

    private static void call(ZIM from, String to) {
        ZIMCallInviteConfig config = new ZIMCallInviteConfig();
        config.pushConfig = pushConfig("A call");
        Told<ZIMError> invited = new Told<>();
        from.callInvite(new ArrayList<>(Collections.singletonList(to)), config, (callID, info, error) -> invited.add(error));
        Server.success(invited.one("the answer to the invitation"));
    }

    /** A tap starts the launcher activity; on the makers' phones also the library's page. */
    private static void tap(Vendors vendor, Push pushed) throws JSONException {
        ZPNsMessage message = pushed.open();
        assertEquals("{\"room\":7}", message.getPayload());
        assertEquals(vendor.source, message.getPushSource());
        if (vendor != Vendors.FCM) {
            ZPNsMessage clicked = pushed.click();
            assertEquals("{\"room\":7}", clicked.getPayload());
            assertEquals(vendor.source, clicked.getPushSource());
        }
    }

    private static void arrive(Vendors vendor, Push pushed) throws JSONException {
        if (vendor == Vendors.XIAOMI) {
            ZPNsMessage arrived = pushed.arrive();
            assertEquals("Ann", arrived.getTitle());
            assertEquals("Are you there?", arrived.getContent());
            assertEquals("{\"room\":7}", arrived.getPayload());
        }
    }
}
