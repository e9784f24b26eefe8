package im.zego.zpns_android_plugin_huawei;

import android.content.Context;
import com.huawei.hms.aaid.HmsInstanceId;
import com.huawei.hms.common.ApiException;
import im.zego.zpns.enums.ZPNsConstants.PushSource;
import im.zego.zpns.internal.VendorClient;
import im.zego.zpns.internal.VendorEvents;
import im.zego.zpns.internal.VendorException;
import im.zego.zpns.internal.VendorException.Kind;
import im.zego.zpns.util.ZPNsConfig;
import java.util.Arrays;
import java.util.List;

/** HMS push kit on Huawei phones with Android; the app brings {@code com.huawei.hms:push}. */
public final class HuaweiPushClient implements VendorClient {
    private static final String SCOPE = "HCM";

    /** Wrong certificate fingerprint; push not switched on for the app id. */
    private static final List<Integer> REFUSALS = Arrays.asList(6003, 907135701);

    @Override
    public void requestToken(Context context, ZPNsConfig config) {
        inBackground(context, () -> {
            String token = HmsInstanceId.getInstance(context).getToken(config.hwAppID, SCOPE);
            // Below EMUI 10 there is none yet: it comes to the service.
            if (token != null && !token.isEmpty()) {
                VendorEvents.token(context, PushSource.HUAWEI, token);
            }
        });
    }

    @Override
    public void releaseToken(Context context, ZPNsConfig config) {
        inBackground(context, () -> HmsInstanceId.getInstance(context).deleteToken(config.hwAppID, SCOPE));
    }

    static VendorException failure(Exception cause) {
        int code = cause instanceof ApiException ? ((ApiException) cause).getStatusCode() : 0;
        return new VendorException(REFUSALS.contains(code) ? Kind.CREDENTIALS : Kind.VENDOR, cause);
    }

    /** HMS waits for its service, and refuses to on the main thread. */
    private static void inBackground(Context context, Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (ApiException error) {
                VendorEvents.failed(context, PushSource.HUAWEI, failure(error));
            } catch (RuntimeException | LinkageError error) {
                VendorEvents.failed(context, PushSource.HUAWEI, new VendorException(Kind.OTHER, error));
            }
        });
        thread.setName("zpns-huawei");
        thread.start();
    }

    private interface Work {
        void run() throws ApiException;
    }
}
