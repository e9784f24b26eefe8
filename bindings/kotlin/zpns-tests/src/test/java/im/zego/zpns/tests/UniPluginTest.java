package im.zego.zpns.tests;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import com.alibaba.fastjson.JSONObject;
import com.google.firebase.messaging.RemoteMessage;
import im.zego.zpns.uniplugin.ZPNsUniEngine;
import io.dcloud.feature.uniapp.UniSDKInstance;
import io.dcloud.feature.uniapp.annotation.UniJSMethod;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.junit.After;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.Robolectric;

/** The Android part of the uni-app plug-in, called as the uni-app runtime calls it. */
@RunWith(AppRunner.class)
public class UniPluginTest {
    private final UniSDKInstance page = new UniSDKInstance(Robolectric.setupActivity(MainActivity.class));
    private final ZPNsUniEngine engine = new ZPNsUniEngine();

    @After
    public void endMessenger() {
        Messenger.end();
    }

    private void start(Vendors vendor) {
        Device.start(vendor.manufacturer, "token");
        engine.mUniSDKInstance = page;
        Messenger.create();
        JSONObject config = new JSONObject();
        config.put("enableFCMPush", vendor == Vendors.FCM);
        for (String key : new String[] {"enableHWPush", "enableMiPush", "enableOppoPush", "enableVivoPush"}) {
            config.put(key, true);
        }
        engine.setPushConfig(config);
        engine.registerPush(new JSONObject());
        vendor.answer(Device.app());
        Device.waitUntil("the event", () -> page.fired().size() == 1);
    }

    // covers: F-24, F-27, F-30, F-31
    @Test
    public void registeringIsAnEvent() {
        for (Vendors vendor : Vendors.values()) {
            page.fired().clear();
            start(vendor);
            Map.Entry<String, Map<String, Object>> event = page.fired().get(0);
            assertEquals("zego.zpns.registered", event.getKey());
            assertEquals(0, event.getValue().get("errorCode"));
            assertTrue(event.getValue().get("pushID").toString().startsWith("z1."));
        }
    }

    // covers: F-26, F-51
    @Test
    public void aDataMessageIsAnEventWithItsNumberOfTheSource() {
        start(Vendors.FCM);
        Map<String, String> data = new HashMap<>();
        data.put("title", "Ann");
        data.put("payload", "p");
        Vendors.fcmDelivers(new RemoteMessage(null, data));
        Device.waitUntil("the event", () -> page.fired().size() == 2);
        Map.Entry<String, Map<String, Object>> event = page.fired().get(1);
        assertEquals("zego.zpns.throughMessageReceived", event.getKey());
        assertEquals("Ann", event.getValue().get("title"));
        assertEquals("p", event.getValue().get("payload"));
        assertEquals("p", ((JSONObject) event.getValue().get("extras")).getString("payload"));
        assertEquals(2, event.getValue().get("pushSourceType"));
        engine.unregisterPush();
    }

    /** Names and classes that the uni-app builder reads, and the vivo parameters that become meta-data. */
    // covers: F-03, F-05, F-13, F-15, F-16
    @Test
    public void thePluginDescribesItself() throws IOException, ReflectiveOperationException {
        byte[] text = Files.readAllBytes(Paths.get(System.getProperty("zpns.modules"), "../uniapp/zego-ZPNsUniPlugin/package.json"));
        JSONObject plugin = JSONObject.parseObject(new String(text, StandardCharsets.UTF_8));
        assertEquals("zego-ZPNsUniPlugin", plugin.getString("id"));
        JSONObject android = plugin.getJSONObject("_dp_nativeplugin").getJSONObject("android");
        assertEquals("23", android.getString("minSdkVersion"));
        JSONObject parameters = android.getJSONObject("parameters");
        assertEquals("com.vivo.push.api_key", parameters.getJSONObject("api_key").getString("key"));
        assertEquals("com.vivo.push.app_id", parameters.getJSONObject("app_id").getString("key"));
        JSONObject module = android.getJSONArray("plugins").getJSONObject(0);
        assertTrue(module.getString("name").startsWith(plugin.getString("id")));
        TreeSet<String> methods = new TreeSet<>();
        for (Method method : Class.forName(module.getString("class")).getDeclaredMethods()) {
            if (method.isAnnotationPresent(UniJSMethod.class)) {
                methods.add(method.getName());
            }
        }
        assertEquals(
                "[addLocalNotification, applyNotificationPermission, createNotificationChannel, enableDebug, getVersion, "
                        + "registerPush, setPushConfig, unregisterPush]",
                methods.toString());
    }
}
