package im.zego.zpns.util;

import im.zego.zim.internal.util.ZIMLogUtil;

/** The log of the library. Frameworks built on ZPNs look this class and its method up by name. */
public final class ZPNsLogUtils {
    private ZPNsLogUtils() {}

    /** Writes one line into the log of ZIM and ZPNs. Any thread. */
    static void writeCustomLog(String content, String module) {
        ZIMLogUtil.writeCustomLog(content, module);
    }
}
