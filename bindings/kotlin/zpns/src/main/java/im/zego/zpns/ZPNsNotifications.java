package im.zego.zpns;

import android.app.Activity;
import android.app.Notification;
import android.app.NotificationChannel;
import android.app.NotificationManager;
import android.app.PendingIntent;
import android.content.Context;
import android.content.Intent;
import android.content.SharedPreferences;
import android.content.pm.PackageManager;
import android.media.AudioAttributes;
import android.net.Uri;
import android.os.Build;
import im.zego.zpns.entity.ZPNsLocalMessage;
import im.zego.zpns.entity.ZPNsNotificationChannel;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Notifications of the phone itself: channels, the permission to show any, and notifications of the app. The published Android
 * package has none of this, its uni-app, React Native and Flutter packages have; here it is for all of them.
 */
public final class ZPNsNotifications {
    /** Android 13; below it every app may show notifications. */
    private static final String PERMISSION = "android.permission.POST_NOTIFICATIONS";

    private static final String SETTINGS = "im.zego.zpns";
    private static final String ASKED = "permission_asked";
    private static final String OWN_CHANNEL = "im.zego.zpns";

    /** Not below the numbers of an app that counts from 1 itself. */
    private static final AtomicInteger NEXT_ID = new AtomicInteger(0x5a000001);

    private ZPNsNotifications() {}

    /**
     * Makes a channel of high importance; nothing below Android 8. A channel there is already keeps sound and importance: the
     * user's choice counts.
     */
    public static void createNotificationChannel(Context context, ZPNsNotificationChannel channel) {
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.O) {
            return;
        }
        NotificationChannel made =
                new NotificationChannel(channel.channelID, channel.channelName, NotificationManager.IMPORTANCE_HIGH);
        Uri sound = sound(context, channel.androidSound);
        if (sound != null) {
            made.setSound(sound, new AudioAttributes.Builder().setUsage(AudioAttributes.USAGE_NOTIFICATION).build());
        }
        manager(context).createNotificationChannel(made);
    }

    /**
     * Shows a notification of the app; a tap opens the launcher activity.
     *
     * @return its number, for {@code NotificationManager.cancel}
     */
    public static int addLocalNotification(Context context, ZPNsLocalMessage message) {
        int id = NEXT_ID.getAndIncrement();
        Notification.Builder builder = builder(context, message)
                .setContentTitle(message.title)
                .setContentText(message.content)
                .setSmallIcon(icon(context))
                .setAutoCancel(true);
        Intent launcher = context.getPackageManager().getLaunchIntentForPackage(context.getPackageName());
        if (launcher != null) {
            launcher.putExtra("payload", message.payload)
                    .putExtra("title", message.title)
                    .putExtra("content", message.content);
            int flags = PendingIntent.FLAG_UPDATE_CURRENT | PendingIntent.FLAG_IMMUTABLE;
            builder.setContentIntent(PendingIntent.getActivity(context, id, launcher, flags));
        }
        manager(context).notify(id, builder.build());
        return id;
    }

    /**
     * Asks the user once whether the app may show notifications; nothing below Android 13, when it may, and from the second call
     * on, as long as the app is installed. The answer comes to the activity's {@code onRequestPermissionsResult}.
     */
    public static void applyNotificationPermission(Activity activity) {
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.TIRAMISU
                || activity.checkSelfPermission(PERMISSION) == PackageManager.PERMISSION_GRANTED) {
            return;
        }
        SharedPreferences settings = activity.getSharedPreferences(SETTINGS, Context.MODE_PRIVATE);
        if (settings.getBoolean(ASKED, false)) {
            return;
        }
        settings.edit().putBoolean(ASKED, true).apply();
        activity.requestPermissions(new String[] {PERMISSION}, 0);
    }

    @SuppressWarnings("deprecation") // what there was before channels
    private static Notification.Builder builder(Context context, ZPNsLocalMessage message) {
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.O) {
            Uri sound = sound(context, message.androidSound);
            Notification.Builder builder = new Notification.Builder(context).setPriority(Notification.PRIORITY_HIGH);
            return sound == null ? builder.setDefaults(Notification.DEFAULT_SOUND) : builder.setSound(sound);
        }
        String channel = message.channelID;
        if (channel.isEmpty()) {
            ZPNsNotificationChannel own = new ZPNsNotificationChannel();
            own.channelID = channel = OWN_CHANNEL;
            own.channelName = String.valueOf(context.getApplicationInfo().loadLabel(context.getPackageManager()));
            createNotificationChannel(context, own);
        }
        return new Notification.Builder(context, channel);
    }

    /** The app's {@code mipmap/ic_launcher}; else its icon as the manifest says; else Android's. */
    private static int icon(Context context) {
        int launcher = context.getResources().getIdentifier("ic_launcher", "mipmap", context.getPackageName());
        if (launcher != 0) {
            return launcher;
        }
        int icon = context.getApplicationInfo().icon;
        return icon == 0 ? android.R.drawable.ic_dialog_info : icon;
    }

    private static Uri sound(Context context, String path) {
        return path == null || path.isEmpty()
                ? null
                : Uri.parse("android.resource://" + context.getPackageName() + path);
    }

    private static NotificationManager manager(Context context) {
        return (NotificationManager) context.getSystemService(Context.NOTIFICATION_SERVICE);
    }
}
