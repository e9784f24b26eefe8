package com.xiaomi.mipush.sdk;

import android.content.Context;
import im.zego.zpns.doubles.Phone;

/** Double of MiPush 6.0. The result comes to the app's {@link PushMessageReceiver}, which the test calls. */
public abstract class MiPushClient {
    public static final String COMMAND_REGISTER = "register";

    public static void registerPush(Context context, String appID, String appKey) {
        Phone.called("xiaomi register " + appID + " " + appKey);
    }

    public static void unregisterPush(Context context) {
        Phone.called("xiaomi unregister");
    }
}
