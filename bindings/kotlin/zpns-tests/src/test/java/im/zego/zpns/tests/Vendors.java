package im.zego.zpns.tests;

import android.content.Context;
import com.google.firebase.messaging.RemoteMessage;
import com.xiaomi.mipush.sdk.MiPushClient;
import com.xiaomi.mipush.sdk.MiPushCommandMessage;
import com.xiaomi.mipush.sdk.MiPushMessage;
import im.zego.zpns.doubles.Phone;
import im.zego.zpns.enums.ZPNsConstants.PushSource;
import im.zego.zpns.util.ZPNsConfig;
import im.zego.zpns_android_plugin_fcm.FCMMessageService;
import im.zego.zpns_android_plugin_huawei.HuaweiMessageService;
import im.zego.zpns_android_plugin_xiaomi.XiaomiMessageReceiver;
import java.util.Collections;
import java.util.Map;
import org.robolectric.Robolectric;

/** The five vendors of Android, each as its phone and its SDK behave. */
enum Vendors {
    FCM("Google", PushSource.FCM),
    HUAWEI("HUAWEI", PushSource.HUAWEI),
    XIAOMI("Xiaomi", PushSource.XIAOMI) {
        @Override
        void answer(Context context) {
            String token = Phone.code() == 0 ? Phone.token() : null;
            new XiaomiMessageReceiver().onReceiveRegisterResult(context, new MiPushCommandMessage(
                    MiPushClient.COMMAND_REGISTER, Phone.code(), "reason", Collections.singletonList(token)));
        }
    },
    OPPO("OPPO", PushSource.OPPO),
    VIVO("vivo", PushSource.VIVO);

    final String manufacturer;
    final PushSource source;

    Vendors(String manufacturer, PushSource source) {
        this.manufacturer = manufacturer;
        this.source = source;
    }

    /** What an app enables for this vendor's phones. */
    ZPNsConfig config() {
        return this == FCM ? new ZPNsConfig().enableFCMPush() : Device.domestic();
    }

    /** What the vendor's SDK does with the request by itself, where the double does not answer at once. */
    void answer(Context context) {}

    static void fcmDelivers(RemoteMessage message) {
        Robolectric.setupService(FCMMessageService.class).onMessageReceived(message);
    }

    static void huaweiDelivers(com.huawei.hms.push.RemoteMessage message) {
        Robolectric.setupService(HuaweiMessageService.class).onMessageReceived(message);
    }

    static MiPushMessage miMessage(Map<String, String> extra) {
        MiPushMessage message = new MiPushMessage();
        message.setTitle("Ann");
        message.setDescription("Are you there?");
        message.setNotifyId(17);
        message.setExtra(extra);
        return message;
    }
}
