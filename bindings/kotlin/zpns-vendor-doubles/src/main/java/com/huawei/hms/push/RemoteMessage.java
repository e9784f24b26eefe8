package com.huawei.hms.push;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.json.JSONException;
import org.json.JSONObject;

/** Double of HMS push 6.12: a data message. */
public class RemoteMessage {
    private final String data;

    public RemoteMessage(String data) {
        this.data = data;
    }

    /** The text the sender put into {@code data}. */
    public String getData() {
        return data;
    }

    /** The same as a map, if it is the text of a JSON object; else empty. */
    public Map<String, String> getDataOfMap() {
        Map<String, String> map = new HashMap<>();
        try {
            JSONObject object = new JSONObject(data);
            for (Iterator<String> keys = object.keys(); keys.hasNext(); ) {
                String key = keys.next();
                map.put(key, object.get(key).toString());
            }
        } catch (JSONException notAnObject) {
            map.clear();
        }
        return map;
    }
}
