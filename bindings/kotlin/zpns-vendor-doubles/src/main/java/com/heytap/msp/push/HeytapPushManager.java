package com.heytap.msp.push;

import android.content.Context;
import com.heytap.msp.push.callback.ICallBackResultService;
import im.zego.zpns.doubles.Phone;

/** Double of OPPO push 3.5. */
public final class HeytapPushManager {
    private HeytapPushManager() {}

    /** Has to be called before anything else. */
    public static void init(Context context, boolean needLog) {
        Phone.remember(context);
    }

    public static boolean isSupportPush(Context context) {
        return Phone.exception() == null;
    }

    public static void register(Context context, String appKey, String appSecret, ICallBackResultService callback) {
        initialised();
        Phone.called("oppo register " + appKey + " " + appSecret);
        String token = Phone.code() == 0 ? Phone.token() : null;
        callback.onRegister(Phone.code(), token, context.getPackageName(), null);
    }

    public static void unRegister() {
        initialised();
        Phone.called("oppo unRegister");
    }

    private static void initialised() {
        if (Phone.context() == null) {
            throw new IllegalArgumentException("call init before");
        }
    }
}
