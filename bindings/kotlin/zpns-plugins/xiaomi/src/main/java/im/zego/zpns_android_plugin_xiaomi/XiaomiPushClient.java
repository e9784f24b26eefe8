package im.zego.zpns_android_plugin_xiaomi;

import android.content.Context;
import android.content.Intent;
import com.xiaomi.mipush.sdk.MiPushClient;
import com.xiaomi.mipush.sdk.MiPushMessage;
import com.xiaomi.mipush.sdk.PushMessageHelper;
import im.zego.zpns.internal.VendorClient;
import im.zego.zpns.internal.VendorMessage;
import im.zego.zpns.util.ZPNsConfig;
import java.io.Serializable;

/** MiPush; the app brings {@code MiPush_SDK_Client}. Its answers come to {@link XiaomiMessageReceiver}. */
public final class XiaomiPushClient implements VendorClient {
    @Override
    public void requestToken(Context context, ZPNsConfig config) {
        MiPushClient.registerPush(context, config.miAppID, config.miAppKey);
    }

    @Override
    public void releaseToken(Context context, ZPNsConfig config) {
        MiPushClient.unregisterPush(context);
    }

    @Override
    @SuppressWarnings("deprecation") // the form with a class is of Android 13
    public VendorMessage messageIn(Intent intent) {
        Serializable message = intent.getSerializableExtra(PushMessageHelper.KEY_MESSAGE);
        return message instanceof MiPushMessage ? message((MiPushMessage) message) : null;
    }

    static VendorMessage message(MiPushMessage message) {
        return new VendorMessage(message)
                .notifyId(message.getNotifyId())
                .with("title", message.getTitle())
                .with("description", message.getDescription())
                .with("extra", message.getExtra());
    }
}
