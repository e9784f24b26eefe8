package im.zego.zpns.entity;

/** A notification channel of Android 8 and later, see {@link im.zego.zpns.ZPNsNotifications}. */
public class ZPNsNotificationChannel {
    /** The {@code channel_id} of the push strategy. */
    public String channelID = "";
    /** What the user sees in the settings. */
    public String channelName = "";
    /** Path of a resource of the app, {@code /raw/name}; empty: the default sound. */
    public String androidSound = "";
}
