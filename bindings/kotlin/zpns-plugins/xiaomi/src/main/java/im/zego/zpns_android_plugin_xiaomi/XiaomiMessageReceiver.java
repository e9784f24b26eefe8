package im.zego.zpns_android_plugin_xiaomi;

import android.content.Context;
import com.xiaomi.mipush.sdk.ErrorCode;
import com.xiaomi.mipush.sdk.MiPushClient;
import com.xiaomi.mipush.sdk.MiPushCommandMessage;
import com.xiaomi.mipush.sdk.MiPushMessage;
import com.xiaomi.mipush.sdk.PushMessageReceiver;
import im.zego.zpns.enums.ZPNsConstants.PushSource;
import im.zego.zpns.internal.VendorEvents;
import im.zego.zpns.internal.VendorException;
import im.zego.zpns.internal.VendorException.Kind;
import java.util.List;

/** What MiPush tells the app. */
public class XiaomiMessageReceiver extends PushMessageReceiver {
    @Override
    public void onReceiveRegisterResult(Context context, MiPushCommandMessage message) {
        if (!MiPushClient.COMMAND_REGISTER.equals(message.getCommand())) {
            return;
        }
        List<String> arguments = message.getCommandArguments();
        if (message.getResultCode() == ErrorCode.SUCCESS && arguments != null && !arguments.isEmpty()) {
            VendorEvents.token(context, PushSource.XIAOMI, arguments.get(0));
        } else {
            String text = message.getResultCode() + ": " + message.getReason();
            VendorEvents.failed(context, PushSource.XIAOMI, new VendorException(kind(message.getResultCode()), text));
        }
    }

    @Override
    public void onNotificationMessageArrived(Context context, MiPushMessage message) {
        VendorEvents.arrived(context, PushSource.XIAOMI, XiaomiPushClient.message(message));
    }

    @Override
    public void onNotificationMessageClicked(Context context, MiPushMessage message) {
        VendorEvents.clicked(context, PushSource.XIAOMI, XiaomiPushClient.message(message));
    }

    private static Kind kind(long code) {
        if (code == ErrorCode.ERROR_SERVICE_UNAVAILABLE) {
            return Kind.NETWORK;
        }
        return code == ErrorCode.ERROR_AUTHERICATION_ERROR ? Kind.CREDENTIALS : Kind.VENDOR;
    }
}
