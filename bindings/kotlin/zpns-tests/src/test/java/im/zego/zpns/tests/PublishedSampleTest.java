package im.zego.zpns.tests;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import android.content.pm.ResolveInfo;
import android.content.Intent;
import com.google.firebase.messaging.RemoteMessage;
import im.zego.zpns.doubles.Phone;
import java.util.Collections;
import org.junit.After;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.Robolectric;

/** The published sample for receiving: it compiles, its manifest is that of this module, and it runs. */
@RunWith(AppRunner.class)
public class PublishedSampleTest {
    @After
    public void endMessenger() {
        Messenger.end();
    }

    // covers: C-05, C-06, C-07, C-08, C-11, C-27, C-33, C-34, C-35
    @Test
    public void theSampleRuns() {
        Device.start("Google", "token");
        PublishedReceiver.PRINTED.clear();
        Messenger.create();
        PublishedActivity activity = Robolectric.setupActivity(PublishedActivity.class);
        Device.waitUntil("onRegistered", () -> PublishedReceiver.PRINTED.size() == 1);
        Vendors.fcmDelivers(new RemoteMessage(null, Collections.singletonMap("payload", "p")));
        Device.waitUntil("onThroughMessageReceived", () -> PublishedReceiver.PRINTED.size() == 2);
        assertTrue(PublishedReceiver.PRINTED.get(0), PublishedReceiver.PRINTED.get(0).startsWith("onRegistered pushID:z1."));
        activity.unregister();
        Device.waitUntil("the vendor to be told", () -> Phone.calls().contains("fcm deleteToken"));
    }

    /** Android starts the process for it: the receiver is in the manifest, enabled and exported. */
    @Test
    public void theReceiverIsFoundByAndroid() {
        Intent broadcast = new Intent("im.zego.zim.zpns.intent.action.MESSAGE").setPackage(Device.app().getPackageName());
        for (ResolveInfo found : Device.app().getPackageManager().queryBroadcastReceivers(broadcast, 0)) {
            assertTrue(found.activityInfo.enabled && found.activityInfo.exported);
        }
        assertEquals(2, Device.app().getPackageManager().queryBroadcastReceivers(broadcast, 0).size());
    }
}
