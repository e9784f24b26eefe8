package im.zego.zpns.tests;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertTrue;

import android.content.Intent;
import com.google.firebase.messaging.RemoteMessage;
import com.xiaomi.mipush.sdk.MiPushMessage;
import im.zego.zpns.ZPNsManager;
import im.zego.zpns.entity.ZPNsMessage;
import im.zego.zpns.enums.ZPNsConstants.PushSource;
import im.zego.zpns.enums.ZPNsType;
import im.zego.zpns.internal.VendorEvents;
import im.zego.zpns.internal.VendorMessage;
import im.zego.zpns_android_plugin_xiaomi.XiaomiMessageReceiver;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import org.json.JSONException;
import org.json.JSONObject;
import org.junit.After;
import org.junit.Test;
import org.junit.runner.RunWith;

/** What the vendors' SDKs deliver, as the app gets it; no registration is needed: a push can start the process. */
@RunWith(AppRunner.class)
public class MessagesTest {
    private static final Map<String, String> DATA = data();

    private static Map<String, String> data() {
        Map<String, String> data = new HashMap<>();
        data.put("title", "Ann");
        data.put("body", "Grüße, 世界 🎉");
        data.put("payload", "{\"room\":7}");
        data.put("zego", "{\"version\":1,\"zpns_request_id\":\"r1\"}");
        return data;
    }

    @After
    public void endMessenger() {
        Messenger.end();
    }

    // covers: C-09, C-17, C-20, C-24, C-25
    @Test
    public void aDataMessageOfFcm() throws JSONException {
        Device.start("Google", "token");
        RemoteMessage original = new RemoteMessage(null, DATA);
        Vendors.fcmDelivers(original);
        ZPNsMessage message = Device.wait(MyZPNsReceiver.THROUGH, 1);
        assertEquals("Ann", message.getTitle());
        assertEquals("Grüße, 世界 🎉", message.getContent());
        assertEquals("{\"room\":7}", message.getPayload());
        assertEquals("{\"room\":7}", new JSONObject(message.getExtras()).getString("payload"));
        assertEquals(PushSource.FCM, message.getPushSource());
        assertEquals(ZPNsType.NOTIFICATION_THROUGH, message.getPushType());
        assertSame(original, message.getPushMessage());
        assertEquals("{\"room\":7}", PayloadSample.payloadOf(message));
        assertTrue(message.toString(), message.toString().contains("FCM") && !message.toString().contains("room"));
    }

    @Test
    public void aNotificationOfFcmInTheForegroundIsNoEvent() {
        Device.start("Google", "token");
        Vendors.fcmDelivers(new RemoteMessage(new RemoteMessage.Notification("Ann", "Hi"), DATA));
        Vendors.fcmDelivers(new RemoteMessage(null, DATA));
        Device.wait(MyZPNsReceiver.THROUGH, 1);
    }

    // covers: C-16, C-23
    @Test
    public void aDataMessageOfHuawei() {
        Device.start("HUAWEI", "token");
        com.huawei.hms.push.RemoteMessage original =
                new com.huawei.hms.push.RemoteMessage("{\"title\":\"Ann\",\"payload\":\"p\"}");
        Vendors.huaweiDelivers(original);
        ZPNsMessage message = Device.wait(MyZPNsReceiver.THROUGH, 1);
        assertEquals("Ann", message.getTitle());
        assertEquals(PushSource.HUAWEI, message.getPushSource());
        assertSame(original, message.getPushMessage());
        assertEquals("p", PayloadSample.payloadOf(message));
    }

    // covers: C-10, C-18, C-21
    @Test
    public void aNotificationOfXiaomiArrives() {
        Device.start("Xiaomi", "token");
        MiPushMessage original = Vendors.miMessage(DATA);
        new XiaomiMessageReceiver().onNotificationMessageArrived(Device.app(), original);
        ZPNsMessage message = Device.wait(MyZPNsReceiver.ARRIVED, 1);
        assertEquals("Ann", message.getTitle());
        assertEquals("Are you there?", message.getContent());
        assertEquals(17, message.getNotifyId());
        assertEquals(PushSource.XIAOMI, message.getPushSource());
        assertSame(original, message.getPushMessage());
        assertEquals("{\"room\":7}", PayloadSample.payloadOf(message));
    }

    // covers: C-15, C-19
    @Test
    public void whatAVendorDoesNotSupportIsNeverRaised() {
        Device.start("OPPO", "token");
        for (PushSource source : new PushSource[] {PushSource.XIAOMI, PushSource.OPPO, PushSource.VIVO}) {
            VendorEvents.through(Device.app(), source, new VendorMessage().with("payload", "p"));
        }
        for (PushSource source : new PushSource[] {PushSource.VIVO, PushSource.HUAWEI, PushSource.FCM, PushSource.OPPO}) {
            VendorEvents.arrived(Device.app(), source, new VendorMessage().with("payload", "p"));
        }
        // Events come in order: once this one is there, the others would be.
        Vendors.fcmDelivers(new RemoteMessage(null, DATA));
        Device.wait(MyZPNsReceiver.THROUGH, 1);
        assertEquals(Collections.emptyList(), MyZPNsReceiver.ARRIVED);
    }

    @Test
    public void eventsComeInOrderAndNoneIsLost() {
        Device.start("Google", "token");
        for (int number = 0; number < 100; number++) {
            Vendors.fcmDelivers(new RemoteMessage(null, Collections.singletonMap("payload", String.valueOf(number))));
        }
        Device.wait(MyZPNsReceiver.THROUGH, 100);
        for (int number = 0; number < 100; number++) {
            assertEquals(String.valueOf(number), MyZPNsReceiver.THROUGH.get(number).getPayload());
        }
    }

    @Test
    public void equalMessagesKeepTheirObjects() {
        Device.start("Google", "token");
        for (int number = 0; number < 2; number++) {
            Vendors.fcmDelivers(new RemoteMessage(null, DATA));
            assertEquals("{\"room\":7}", PayloadSample.payloadOf(Device.wait(MyZPNsReceiver.THROUGH, number + 1)));
        }
    }

    @Test
    public void emptyAndHugeMessages() {
        Device.start("Google", "token");
        Vendors.fcmDelivers(new RemoteMessage(null, Collections.emptyMap()));
        assertEquals("", Device.wait(MyZPNsReceiver.THROUGH, 1).getPayload());
        StringBuilder huge = new StringBuilder();
        for (int number = 0; number < 100_000; number++) {
            huge.append('x');
        }
        Vendors.fcmDelivers(new RemoteMessage(null, Collections.singletonMap("payload", huge.toString())));
        assertEquals(huge.length(), Device.wait(MyZPNsReceiver.THROUGH, 2).getPayload().length());
    }

    /** The receiver is exported, as published: what others send it is nothing. */
    @Test
    public void aForgedBroadcastIsIgnored() {
        Device.start("Google", "token");
        Device.app().sendBroadcast(new Intent("im.zego.zim.zpns.intent.action.MESSAGE")
                .setPackage(Device.app().getPackageName())
                .putExtra("im.zego.zpns.event", "guess")
                .putExtra("payload", "forged"));
        Vendors.fcmDelivers(new RemoteMessage(null, DATA));
        Device.wait(MyZPNsReceiver.THROUGH, 1);
        assertEquals(Collections.emptyList(), MyZPNsReceiver.REGISTERED);
    }
}
