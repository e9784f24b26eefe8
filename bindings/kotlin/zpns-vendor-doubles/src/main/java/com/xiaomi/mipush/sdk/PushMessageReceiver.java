package com.xiaomi.mipush.sdk;

import android.content.BroadcastReceiver;
import android.content.Context;
import android.content.Intent;

/** Double of MiPush 6.0: the base class of an app's receiver. */
public abstract class PushMessageReceiver extends BroadcastReceiver {
    @Override
    public final void onReceive(Context context, Intent intent) {}

    public void onReceiveRegisterResult(Context context, MiPushCommandMessage message) {}

    public void onNotificationMessageArrived(Context context, MiPushMessage message) {}

    public void onNotificationMessageClicked(Context context, MiPushMessage message) {}
}
