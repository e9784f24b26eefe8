package com.vivo.push.sdk;

import android.content.BroadcastReceiver;
import android.content.Context;
import android.content.Intent;

/** Double of vivo push 4.0: the base class of an app's receiver. */
public abstract class OpenClientPushMessageReceiver extends BroadcastReceiver {
    @Override
    public final void onReceive(Context context, Intent intent) {}

    /** The token, the first and each new one. */
    public void onReceiveRegId(Context context, String regId) {}
}
