package im.zego.zpns.util;

/**
 * Which vendors to use, and with which credentials. With FCM enabled every phone uses FCM; otherwise each phone uses its own
 * maker's service, if that is enabled. Nothing is enabled at first.
 */
public class ZPNsConfig {
    public boolean enableFCMPush;
    public boolean enableHWPush;
    public boolean enableMiPush;
    public boolean enableOppoPush;
    public boolean enableVivoPush;

    public String hwAppID = "";
    public String miAppID = "";
    public String miAppKey = "";
    public String oppoAppID = "";
    public String oppoAppKey = "";
    public String oppoAppSecret = "";
    public String vivoAppID = "";
    public String vivoAppKey = "";

    /** Let Huawei phones show a number on the app's icon; set before registering. */
    public boolean enableHWBadge;

    /** Set of certificates on the server: 1 or 2; 0 counts as 1. */
    public int appType;

    public ZPNsConfig enableFCMPush() {
        enableFCMPush = true;
        return this;
    }

    public ZPNsConfig disableFCMPush() {
        enableFCMPush = false;
        return this;
    }

    public ZPNsConfig enableHWPush(String hwAppID) {
        enableHWPush = true;
        this.hwAppID = hwAppID;
        return this;
    }

    public ZPNsConfig disableHWPush() {
        enableHWPush = false;
        return this;
    }

    public ZPNsConfig enableMiPush(String miAppID, String miAppKey) {
        enableMiPush = true;
        this.miAppID = miAppID;
        this.miAppKey = miAppKey;
        return this;
    }

    public ZPNsConfig disableMiPush() {
        enableMiPush = false;
        return this;
    }

    public ZPNsConfig enableOppoPush(String oppoAppID, String oppoAppKey, String oppoAppSecret) {
        enableOppoPush = true;
        this.oppoAppID = oppoAppID;
        this.oppoAppKey = oppoAppKey;
        this.oppoAppSecret = oppoAppSecret;
        return this;
    }

    public ZPNsConfig disableOppoPush() {
        enableOppoPush = false;
        return this;
    }

    public ZPNsConfig enableVivoPush(String vivoAppID, String vivoAppKey) {
        enableVivoPush = true;
        this.vivoAppID = vivoAppID;
        this.vivoAppKey = vivoAppKey;
        return this;
    }

    public ZPNsConfig disableVivoPush() {
        enableVivoPush = false;
        return this;
    }

    public void setAppType(int appType) {
        this.appType = appType;
    }

    public int getAppType() {
        return appType;
    }

    public void enableHwBadge(boolean enable) {
        enableHWBadge = enable;
    }

    public boolean isEnableHWBadge() {
        return enableHWBadge;
    }

    /** For logs: the switches; the credentials are left out. */
    @Override
    public String toString() {
        return "ZPNsConfig{fcm=" + enableFCMPush + ", huawei=" + enableHWPush + ", xiaomi=" + enableMiPush + ", oppo="
                + enableOppoPush + ", vivo=" + enableVivoPush + ", appType=" + appType + ", hwBadge=" + enableHWBadge + '}';
    }
}
