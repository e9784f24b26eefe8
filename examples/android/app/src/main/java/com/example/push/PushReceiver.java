package com.example.push;

import android.content.Context;
import android.util.Log;
import im.zego.zpns.ZPNsMessageReceiver;
import im.zego.zpns.entity.ZPNsMessage;
import im.zego.zpns.entity.ZPNsRegisterMessage;

/** What comes of pushing: the PushID, and what the vendor delivered. Android starts the app's process for it. */
public class PushReceiver extends ZPNsMessageReceiver {
    private static final String TAG = "push";

    @Override
    protected void onRegistered(Context context, ZPNsRegisterMessage message) {
        Log.i(TAG, "error " + message.getErrorCode() + ", PushID " + message.getCommandResult());
    }

    @Override
    protected void onNotificationClicked(Context context, ZPNsMessage message) {
        Log.i(TAG, "tapped: " + message.getTitle() + ", payload " + message.getPayload());
    }

    @Override
    protected void onNotificationArrived(Context context, ZPNsMessage message) {
        Log.i(TAG, "arrived: " + message.getTitle());
    }

    @Override
    protected void onThroughMessageReceived(Context context, ZPNsMessage message) {
        Log.i(TAG, "data: " + message.getPayload());
    }
}
