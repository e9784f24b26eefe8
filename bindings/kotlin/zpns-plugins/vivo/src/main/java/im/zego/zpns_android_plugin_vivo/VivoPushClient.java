package im.zego.zpns_android_plugin_vivo;

import android.content.Context;
import com.vivo.push.PushClient;
import com.vivo.push.PushConfig;
import com.vivo.push.listener.IPushQueryActionListener;
import com.vivo.push.util.VivoPushException;
import im.zego.zpns.enums.ZPNsConstants.PushSource;
import im.zego.zpns.internal.VendorClient;
import im.zego.zpns.internal.VendorEvents;
import im.zego.zpns.internal.VendorException;
import im.zego.zpns.internal.VendorException.Kind;
import im.zego.zpns.util.ZPNsConfig;

/**
 * vivo push; the app brings {@code vivo_pushSDK} and has its {@code api_key} and {@code app_id} in the manifest. Registering
 * says to vivo's SDK that the user agreed to its privacy statement: register after the user did.
 */
public final class VivoPushClient implements VendorClient {
    /** Done, and done before. */
    private static final int DONE = 0;
    private static final int DONE_BEFORE = 1;

    private static final int TIMEOUT = 1003;

    @Override
    public void requestToken(Context context, ZPNsConfig config) throws VendorException {
        PushClient client = client(context);
        client.turnOnPush(state -> {
            if (isDone(state)) {
                client.getRegId(new RegId(context));
            } else {
                fail(context, state);
            }
        });
    }

    @Override
    public void releaseToken(Context context, ZPNsConfig config) throws VendorException {
        client(context).turnOffPush(state -> {
            if (!isDone(state)) {
                fail(context, state);
            }
        });
    }

    private static PushClient client(Context context) throws VendorException {
        PushClient client = PushClient.getInstance(context);
        try {
            client.initialize(new PushConfig.Builder().agreePrivacyStatement(true).build());
        } catch (VivoPushException wrongManifest) {
            throw new VendorException(Kind.CREDENTIALS, wrongManifest);
        }
        if (!client.isSupport()) {
            throw new VendorException(Kind.VENDOR, "this phone's system does not support vivo push");
        }
        return client;
    }

    private static boolean isDone(int state) {
        return state == DONE || state == DONE_BEFORE;
    }

    private static void fail(Context context, int state) {
        Kind kind = state == TIMEOUT ? Kind.NETWORK : Kind.VENDOR;
        VendorEvents.failed(context, PushSource.VIVO, new VendorException(kind, "vivo push answered " + state));
    }

    private static final class RegId implements IPushQueryActionListener {
        private final Context context;

        RegId(Context context) {
            this.context = context;
        }

        /** Empty right after the first start: then the id comes to {@link VivoMessageReceiver}. */
        @Override
        public void onSuccess(String regId) {
            if (regId != null && !regId.isEmpty()) {
                VendorEvents.token(context, PushSource.VIVO, regId);
            }
        }

        @Override
        public void onFail(Integer code) {
            fail(context, code);
        }
    }
}
