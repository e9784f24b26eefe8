package im.zego.zpns.tests;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;
import static org.robolectric.Shadows.shadowOf;

import android.app.Notification;
import android.app.NotificationChannel;
import android.app.NotificationManager;
import android.content.ComponentName;
import android.content.ContentProvider;
import android.content.ContentValues;
import android.content.Context;
import android.content.Intent;
import android.database.Cursor;
import android.net.Uri;
import android.os.Build;
import android.os.Bundle;
import im.zego.zpns.ZPNsManager;
import im.zego.zpns.ZPNsNotifications;
import im.zego.zpns.entity.ZPNsLocalMessage;
import im.zego.zpns.entity.ZPNsNotificationChannel;
import im.zego.zpns.util.ZPNsConfig;
import java.util.ArrayList;
import java.util.List;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.Robolectric;
import org.robolectric.shadows.ShadowActivity;
import org.robolectric.util.ReflectionHelpers;

@RunWith(AppRunner.class)
public class NotificationsTest {
    private static NotificationManager manager() {
        return (NotificationManager) Device.app().getSystemService(Context.NOTIFICATION_SERVICE);
    }

    @Test
    public void aChannelWithASound() {
        ZPNsNotificationChannel channel = new ZPNsNotificationChannel();
        channel.channelID = "call";
        channel.channelName = "Calls";
        channel.androidSound = "/raw/call_sound";
        ZPNsNotifications.createNotificationChannel(Device.app(), channel);
        NotificationChannel made = manager().getNotificationChannel("call");
        assertEquals("Calls", made.getName().toString());
        assertEquals(NotificationManager.IMPORTANCE_HIGH, made.getImportance());
        assertEquals(Uri.parse("android.resource://com.example.app.android/raw/call_sound"), made.getSound());
    }

    @Test
    public void aLocalNotificationOpensTheAppWithItsPayload() {
        ZPNsLocalMessage message = new ZPNsLocalMessage();
        message.title = "Ann";
        message.content = "Are you there?";
        message.payload = "p";
        int first = ZPNsNotifications.addLocalNotification(Device.app(), message);
        int second = ZPNsNotifications.addLocalNotification(Device.app(), message);
        assertNotEquals("the second replaces none", first, second);
        Notification shown = shadowOf(manager()).getNotification(first);
        assertEquals("Ann", shown.extras.getString(Notification.EXTRA_TITLE));
        assertEquals("Are you there?", shown.extras.getString(Notification.EXTRA_TEXT));
        assertEquals("Chat", manager().getNotificationChannel(shown.getChannelId()).getName().toString());

        Intent tap = shadowOf(shown.contentIntent).getSavedIntent();
        assertEquals(new ComponentName(Device.app(), MainActivity.class), tap.getComponent());
        assertEquals("p", ZPNsManager.getInstance().getZPNsMessage(Device.app(), tap).getPayload());
    }

    // covers: F-21, F-22
    @Test
    public void thePermissionIsAskedForOnce() {
        MainActivity activity = Robolectric.setupActivity(MainActivity.class);
        ZPNsNotifications.applyNotificationPermission(activity);
        ShadowActivity.PermissionsRequest asked = shadowOf(activity).getLastRequestedPermission();
        assertEquals("android.permission.POST_NOTIFICATIONS", asked.requestedPermissions[0]);

        MainActivity later = Robolectric.setupActivity(MainActivity.class);
        ZPNsNotifications.applyNotificationPermission(later);
        assertEquals(null, shadowOf(later).getLastRequestedPermission());
    }

    // covers: F-21
    @Test
    public void belowAndroid13ThereIsNothingToAsk() {
        int version = Build.VERSION.SDK_INT;
        MainActivity activity = Robolectric.setupActivity(MainActivity.class);
        ReflectionHelpers.setStaticField(Build.VERSION.class, "SDK_INT", Build.VERSION_CODES.TIRAMISU - 1);
        try {
            ZPNsNotifications.applyNotificationPermission(activity);
        } finally {
            ReflectionHelpers.setStaticField(Build.VERSION.class, "SDK_INT", version);
        }
        assertEquals(null, shadowOf(activity).getLastRequestedPermission());
    }

