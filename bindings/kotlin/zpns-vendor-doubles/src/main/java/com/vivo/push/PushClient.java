package com.vivo.push;

import android.content.Context;
import com.vivo.push.listener.IPushQueryActionListener;
import com.vivo.push.util.VivoPushException;
import im.zego.zpns.doubles.Phone;

/** Double of vivo push 4.0, whose ids come from the manifest. */
public class PushClient {
    private static boolean initialised;

    public static PushClient getInstance(Context context) {
        return new PushClient();
    }

    public boolean isSupport() {
        return Phone.code() != 101;
    }

    public void initialize(PushConfig config) throws VivoPushException {
        if (Phone.exception() instanceof VivoPushException) {
            throw (VivoPushException) Phone.exception();
        }
        initialised = config.agreesPrivacyStatement();
    }

    public void turnOnPush(IPushActionListener listener) {
        Phone.called("vivo turnOnPush");
        listener.onStateChanged(state());
    }

    public void turnOffPush(IPushActionListener listener) {
        Phone.called("vivo turnOffPush");
        listener.onStateChanged(state());
    }

    public void getRegId(IPushQueryActionListener listener) {
        listener.onSuccess(Phone.token());
    }

    /** 102 without the user's consent. */
    private static int state() {
        return initialised ? Phone.code() : 102;
    }
}
