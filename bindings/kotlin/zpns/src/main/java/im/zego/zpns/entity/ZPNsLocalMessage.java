package im.zego.zpns.entity;

/** A notification the app shows itself, see {@link im.zego.zpns.ZPNsNotifications}. */
public class ZPNsLocalMessage {
    public String title = "";
    public String content = "";
    /** What a tap hands to the launcher activity: {@code ZPNsManager.getZPNsMessage}. */
    public String payload = "";
    /** Channel of Android 8 and later; empty: a channel named like the app. */
    public String channelID = "";
    /** Below Android 8: path of a resource of the app, {@code /raw/name}; empty: the default sound. Later the channel's counts. */
    public String androidSound = "";
}
