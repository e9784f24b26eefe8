package im.zego.zpns.tests;

import com.heytap.msp.push.mode.DataMessage;
import com.xiaomi.mipush.sdk.MiPushMessage;
import im.zego.zpns.entity.ZPNsMessage;
import org.json.JSONException;
import org.json.JSONObject;

/**
 * The published sample for reading the payload out of the vendor's object, in its current spelling: {@code getPushMessage()} where
 * it once said {@code getExtras()}, which now is the text of all keys.
 */
final class PayloadSample {
    private PayloadSample() {}

    static String payloadOf(ZPNsMessage message) {
        String payload = null;
        switch (message.getPushSource()) {
            case XIAOMI:
                MiPushMessage miMessage = (MiPushMessage) message.getPushMessage();
                payload = miMessage.getExtra().get("payload");
                break;
            case OPPO:
                DataMessage oppoMessage = (DataMessage) message.getPushMessage();
                // A tap brings no such object.
                String oppoData = oppoMessage == null ? message.getExtras() : oppoMessage.getDataExtra();
                try {
                    payload = new JSONObject(oppoData).getString("payload");
                } catch (JSONException e) {
                    e.printStackTrace();
                }
                break;
            case HUAWEI:
                com.huawei.hms.push.RemoteMessage hwMessage = (com.huawei.hms.push.RemoteMessage) message.getPushMessage();
                payload = hwMessage.getDataOfMap().get("payload");
                break;
            case FCM:
                com.google.firebase.messaging.RemoteMessage fcmMessage =
                        (com.google.firebase.messaging.RemoteMessage) message.getPushMessage();
                payload = fcmMessage.getData().get("payload");
                break;
            default:
                break;
        }
        return payload;
    }
}
