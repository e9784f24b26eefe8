package im.zego.zpns_android_plugin_oppo;

import android.content.Context;
import com.heytap.msp.push.HeytapPushManager;
import com.heytap.msp.push.callback.ICallBackResultService;
import im.zego.zpns.enums.ZPNsConstants.PushSource;
import im.zego.zpns.internal.VendorClient;
import im.zego.zpns.internal.VendorEvents;
import im.zego.zpns.internal.VendorException;
import im.zego.zpns.internal.VendorException.Kind;
import im.zego.zpns.util.ZPNsConfig;

/** OPPO push on OPPO, OnePlus and realme phones; the app brings {@code com.heytap.msp}. */
public final class OppoPushClient implements VendorClient {
    @Override
    public void requestToken(Context context, ZPNsConfig config) throws VendorException {
        HeytapPushManager.init(context, false);
        if (!HeytapPushManager.isSupportPush(context)) {
            throw new VendorException(Kind.VENDOR, "this phone's system does not support OPPO push");
        }
        HeytapPushManager.register(context, config.oppoAppKey, config.oppoAppSecret, new Answers(context));
    }

    @Override
    public void releaseToken(Context context, ZPNsConfig config) {
        HeytapPushManager.init(context, false);
        HeytapPushManager.unRegister();
    }

    private static final class Answers implements ICallBackResultService {
        private final Context context;

        Answers(Context context) {
            this.context = context;
        }

        @Override
        public void onRegister(int responseCode, String registerID, String packageName, String miniPackageName) {
            if (responseCode == 0 && registerID != null && !registerID.isEmpty()) {
                VendorEvents.token(context, PushSource.OPPO, registerID);
            } else {
                fail(responseCode, "register");
            }
        }

        @Override
        public void onError(int errorCode, String message, String packageName, String miniPackageName) {
            fail(errorCode, message);
        }

        private void fail(int code, String text) {
            VendorEvents.failed(context, PushSource.OPPO, new VendorException(kind(code), code + ": " + text));
        }

        /** -1, -2: the service is busy or away; 13 to 15: it does not know the app or its key. */
        private static Kind kind(int code) {
            switch (code) {
                case -1:
                case -2:
                    return Kind.NETWORK;
                case 13:
                case 14:
                case 15:
                    return Kind.CREDENTIALS;
                default:
                    return Kind.VENDOR;
            }
        }

        @Override
        public void onUnRegister(int responseCode, String packageName, String miniPackageName) {
            if (responseCode != 0) {
                fail(responseCode, "unregister");
            }
        }

        @Override
        public void onSetPushTime(int responseCode, String pushTime) {}

        @Override
        public void onGetPushStatus(int responseCode, int status) {}

        @Override
        public void onGetNotificationStatus(int responseCode, int status) {}
    }
}
