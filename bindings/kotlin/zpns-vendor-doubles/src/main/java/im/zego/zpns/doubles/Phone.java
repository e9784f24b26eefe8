package im.zego.zpns.doubles;

import android.content.Context;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The vendor's service on the phone, as a test arranges it: the classes of the vendors' SDKs in this module ask it. A vendor
 * answers with the token, unless the test set a failure. Thread: any.
 */
public final class Phone {
    private static String token;
    private static Object failure;
    private static Context context;
    private static final List<String> CALLS = Collections.synchronizedList(new ArrayList<>());

    private Phone() {}

    /** A phone that was just unpacked: the vendor gives this token. */
    public static synchronized void reset(String token) {
        Phone.token = token;
        failure = null;
        context = null;
        CALLS.clear();
    }

    /** From now on the vendor fails: an exception it throws, or the number it answers. */
    public static synchronized void failWith(Object failure) {
        Phone.failure = failure;
    }

    /** What the app asked of the vendor, such as {@code "xiaomi register app key"}. */
    public static List<String> calls() {
        synchronized (CALLS) {
            return new ArrayList<>(CALLS);
        }
    }

    /** For the doubles. */
    public static void called(String call) {
        CALLS.add(call);
    }

    public static synchronized String token() {
        return token;
    }

    /** For the doubles: the exception set, or null. */
    public static synchronized Exception exception() {
        return failure instanceof Exception ? (Exception) failure : null;
    }

    /** For the doubles: the number set, or 0, which is success with every vendor that answers by number. */
    public static synchronized int code() {
        return failure instanceof Integer ? (Integer) failure : 0;
    }

    /** For the doubles that are told the context once and answer later. */
    public static synchronized void remember(Context context) {
        Phone.context = context;
    }

    public static synchronized Context context() {
        return context;
    }
}
