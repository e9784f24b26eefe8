package im.zego.zpns_android_plugin_huawei;

import com.huawei.hms.push.HmsMessageService;
import com.huawei.hms.push.RemoteMessage;
import im.zego.zpns.enums.ZPNsConstants.PushSource;
import im.zego.zpns.internal.VendorEvents;
import im.zego.zpns.internal.VendorMessage;

/** What HMS tells the app. An app with a service of its own extends this class and calls {@code super}. */
public class HuaweiMessageService extends HmsMessageService {
    @Override
    public void onNewToken(String token) {
        VendorEvents.token(this, PushSource.HUAWEI, token);
    }

    @Override
    public void onTokenError(Exception error) {
        VendorEvents.failed(this, PushSource.HUAWEI, HuaweiPushClient.failure(error));
    }

    /** Data messages only: HMS shows the others itself. */
    @Override
    public void onMessageReceived(RemoteMessage message) {
        VendorMessage told = new VendorMessage(message)
                .with("data", message.getData())
                .with("dataOfMap", message.getDataOfMap());
        VendorEvents.through(this, PushSource.HUAWEI, told);
    }
}
