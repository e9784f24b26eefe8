package im.zego.zim;

import static org.junit.jupiter.api.Assertions.assertTrue;

import im.zego.zim.entity.ZIMError;
import im.zego.zim.entity.ZIMLoginConfig;
import im.zego.zim.internal.Clients;
import java.io.File;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** A thousand clients come and go and leave nothing behind. */
class LeakTest {
    private static final int ROUNDS = 1_000;
    /** What the JVM may open of its own meanwhile: threads, jars of classes it had not needed yet. */
    private static final int ITS_OWN = ROUNDS / 50;
    private static final String TOKEN = Bed.get().token("leak");

    @Test
    void aThousandRoundsLeaveNothing() {
        for (int round = 0; round < 20; round++) {
            round();
        }
        waitUntil("the first clients are freed", () -> Clients.living() == 0);
        int threads = count("/proc/self/task");
        int files = count("/proc/self/fd");
        for (int round = 0; round < ROUNDS; round++) {
            round();
        }
        waitUntil("native clients are freed", () -> Clients.living() == 0);
        waitUntil("no thread is left of " + threads, () -> count("/proc/self/task") <= threads + ITS_OWN);
        waitUntil("no file is left of " + files, () -> count("/proc/self/fd") <= files + ITS_OWN);
    }

    private static void round() {
        ZIM zim = Bed.create();
        zim.setEventHandler(new Bed.Synchronised());
        ZIMLoginConfig config = new ZIMLoginConfig();
        config.token = TOKEN;
        Told<ZIMError> answer = new Told<>();
        zim.login("leak", config, answer::add);
        Bed.success(answer.one("login"));
        zim.destroy();
    }

    /** Looks again and again: nobody tells when a thread of the system is gone. */
    private static void waitUntil(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + 60_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, what);
            LockSupport.parkNanos(20_000_000);
        }
    }

    private static int count(String folder) {
        String[] names = new File(folder).list();
        return names == null ? 0 : names.length;
    }
}
