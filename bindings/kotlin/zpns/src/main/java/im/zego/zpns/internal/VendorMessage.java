package im.zego.zpns.internal;

import android.content.Intent;
import android.os.Bundle;
import org.json.JSONException;
import org.json.JSONObject;

/** A message as a vendor's SDK delivered it. */
public final class VendorMessage {
    private final JSONObject json = new JSONObject();
    private final Object original;
    private int notifyId;

    /** A message of which there is no object of the vendor's. */
    public VendorMessage() {
        this(null);
    }

    /** @param original the vendor's own object, which the app gets too */
    public VendorMessage(Object original) {
        this.original = original;
    }

    /** What a tap brings as extras of its intent. Extras that are no text, number or truth value are left out. */
    @SuppressWarnings("deprecation") // the forms with a class are of Android 13, and the class is not known here
    public static VendorMessage flat(Intent intent) {
        VendorMessage message = new VendorMessage();
        Bundle extras = intent.getExtras();
        if (extras == null) {
            return message;
        }
        for (String name : extras.keySet()) {
            Object value = extras.get(name);
            if (value instanceof String || value instanceof Number || value instanceof Boolean) {
                message.with(name, value);
            }
        }
        return message;
    }

    /** Adds what a getter of the vendor's object returns, under the name without {@code get}. Nothing if it is null. */
    public VendorMessage with(String name, Object value) {
        try {
            json.put(name, value == null ? null : JSONObject.wrap(value));
        } catch (JSONException notANumber) {
            throw new IllegalArgumentException(name, notANumber);
        }
        return this;
    }

    public boolean has(String name) {
        return json.has(name);
    }

    public VendorMessage notifyId(int notifyId) {
        this.notifyId = notifyId;
        return this;
    }

    /** The vendor's object with the names of its getters: what the core takes apart. */
    public String json() {
        return json.toString();
    }

    public Object original() {
        return original;
    }

    public int notifyId() {
        return notifyId;
    }
}
