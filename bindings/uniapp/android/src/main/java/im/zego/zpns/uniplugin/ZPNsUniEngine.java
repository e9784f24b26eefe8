package im.zego.zpns.uniplugin;

import android.app.Activity;
import android.app.Application;
import android.content.Context;
import com.alibaba.fastjson.JSON;
import com.alibaba.fastjson.JSONObject;
import im.zego.zpns.ZPNsManager;
import im.zego.zpns.ZPNsNotifications;
import im.zego.zpns.callback.ZPNsPushEventHandler;
import im.zego.zpns.entity.ZPNsLocalMessage;
import im.zego.zpns.entity.ZPNsMessage;
import im.zego.zpns.entity.ZPNsNotificationChannel;
import im.zego.zpns.entity.ZPNsRegisterMessage;
import im.zego.zpns.enums.ZPNsConstants.PushSource;
import im.zego.zpns.util.ZPNsConfig;
import io.dcloud.feature.uniapp.UniSDKInstance;
import io.dcloud.feature.uniapp.annotation.UniJSMethod;
import io.dcloud.feature.uniapp.bridge.UniJSCallback;
import io.dcloud.feature.uniapp.common.UniModule;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/** What the JavaScript part calls on Android: see the README of the plug-in for each method and event. */
public class ZPNsUniEngine extends UniModule {
    private static final String EVENT = "zego.zpns.";

    @UniJSMethod(uiThread = true)
    public void getVersion(UniJSCallback callback) {
        callback.invoke(Collections.singletonMap("version", ZPNsManager.getInstance().getVersion()));
    }

    @UniJSMethod(uiThread = true)
    public void enableDebug(boolean isDebug) {
        ZPNsManager.enableDebug(isDebug);
    }

    @UniJSMethod(uiThread = true)
    public void setPushConfig(JSONObject config) {
        ZPNsConfig made = new ZPNsConfig();
        made.enableFCMPush = config.getBooleanValue("enableFCMPush");
        made.enableHWPush = config.getBooleanValue("enableHWPush");
        made.enableMiPush = config.getBooleanValue("enableMiPush");
        made.enableOppoPush = config.getBooleanValue("enableOppoPush");
        made.enableVivoPush = config.getBooleanValue("enableVivoPush");
        made.enableHWBadge = config.getBooleanValue("enableHwBadge");
        made.hwAppID = text(config, "hwAppID");
        made.miAppID = text(config, "miAppID");
        made.miAppKey = text(config, "miAppKey");
        made.oppoAppID = text(config, "oppoAppID");
        made.oppoAppKey = text(config, "oppoAppKey");
        made.oppoAppSecret = text(config, "oppoAppSecret");
        made.vivoAppID = text(config, "vivoAppID");
        made.vivoAppKey = text(config, "vivoAppKey");
        made.appType = config.getIntValue("appType");
        ZPNsManager.setPushConfig(made);
    }

    /** The options are Apple's. */
    @UniJSMethod(uiThread = true)
    public void registerPush(JSONObject ignored) {
        ZPNsManager.getInstance().setEventHandler(new Events(mUniSDKInstance));
        ZPNsManager.getInstance().registerPush((Application) context().getApplicationContext());
    }

    @UniJSMethod(uiThread = true)
    public void unregisterPush() {
        ZPNsManager.getInstance().unregisterPush();
    }

    @UniJSMethod(uiThread = true)
    public void applyNotificationPermission() {
        if (context() instanceof Activity) {
            ZPNsNotifications.applyNotificationPermission((Activity) context());
        }
    }

    @UniJSMethod(uiThread = true)
    public void addLocalNotification(JSONObject message) {
        ZPNsLocalMessage made = new ZPNsLocalMessage();
        made.title = text(message, "title");
        made.content = text(message, "content");
        made.payload = text(message, "payload");
        made.channelID = text(message, "channelID");
        made.androidSound = text(message, "androidSound");
        ZPNsNotifications.addLocalNotification(context(), made);
    }

    @UniJSMethod(uiThread = true)
    public void createNotificationChannel(JSONObject channel) {
        ZPNsNotificationChannel made = new ZPNsNotificationChannel();
        made.channelID = text(channel, "channelID");
        made.channelName = text(channel, "channelName");
        made.androidSound = text(channel, "androidSound");
        ZPNsNotifications.createNotificationChannel(context(), made);
    }

    private Context context() {
        return mUniSDKInstance.getContext();
    }

    private static String text(JSONObject object, String key) {
        String value = object.getString(key);
        return value == null ? "" : value;
    }

    /** Events on their way to the page that registered last. */
    private static final class Events implements ZPNsPushEventHandler {
        private final UniSDKInstance page;

        Events(UniSDKInstance page) {
            this.page = page;
        }

        @Override
        public void onRegistered(ZPNsRegisterMessage message) {
            Map<String, Object> told = new HashMap<>();
            told.put("errorCode", message.getErrorCode().getCode());
            told.put("pushID", message.getCommandResult());
            told.put("msg", message.getMsg());
            page.fireGlobalEventCallback(EVENT + "registered", told);
        }

        @Override
        public void onNotificationArrived(ZPNsMessage message) {
            fire("notificationArrived", message);
        }

        @Override
        public void onNotificationClicked(ZPNsMessage message) {
            fire("notificationClicked", message);
        }

        @Override
        public void onThroughMessageReceived(ZPNsMessage message) {
            fire("throughMessageReceived", message);
        }

        private void fire(String name, ZPNsMessage message) {
            Map<String, Object> told = new HashMap<>();
            told.put("title", message.getTitle());
            told.put("content", message.getContent());
            told.put("payload", message.getPayload());
            told.put("extras", JSON.parseObject(message.getExtras()));
            told.put("pushSourceType", number(message.getPushSource()));
            page.fireGlobalEventCallback(EVENT + name, told);
        }

        /** The number in {@code ZPNsPushSourceType}, which is not Android's. */
        private static int number(PushSource source) {
            switch (source) {
                case FCM:
                    return 2;
                case HUAWEI:
                    return 3;
                case XIAOMI:
                    return 4;
                case OPPO:
                    return 5;
                case VIVO:
                    return 6;
                case HONOR:
                    return 7;
                default:
                    return 0;
            }
        }
    }
}
