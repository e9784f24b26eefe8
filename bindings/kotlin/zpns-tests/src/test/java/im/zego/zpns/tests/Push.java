package im.zego.zpns.tests;

import android.content.Intent;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.json.JSONException;
import org.json.JSONObject;

/** What the server sent to a vendor, as the vendor brings it to the phone. */
final class Push {
    final String title;
    final String content;
    final JSONObject data;

    private Push(String title, String content, JSONObject data) {
        this.title = title;
        this.content = content;
        this.data = data;
    }

    static Push of(Vendors vendor, JSONObject body) throws JSONException {
        switch (vendor) {
            case FCM: {
                JSONObject message = body.getJSONObject("message");
                JSONObject notification = message.getJSONObject("notification");
                return new Push(notification.getString("title"), notification.getString("body"), message.getJSONObject("data"));
            }
            case HUAWEI: {
                JSONObject message = body.getJSONObject("message");
                JSONObject notification = message.getJSONObject("android").getJSONObject("notification");
                return new Push(
                        notification.getString("title"), notification.getString("body"), new JSONObject(message.getString("data")));
            }
            case XIAOMI: {
                JSONObject extra = new JSONObject();
                for (Iterator<String> keys = body.keys(); keys.hasNext(); ) {
                    String key = keys.next();
                    if (key.startsWith("extra.")) {
                        extra.put(key.substring("extra.".length()), body.get(key));
                    }
                }
                return new Push(body.getString("title"), body.getString("description"), extra);
            }
            case OPPO: {
                JSONObject notification = body.getJSONObject("notification");
                return new Push(notification.getString("title"), notification.getString("content"),
                        new JSONObject(notification.getString("action_parameters")));
            }
            default:
                return new Push(body.getString("title"), body.getString("content"), body.getJSONObject("clientCustomMap"));
        }
    }

    Map<String, String> strings() throws JSONException {
        Map<String, String> map = new HashMap<>();
        for (Iterator<String> keys = data.keys(); keys.hasNext(); ) {
            String key = keys.next();
            map.put(key, data.getString(key));
        }
        return map;
    }

    /** The intent of a tap: the data as extras. */
    Intent tap(Intent intent) throws JSONException {
        strings().forEach(intent::putExtra);
        return intent;
    }
}
