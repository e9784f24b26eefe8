package im.zego.zim.internal.util;

import java.util.logging.Level;
import java.util.logging.Logger;

/** The log of the library on the Java side. Frameworks built on ZIM look this class up by its name to write into it. */
public final class ZIMLogUtil {
    private static final Logger LOG = Logger.getLogger("im.zego.zim");

    private ZIMLogUtil() {}

    /**
     * Writes one line, at level INFO of the logger {@code im.zego.zim}. Any thread.
     *
     * @param content what to write
     * @param module which part writes it
     */
    public static void writeCustomLog(String content, String module) {
        LOG.log(Level.INFO, "[{0}] {1}", new Object[] {module, content});
    }

    /** Writes what an app's callback threw. */
    public static void writeFailure(String where, Throwable thrown) {
        LOG.log(Level.SEVERE, where, thrown);
    }
}
