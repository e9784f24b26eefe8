package im.zego.zpns.tests;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import im.zego.zim.ZIM;
import im.zego.zpns.ZPNsManager;
import im.zego.zpns.entity.ZPNsMessage;
import im.zego.zpns.entity.ZPNsRegisterMessage;
import im.zego.zpns.enums.ZPNsErrorCode;
import java.util.Locale;
import org.json.JSONArray;
import org.json.JSONException;
import org.json.JSONObject;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.Test;
import org.junit.runner.RunWith;

/** Online debugging: the PushID that the app was given is all the owner needs to push to this phone from the console. */
@RunWith(AppRunner.class)
public class DebugPushTest {
    private static final String TITLE = "Debugging";
    private static final String CONTENT = "Is this phone reached? 手机";
    private static final String PAYLOAD = "{\"debug\":1}";

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

    // covers: C-44
    @Test
    public void aDebugPushToThePushIdReachesTheApp() throws JSONException {
        for (Vendors vendor : Vendors.values()) {
            String name = vendor.name().toLowerCase(Locale.ROOT);
            ZIM zim = phone(vendor, "token-of-" + name);
            server.login(zim, "dan-" + name);
            ZPNsRegisterMessage registered = Device.wait(MyZPNsReceiver.REGISTERED, 1);
            assertEquals(registered.getMsg(), ZPNsErrorCode.SUCCESS, registered.getErrorCode());
            String pushID = registered.getCommandResult();
            Device.waitUntil("the binding", () -> server.admin("/admin/v1/users/dan-" + name + "/push-ids").contains(pushID));

            sendDebugPush(pushID);
            JSONObject push = server.testbed.waitForPushes(name, 1).get(0);
            assertTrue(push.toString(), push.isNull("violation"));
            assertTrue("it goes to this phone: " + push, push.toString().contains("token-of-" + name));
            Push pushed = Push.of(vendor, push.getJSONObject("body"));
            assertEquals(TITLE, pushed.title);
            assertEquals(CONTENT, pushed.content);
            zim.destroy();

            isIt(pushed.open(), vendor);
            if (vendor != Vendors.FCM) {
                isIt(pushed.click(), vendor);
            }
            if (vendor == Vendors.XIAOMI) {
                ZPNsMessage arrived = pushed.arrive();
                isIt(arrived, vendor);
                assertEquals(TITLE, arrived.getTitle());
                assertEquals(CONTENT, arrived.getContent());
            }
        }
    }

    /** A phone on which the app has just registered. */
    private static ZIM phone(Vendors vendor, String token) {
        Device.start(vendor.manufacturer, token);
        ZPNsManager.setPushConfig(vendor.config());
        ZPNsManager.getInstance().registerPush(Device.app());
        vendor.answer(Device.app());
        return ZIM.create(server.config(), Device.app());
    }

    /** What the console's page does: every stage has to end well. */
    private static void sendDebugPush(String pushID) throws JSONException {
        JSONObject request = new JSONObject();
        request.put("push_id", pushID).put("title", TITLE).put("content", CONTENT).put("payload", PAYLOAD);
        JSONObject answer = new JSONObject(server.admin("/admin/v1/push/debug", request.toString()));
        assertTrue(answer.toString(), answer.getBoolean("delivered"));
        JSONArray stages = answer.getJSONArray("stages");
        assertEquals(answer.toString(), "vendor", stages.getJSONObject(stages.length() - 1).getString("name"));
    }

    private static void isIt(ZPNsMessage message, Vendors vendor) {
        assertEquals(PAYLOAD, message.getPayload());
        assertEquals(vendor.source, message.getPushSource());
    }
}