    /** The launcher's provider, as Huawei and OPPO have it. */
    public static final class Launcher extends ContentProvider {
        static final List<String> CALLS = new ArrayList<>();

        @Override
        public Bundle call(String method, String argument, Bundle extras) {
            CALLS.add(method + " " + extras.getInt("badgenumber", extras.getInt("app_badge_count")) + " " + extras.getString("class"));
            return null;
        }

        @Override
        public boolean onCreate() {
            return true;
        }

        @Override
        public Cursor query(Uri uri, String[] columns, String where, String[] values, String order) {
            return null;
        }

        @Override
        public String getType(Uri uri) {
            return null;
        }

        @Override
        public Uri insert(Uri uri, ContentValues values) {
            return null;
        }

        @Override
        public int delete(Uri uri, String where, String[] values) {
            return 0;
        }

        @Override
        public int update(Uri uri, ContentValues values, String where, String[] arguments) {
            return 0;
        }
    }

    private static void launcher(String authority) {
        Launcher.CALLS.clear();
        Robolectric.buildContentProvider(Launcher.class).create(authority);
    }

    @Test
    public void theBadgeOfHuaweiNeedsItsSwitch() {
        Device.start("HUAWEI", "token");
        launcher("com.huawei.android.launcher.settings");
        ZPNsConfig config = Device.domestic();
        ZPNsManager.setPushConfig(config);
        ZPNsManager.getInstance().setApplicationIconBadgeNumber(Device.app(), 3);
        assertTrue(Launcher.CALLS.isEmpty());
        config.enableHwBadge(true);
        ZPNsManager.getInstance().setLocalBadge(Device.app(), 3);
        assertEquals(java.util.Arrays.asList("change_badge 3 " + MainActivity.class.getName()), Launcher.CALLS);
    }

    @Test
    public void theBadgeOfOppoAndVivo() {
        Device.start("OPPO", "token");
        launcher("com.android.badge");
        ZPNsManager.setPushConfig(Device.domestic());
        ZPNsManager.getInstance().setApplicationIconBadgeNumber(Device.app(), 5);
        assertEquals(java.util.Arrays.asList("setAppBadgeCount 5 null"), Launcher.CALLS);

        Device.start("vivo", "token");
        ZPNsManager.setPushConfig(Device.domestic());
        ZPNsManager.getInstance().setApplicationIconBadgeNumber(Device.app(), 7);
        List<Intent> sent = shadowOf(Device.app()).getBroadcastIntents();
        Intent last = sent.get(sent.size() - 1);
        assertEquals("launcher.action.CHANGE_APPLICATION_NOTIFICATION_NUM", last.getAction());
        assertEquals(7, last.getIntExtra("notificationNum", 0));
    }

    @Test
    public void aLauncherThatIsNotThereCostsNothing() {
        Device.start("OPPO", "token");
        ZPNsManager.setPushConfig(Device.domestic());
        ZPNsManager.getInstance().setApplicationIconBadgeNumber(Device.app(), 1);
        Device.start("Fairphone", "token");
        ZPNsManager.getInstance().setApplicationIconBadgeNumber(Device.app(), 1);
        assertFalse(shadowOf(Device.app()).getBroadcastIntents().stream().anyMatch(intent -> intent.getAction().startsWith("launcher")));
    }

    @Test
    public void aNegativeBadgeIsRefusedByName() {
        Device.start("OPPO", "token");
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class,
                () -> ZPNsManager.getInstance().setApplicationIconBadgeNumber(Device.app(), -1));
        assertTrue(refused.getMessage(), refused.getMessage().contains("badge") && refused.getMessage().contains("6000001"));
    }
}
