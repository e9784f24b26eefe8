package im.zego.zpns.tests;

import static org.robolectric.Shadows.shadowOf;

import android.app.Application;
import android.os.Looper;
import im.zego.zim.internal.PushLink;
import im.zego.zpns.ZPNsManager;
import im.zego.zpns.doubles.Phone;
import im.zego.zpns.internal.Push;
import im.zego.zpns.util.ZPNsConfig;
import java.util.List;
import java.util.function.BooleanSupplier;
import kotlin.Unit;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.shadows.ShadowBuild;
import org.robolectric.util.ReflectionHelpers;

/** The phone a test runs on. */
final class Device {
    /** Longer than any wait that succeeds. */
    private static final long PATIENCE_MS = 60_000;

    private Device() {}

    static Application app() {
        return RuntimeEnvironment.getApplication();
    }

    /** A phone of this maker on which the app starts for the first time. The vendor's service gives {@code token}. */
    static void start(String manufacturer, String token) {
        ShadowBuild.setManufacturer(manufacturer);
        ShadowBuild.setBrand(manufacturer);
        Phone.reset(token);
        startProcess();
    }

    /** The app's process starts again: what the library kept in memory is gone. */
    static void startProcess() {
        ReflectionHelpers.setField(Push.INSTANCE, "core", null);
        PushLink.INSTANCE.observe(client -> Unit.INSTANCE);
        ZPNsManager.setPushConfig(null);
        ZPNsManager.getInstance().setEventHandler(null);
        MyZPNsReceiver.forget();
    }

    /** Every vendor enabled but FCM, as an app for mainland China does. */
    static ZPNsConfig domestic() {
        return new ZPNsConfig()
                .enableHWPush("HW_APP_ID")
                .enableMiPush("MI_APPID", "MI_APPKEY")
                .enableOppoPush("OPPO_APP_ID", "OPPO_APP_KEY", "OPPO_APP_SECRET")
                .enableVivoPush("VIVO_APP_ID", "VIVO_APP_KEY");
    }

    /** Runs the main thread until something is so: the core tells on threads of its own. */
    static void waitUntil(String what, BooleanSupplier isSo) {
        long end = System.nanoTime() + PATIENCE_MS * 1_000_000;
        while (true) {
            shadowOf(Looper.getMainLooper()).idle();
            if (isSo.getAsBoolean()) {
                return;
            }
            if (System.nanoTime() > end) {
                throw new AssertionError("waited in vain for " + what);
            }
            Thread.yield();
        }
    }

    /** The last of the list as soon as it has this many. */
    static <T> T wait(List<T> list, int count) {
        waitUntil(count + " events", () -> list.size() >= count);
        if (list.size() > count) {
            throw new AssertionError("too many events: " + list);
        }
        return list.get(count - 1);
    }
}
