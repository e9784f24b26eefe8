package com.huawei.hms.push;

import android.app.Service;
import android.content.Intent;
import android.os.IBinder;

/** Double of HMS push 6.12: the base class of an app's service. */
public class HmsMessageService extends Service {
    public void onNewToken(String token) {}

    public void onTokenError(Exception error) {}

    public void onMessageReceived(RemoteMessage message) {}

    @Override
    public final IBinder onBind(Intent intent) {
        return null;
    }
}
