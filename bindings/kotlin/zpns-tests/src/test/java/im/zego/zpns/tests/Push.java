package im.zego.zpns.tests;

import android.content.Intent;
import com.xiaomi.mipush.sdk.MiPushMessage;
import im.zego.zpns.ZPNsManager;
import im.zego.zpns.ZPNsOpenClickedActivity;
import im.zego.zpns.entity.ZPNsMessage;
import im.zego.zpns_android_plugin_xiaomi.XiaomiMessageReceiver;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.json.JSONException;
import org.json.JSONObject;
import org.robolectric.Robolectric;

/** What the server sent to a vendor, as the vendor brings it to the phone. */
final class Push {
    private final Vendors vendor;
    final String title;
    final String content;
    final JSONObject data;

    private Push(Vendors vendor, String title, String content, JSONObject data) {
        this.vendor = vendor;
        this.title = title;
        this.content = content;
        this.data = data;
    }

    static Push of(Vendors vendor, JSONObject body) throws JSONException {
        switch (vendor) {
            case FCM: {
                JSONObject message = body.getJSONObject("message");
                JSONObject notification = message.getJSONObject("notification");
                return new Push(
                        vendor, notification.getString("title"), notification.getString("body"), message.getJSONObject("data"));
            }
            case HUAWEI: {
                JSONObject message = body.getJSONObject("message");
                JSONObject notification = message.getJSONObject("android").getJSONObject("notification");
                return new Push(vendor, notification.getString("title"), notification.getString("body"),
                        new JSONObject(message.getString("data")));
            }
            case XIAOMI: {
                JSONObject extra = new JSONObject();
                for (Iterator<String> keys = body.keys(); keys.hasNext(); ) {
                    String key = keys.next();
                    if (key.startsWith("extra.")) {
                        extra.put(key.substring("extra.".length()), body.get(key));
                    }
                }
                return new Push(vendor, body.getString("title"), body.getString("description"), extra);
            }
            case OPPO: {
                JSONObject notification = body.getJSONObject("notification");
                return new Push(vendor, notification.getString("title"), notification.getString("content"),
                        new JSONObject(notification.getString("action_parameters")));
            }
            default:
                return new Push(
                        vendor, body.getString("title"), body.getString("content"), body.getJSONObject("clientCustomMap"));
        }
    }

    /** A tap starts the launcher activity with the pushed data as extras. */
    ZPNsMessage open() throws JSONException {
        Intent launcher = withData(new Intent(Device.app(), MainActivity.class));
        if (vendor == Vendors.FCM) {
            launcher.putExtra("google.message_id", "0:1");
        }
        return ZPNsManager.getInstance().getZPNsMessage(Device.app(), launcher);
    }

    /** A tap on the phone of a maker starts the library's page, which tells the app's receiver; Google's has no such page. */
    ZPNsMessage click() throws JSONException {
        Robolectric.buildActivity(ZPNsOpenClickedActivity.class, withData(new Intent())).create();
        return Device.wait(MyZPNsReceiver.CLICKED, 1);
    }

    /** The phone shows it and tells the app's receiver, which Xiaomi's alone does. */
    ZPNsMessage arrive() throws JSONException {
        MiPushMessage message = Vendors.miMessage(strings());
        message.setTitle(title);
        message.setDescription(content);
        new XiaomiMessageReceiver().onNotificationMessageArrived(Device.app(), message);
        return Device.wait(MyZPNsReceiver.ARRIVED, 1);
    }

    private Intent withData(Intent intent) throws JSONException {
        strings().forEach(intent::putExtra);
        return intent;
    }

    private Map<String, String> strings() throws JSONException {
        Map<String, String> map = new HashMap<>();
        for (Iterator<String> keys = data.keys(); keys.hasNext(); ) {
            String key = keys.next();
            map.put(key, data.getString(key));
        }
        return map;
    }
}
