package im.zego.zpns.tests;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;
import static org.robolectric.Shadows.shadowOf;

import android.content.ComponentName;
import android.content.Intent;
import android.content.pm.ResolveInfo;
import im.zego.zpns.ZPNsManager;
import im.zego.zpns.ZPNsOpenClickedActivity;
import im.zego.zpns.entity.ZPNsMessage;
import im.zego.zpns.enums.ZPNsConstants.PushSource;
import im.zego.zpns.enums.ZPNsType;
import im.zego.zpns_android_plugin_xiaomi.XiaomiMessageReceiver;
import java.net.URISyntaxException;
import java.util.Collections;
import java.util.List;
import org.junit.After;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.Robolectric;
import org.robolectric.android.controller.ActivityController;

@RunWith(AppRunner.class)
public class ClickTest {
    /** What a push strategy says on Huawei, Xiaomi and vivo. */
    private static final String INTENT =
            "intent://im.zego.zpns.click_notification/detail#Intent;scheme=pushscheme;launchFlags=0x4000000;end";

    private static final String ZEGO = "{\"version\":1,\"zpns_request_id\":\"r1\"}";

    @After
    public void endMessenger() {
        Messenger.end();
    }

    private static Intent tap() throws URISyntaxException {
        return Intent.parseUri(INTENT, Intent.URI_INTENT_SCHEME).putExtra("payload", "p").putExtra("zego", ZEGO);
    }

    /** What Android does with the intent of a notification that is tapped. */
    private static Intent open(Intent intent) {
        ActivityController<ZPNsOpenClickedActivity> activity =
                Robolectric.buildActivity(ZPNsOpenClickedActivity.class, intent).create();
        assertTrue("it shows nothing", activity.get().isFinishing());
        return shadowOf(activity.get()).getNextStartedActivity();
    }

    @Test
    public void theIntentOfTheStrategyLeadsToTheLibrary() throws URISyntaxException {
        Device.start("HUAWEI", "token");
        Intent intent = tap().setPackage(Device.app().getPackageName());
        List<ResolveInfo> found = Device.app().getPackageManager().queryIntentActivities(intent, 0);
        assertEquals(1, found.size());
        assertEquals(ZPNsOpenClickedActivity.class.getName(), found.get(0).activityInfo.name);
        assertTrue("the vendor's service starts it", found.get(0).activityInfo.exported);
    }

    @Test
    public void aTapOpensTheAppAndIsTold() throws URISyntaxException {
        PushSource[] sources = {PushSource.HUAWEI, PushSource.OPPO, PushSource.VIVO};
        for (PushSource source : sources) {
            Device.start(source.name(), "token");
            ZPNsManager.setPushConfig(Device.domestic());
            ZPNsManager.getInstance().registerPush(Device.app());

            Intent started = open(tap());
            assertEquals(new ComponentName(Device.app(), MainActivity.class), started.getComponent());
            assertEquals("p", started.getStringExtra("payload"));

            ZPNsMessage message = Device.wait(MyZPNsReceiver.CLICKED, 1);
            assertEquals("p", message.getPayload());
            assertEquals(source, message.getPushSource());
            assertEquals(ZPNsType.NOTIFICATION_CLICKED, message.getPushType());
        }
    }

    /** The tap started the process: nobody listens before the app registers. */
    @Test
    public void aTapBeforeTheRegistrationWaitsForIt() throws URISyntaxException {
        Device.start("vivo", "token");
        ZPNsManager.setPushConfig(Device.domestic());
        open(tap());
        open(tap().putExtra("payload", "later"));
        ZPNsManager.getInstance().registerPush(Device.app());
        assertEquals("the last one wins", "later", Device.wait(MyZPNsReceiver.CLICKED, 1).getPayload());
    }

    @Test
    public void aTapOnXiaomiHasTheVendorsObject() throws URISyntaxException {
        Device.start("Xiaomi", "token");
        ZPNsManager.setPushConfig(Device.domestic());
        ZPNsManager.getInstance().registerPush(Device.app());
        Intent intent = tap().putExtra(
                com.xiaomi.mipush.sdk.PushMessageHelper.KEY_MESSAGE,
                Vendors.miMessage(Collections.singletonMap("payload", "of the object")));
        open(intent);
        ZPNsMessage message = Device.wait(MyZPNsReceiver.CLICKED, 1);
        assertEquals("Ann", message.getTitle());
        assertEquals("of the object", PayloadSample.payloadOf(message));

        new XiaomiMessageReceiver().onNotificationMessageClicked(Device.app(), Vendors.miMessage(Collections.emptyMap()));
        assertEquals(17, Device.wait(MyZPNsReceiver.CLICKED, 2).getNotifyId());
    }

    // covers: C-22
    @Test
    public void theLauncherActivityReadsWhatWasTapped() {
        Device.start("OPPO", "token");
        ZPNsManager.setPushConfig(Device.domestic());
        Intent launcher = new Intent(Device.app(), MainActivity.class).putExtra("payload", "{\"room\":7}").putExtra("zego", ZEGO);
        ZPNsMessage message = ZPNsManager.getInstance().getZPNsMessage(Device.app(), launcher);
        assertEquals("{\"room\":7}", message.getPayload());
        assertEquals(PushSource.OPPO, message.getPushSource());
        assertEquals("{\"room\":7}", PayloadSample.payloadOf(message));
        assertEquals("raises no event", Collections.emptyList(), MyZPNsReceiver.CLICKED);
    }

    @Test
    public void aTapOfFcmIsKnownByGooglesExtra() {
        Device.start("OPPO", "token");
        ZPNsManager.setPushConfig(Device.domestic());
        Intent launcher = new Intent().putExtra("google.message_id", "0:1").putExtra("payload", "p").putExtra("title", "Ann");
        ZPNsMessage message = ZPNsManager.getInstance().getZPNsMessage(Device.app(), launcher);
        assertEquals(PushSource.FCM, message.getPushSource());
        assertEquals("Ann", message.getTitle());
    }

    @Test
    public void anotherStartIsNoPush() {
        Device.start("OPPO", "token");
        assertNull(ZPNsManager.getInstance().getZPNsMessage(Device.app(), null));
        assertNull(ZPNsManager.getInstance().getZPNsMessage(Device.app(), new Intent(Intent.ACTION_MAIN)));
        assertNull(ZPNsManager.getInstance().getZPNsMessage(Device.app(), new Intent().putExtra("theirs", 1)));
    }
}
