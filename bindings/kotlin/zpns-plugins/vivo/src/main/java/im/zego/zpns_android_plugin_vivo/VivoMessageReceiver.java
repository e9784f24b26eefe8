package im.zego.zpns_android_plugin_vivo;

import android.content.Context;
import com.vivo.push.sdk.OpenClientPushMessageReceiver;
import im.zego.zpns.enums.ZPNsConstants.PushSource;
import im.zego.zpns.internal.VendorEvents;

/** What vivo's SDK tells the app: the token, the first and each new one. */
public class VivoMessageReceiver extends OpenClientPushMessageReceiver {
    @Override
    public void onReceiveRegId(Context context, String regId) {
        VendorEvents.token(context, PushSource.VIVO, regId);
    }
}
