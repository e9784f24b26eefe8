package im.zego.zpns;

import android.content.BroadcastReceiver;
import android.content.Context;
import android.content.Intent;
import im.zego.zpns.entity.ZPNsMessage;
import im.zego.zpns.entity.ZPNsRegisterMessage;
import im.zego.zpns.internal.Broadcasts;

/**
 * What an app extends to get push events. Declare the subclass in the manifest, {@code android:enabled="true"
 * android:exported="true"}, with an intent filter on {@code im.zego.zim.zpns.intent.action.MESSAGE}; it then hears events also
 * in a process that a push has started.
 *
 * <p>Events come on the main thread, one at a time, in order. Intents of that action which the library did not send are
 * ignored. The receiver has to live in the app's main process.
 */
public abstract class ZPNsMessageReceiver extends BroadcastReceiver {
    @Override
    public void onReceive(Context context, Intent intent) {
        Object event = Broadcasts.eventOf(intent);
        if (event instanceof ZPNsRegisterMessage) {
            onRegistered(context, (ZPNsRegisterMessage) event);
        } else if (event instanceof ZPNsMessage) {
            receive(context, (ZPNsMessage) event);
        }
    }

    private void receive(Context context, ZPNsMessage message) {
        switch (message.getPushType()) {
            case NOTIFICATION_ARRIVED:
                onNotificationArrived(context, message);
                break;
            case NOTIFICATION_CLICKED:
                onNotificationClicked(context, message);
                break;
            case NOTIFICATION_THROUGH:
                onThroughMessageReceived(context, message);
                break;
        }
    }

    /** Data came and nothing was shown: FCM, and Huawei with the right to send such messages. */
    protected void onThroughMessageReceived(Context context, ZPNsMessage message) {}

    /** A notification was shown: Xiaomi, while the app's process runs. */
    protected void onNotificationArrived(Context context, ZPNsMessage message) {}

    /**
     * A notification was tapped: Huawei, Xiaomi, OPPO and vivo, if the push strategy opens the page of this library. A tap that
     * started the app is told as soon as the app registers. With FCM use {@link ZPNsManager#getZPNsMessage}.
     */
    protected void onNotificationClicked(Context context, ZPNsMessage message) {}

    /** A registration succeeded or failed, a new token gave a new PushID, or an unregistration failed. */
    protected void onRegistered(Context context, ZPNsRegisterMessage message) {}
}
