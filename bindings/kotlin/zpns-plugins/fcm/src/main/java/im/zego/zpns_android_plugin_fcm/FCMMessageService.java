package im.zego.zpns_android_plugin_fcm;

import com.google.firebase.messaging.FirebaseMessagingService;
import com.google.firebase.messaging.RemoteMessage;
import im.zego.zpns.enums.ZPNsConstants.PushSource;
import im.zego.zpns.internal.VendorEvents;
import im.zego.zpns.internal.VendorMessage;

/**
 * What Firebase tells the app. Messages with a notification are shown by the system, or, while the app is visible, by nobody;
 * only data messages are events. An app with a service of its own extends this class and calls {@code super}.
 */
public class FCMMessageService extends FirebaseMessagingService {
    @Override
    public void onNewToken(String token) {
        VendorEvents.token(this, PushSource.FCM, token);
    }

    @Override
    public void onMessageReceived(RemoteMessage message) {
        if (message.getNotification() == null) {
            VendorEvents.through(this, PushSource.FCM, new VendorMessage(message).with("data", message.getData()));
        }
    }
}
