package im.zego.zpns;

import android.app.Application;
import android.content.Context;
import android.content.Intent;
import im.zego.zpns.callback.ZPNsPushEventHandler;
import im.zego.zpns.entity.ZPNsMessage;
import im.zego.zpns.internal.Push;
import im.zego.zpns.util.ZPNsConfig;

/**
 * Offline push on this phone. Results and events go to the app's {@link ZPNsMessageReceiver}. Every method may be called from
 * any thread and returns at once.
 *
 * <p>Together with ZIM the app does nothing more: as soon as there is a PushID and a login, in either order, the server pushes
 * to this phone what its user misses; {@code logout} ends that.
 */
public class ZPNsManager {
    private static final ZPNsManager INSTANCE = new ZPNsManager();

    private ZPNsManager() {}

    public static ZPNsManager getInstance() {
        return INSTANCE;
    }

    /** Chooses vendors and certificates. Before registering; the last call counts. */
    public static void setPushConfig(ZPNsConfig config) {
        Push.setConfig(config);
    }

    /** Marks registrations made from now on as those of a debug build. */
    public static void enableDebug(boolean isDebug) {
        Push.enableDebug(isDebug);
    }

    /** Version of the library. */
    public String getVersion() {
        return Push.version();
    }

    /** Tells events in code as well; the last handler counts, null removes it. Receivers are told first. */
    public void setEventHandler(ZPNsPushEventHandler handler) {
        Push.setHandler(handler);
    }

    /** What {@link #setPushConfig} set. */
    public ZPNsConfig getPushConfig() {
        return Push.config();
    }

    /**
     * Registers this phone. The result comes as {@code onRegistered}: code 0 and the PushID, or
     *
     * <ul>
     *   <li>6000401 the vendor could not be reached,
     *   <li>6000402 it refuses the app's id, key or secret,
     *   <li>6000403 it failed otherwise,
     *   <li>6000404 no vendor for this phone, or its artifact or SDK is not part of the app.
     * </ul>
     *
     * Registering twice gives the result twice. A PushID needs the number of the ZIM app: without {@code ZIM.create} the
     * result waits for it.
     */
    public void registerPush(Application application) {
        Push.register(application);
    }

    /**
     * Stops all pushes to this phone, now or at the next connection; the user stays logged in. Without a {@link #registerPush}
     * before, {@code onRegistered} tells 6000405; if the vendor fails it does too, and the phone is unregistered all the same.
     */
    public void unregisterPush() {
        Push.unregister();
    }

    /**
     * The push whose notification was tapped, from the intent the launcher activity was started with: call it in {@code
     * onCreate} and {@code onNewIntent}. Raises no event.
     *
     * @return null if the intent does not come from a push
     */
    public ZPNsMessage getZPNsMessage(Application app, Intent intent) {
        return Push.messageIn(app, intent);
    }

    /**
     * Sets the number on the app's icon: on Huawei with {@link ZPNsConfig#enableHwBadge}, on OPPO and vivo; nothing elsewhere.
     *
     * @param badge 0 removes it
     * @throws IllegalArgumentException (6000001) if {@code badge} is below 0
     */
    public void setApplicationIconBadgeNumber(Context context, int badge) {
        Push.setLocalBadge(context, badge);
    }

    /** The name in the published reference of {@link #setApplicationIconBadgeNumber}. */
    public void setLocalBadge(Context context, int badge) {
        setApplicationIconBadgeNumber(context, badge);
    }
}
