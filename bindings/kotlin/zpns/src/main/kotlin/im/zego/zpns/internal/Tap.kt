package im.zego.zpns.internal

import android.content.Intent
import im.zego.zim.internal.uniffi.Vendor
import im.zego.zim.internal.util.ZIMLogUtil

/** What the intent of a tapped notification says. [vendor] is null where it does not show. */
internal class Tap private constructor(val vendor: Vendor?, val message: VendorMessage) {
    /** Whether one of our pushes was tapped: the server puts `zego` into each, apps may put `payload` into their own. */
    val isPush: Boolean get() = vendor != null || KEYS.any(message::has)

    companion object {
        private val KEYS = listOf("zego", "payload")

        /** The intent may come from anybody: what cannot be read counts as nothing. */
        fun of(intent: Intent): Tap = try {
            Plugins.installed().firstNotNullOfOrNull { (vendor, client) ->
                client.messageIn(intent)?.let { Tap(vendor, it) }
            } ?: Tap(null, VendorMessage.flat(intent))
        } catch (unreadable: RuntimeException) {
            ZIMLogUtil.writeFailure("the extras of an intent cannot be read", unreadable)
            Tap(null, VendorMessage())
        }
    }
}
