package im.zego.zpns.internal

import android.content.Context
import im.zego.zim.internal.uniffi.Vendor
import im.zego.zpns.enums.ZPNsConstants.PushSource

/**
 * What the vendors' SDKs deliver, from the plug-ins; also from a process that a push has started. Thread: any. Whether something
 * becomes an event, and when, is the core's decision.
 */
public object VendorEvents {
    /** The vendor gave a token, the first or a new one. */
    @JvmStatic
    public fun token(context: Context, source: PushSource, token: String) {
        core(context).client.tokenReceived(source.vendor(), token)
    }

    /** The vendor gave no token. */
    @JvmStatic
    public fun failed(context: Context, source: PushSource, failure: VendorException) {
        core(context).client.registrationFailed(source.vendor(), failure.core())
    }

    /** A notification was shown. */
    @JvmStatic
    public fun arrived(context: Context, source: PushSource, message: VendorMessage) {
        core(context).report(source.vendor(), message) { vendor, json -> notificationArrived(vendor, json) }
    }

    /** A notification was tapped. */
    @JvmStatic
    public fun clicked(context: Context, source: PushSource, message: VendorMessage) {
        core(context).report(source.vendor(), message) { vendor, json -> notificationClicked(vendor, json) }
    }

    /** Data came, nothing was shown. */
    @JvmStatic
    public fun through(context: Context, source: PushSource, message: VendorMessage) {
        core(context).report(source.vendor(), message) { vendor, json -> throughMessageReceived(vendor, json) }
    }

    private fun core(context: Context) = Push.core(context)

    private fun PushSource.vendor(): Vendor =
        requireNotNull(Vendor.entries.firstOrNull { it.source() == this }) { "$this is no vendor" }
}
