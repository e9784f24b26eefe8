package im.zego.zpns.internal;

import android.content.Context;
import android.content.Intent;
import im.zego.zpns.util.ZPNsConfig;

/**
 * A vendor's SDK, as the library uses it. Each plug-in artifact has one, with a public constructor without parameters; it
 * answers through {@link VendorEvents}.
 */
public interface VendorClient {
    /**
     * Starts the vendor's SDK. Returns at once; the token, also a later one, goes to {@link VendorEvents#token}, a failure to
     * {@link VendorEvents#failed}. Thread: any.
     *
     * @throws VendorException if it is known already that there will be no token
     */
    void requestToken(Context context, ZPNsConfig config) throws VendorException;

    /**
     * Gives the token back. Returns at once. Thread: any.
     *
     * @throws VendorException if the vendor refuses
     */
    void releaseToken(Context context, ZPNsConfig config) throws VendorException;

    /** The message that the vendor's SDK put into the intent of a tap in a way of its own; null if there is none. */
    default VendorMessage messageIn(Intent intent) {
        return null;
    }
}
