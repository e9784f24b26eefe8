package im.zego.zim;

import android.app.Application;
import im.zego.zim.callback.ZIMEventHandler;
import im.zego.zim.callback.ZIMLoggedInCallback;
import im.zego.zim.callback.ZIMMessageSentCallback;
import im.zego.zim.entity.ZIMAppConfig;
import im.zego.zim.entity.ZIMCacheConfig;
import im.zego.zim.entity.ZIMError;
import im.zego.zim.entity.ZIMLoginConfig;
import im.zego.zim.entity.ZIMMessage;
import im.zego.zim.entity.ZIMMessageSendConfig;
import im.zego.zim.entity.ZIMUserInfo;
import im.zego.zim.enums.ZIMConversationType;
import im.zego.zim.internal.Clients;
import im.zego.zim.internal.Settings;
import java.util.concurrent.Executor;

/**
 * One messaging client. There is at most one; {@link #create} makes it, {@link #destroy} ends it.
 *
 * <p>Callbacks and events come on one thread, one at a time, in the order in which their causes happened: on Android the main
 * thread, elsewhere a daemon thread of the client, {@code zim-cb}; {@link #setCallbackExecutor} chooses another. A callback
 * may call everything, {@link #destroy} too, and may take its time: the client goes on, and what arrives meanwhile waits. An
 * exception that leaves a callback is logged and told as {@code onError}; the next callback comes as usual.
 *
 * <p>Every method may be called from any thread.
 */
public abstract class ZIM extends ZIMOperations {
    /** For the library; apps call {@link #create}. */
    protected ZIM() {}

    /** Version of the SDK. */
    public static String getVersion() {
        return Clients.version();
    }

    /**
     * Makes the client of an Android app. Local data goes to the app's files folder, unless {@link #setCacheConfig} chose
     * another.
     *
     * @return null if there is one already, or if the configuration is refused; {@link #getCreateError} says why
     */
    public static ZIM create(ZIMAppConfig appConfig, Application application) {
        return Clients.create(appConfig, application == null ? null : application.getFilesDir());
    }

    /** As above for an app that logs in by token. Published up to 2.2 and removed in 3.0. */
    public static ZIM create(long appID, Application application) {
        ZIMAppConfig config = new ZIMAppConfig();
        config.appID = appID;
        return create(config, application);
    }

    /**
     * Makes the client of a program that runs on a plain JVM, where there is no {@code android.app.Application}. Ours, not in
     * the published class.
     *
     * @return null if there is one already, or if the configuration is refused; {@link #getCreateError} says why
     */
    public static ZIM create(ZIMAppConfig appConfig) {
        return Clients.create(appConfig, null);
    }

    /** The client; null before {@link #create} and after {@link #destroy}. */
    public static ZIM getInstance() {
        return Clients.current();
    }

    /** Why the last {@link #create} gave null. Ours, not in the published class. */
    public static ZIMError getCreateError() {
        return Clients.createError();
    }

    /** Folder for local data; takes effect at the next {@link #create}. */
    public static void setCacheConfig(ZIMCacheConfig config) {
        Settings.setCachePath(config == null ? null : config.cachePath);
    }

    /**
     * Settings by name, for the next {@link #create}: {@code server_url}, {@code ca_certificates} (PEM, trusted beside the
     * system's), {@code allow_plaintext} ("true": ws:// to hosts other than this one), {@code platform} (number of the
     * ZIMPlatformType this device counts as, "0": that of this build). Unknown names are ignored.
     */
    public static void setAdvancedConfig(String key, String value) {
        Settings.set(key, value);
    }

    /**
     * Where callbacks run, from the next {@link #create} on; null: the default of the platform. The executor must run what it
     * gets one after the other. If it refuses a callback, the callback runs on the client's own thread instead. Ours, not in
     * the published class.
     */
    public static void setCallbackExecutor(Executor executor) {
        Settings.setExecutor(executor);
    }

    /**
     * Ends the client without logging out, so that offline pushes still come. No callback and no event begins after this
     * returns; one that is running ends normally. {@link #create} may be called again, also in callbacks. Calls to this object
     * then answer 6000002.
     */
    public abstract void destroy();

    /** Who is told of events; null: nobody. The handler before is told nothing more. Set it before {@link #login}. */
    public abstract void setEventHandler(ZIMEventHandler handler);

    /** Logs out: the device gets no more pushes of this user. */
    public abstract void logout();

    /** Logs in by token. Published up to 2.29. */
    public void login(ZIMUserInfo userInfo, String token, ZIMLoggedInCallback callback) {
        ZIMLoginConfig config = new ZIMLoginConfig();
        config.token = token;
        if (userInfo != null) {
            config.userName = userInfo.userName;
        }
        login(userInfo == null ? "" : userInfo.userID, config, callback);
    }

    /** Logs in by AppSign. Published up to 2.29. */
    public void login(ZIMUserInfo userInfo, ZIMLoggedInCallback callback) {
        login(userInfo, "", callback);
    }

    /**
     * Sends a message to a user or group. {@code message} is the object that the callback gets, brought up to date. Attached
     * comes first, then sent; a message that is refused (6000001 names the parameter) is only told as sent.
     */
    public abstract void sendMessage(
            ZIMMessage message,
            String toConversationID,
            ZIMConversationType conversationType,
            ZIMMessageSendConfig config,
            ZIMMessageSentCallback callback);

    /** Sends to a user. Published up to 2.29; use {@link #sendMessage}. */
    public void sendPeerMessage(
            ZIMMessage message, String toUserID, ZIMMessageSendConfig config, ZIMMessageSentCallback callback) {
        sendMessage(message, toUserID, ZIMConversationType.PEER, config, callback);
    }

    /** Sends to a group. Published up to 2.29; use {@link #sendMessage}. */
    public void sendGroupMessage(
            ZIMMessage message, String toGroupID, ZIMMessageSendConfig config, ZIMMessageSentCallback callback) {
        sendMessage(message, toGroupID, ZIMConversationType.GROUP, config, callback);
    }
}
