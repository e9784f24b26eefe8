package im.zego.zpns.internal

import android.content.Context
import im.zego.zim.internal.uniffi.ChannelException
import im.zego.zim.internal.uniffi.Vendor
import im.zego.zim.internal.uniffi.VendorChannel
import im.zego.zim.internal.uniffi.ZpnsConfig

/** What the core asks of the vendors' SDKs and of the phone. */
internal class Channel(private val context: Context) : VendorChannel {
    override fun requestToken(vendor: Vendor, config: ZpnsConfig): Unit =
        ask(vendor) { it.requestToken(context, Push.config()) }

    override fun releaseToken(vendor: Vendor): Unit = ask(vendor) { it.releaseToken(context, Push.config()) }

    override fun setLocalBadge(vendor: Vendor, badge: UInt) {
        Badge.set(context, vendor, badge.coerceAtMost(Int.MAX_VALUE.toUInt()).toInt())
    }

    /** A vendor's SDK that the app forgot shows as a LinkageError. Whatever goes wrong is a result, not the app's crash. */
    private fun ask(vendor: Vendor, call: (VendorClient) -> Unit) {
        try {
            call(Plugins.of(vendor))
        } catch (failure: VendorException) {
            throw failure.core()
        } catch (failure: LinkageError) {
            throw ChannelException.Other("the vendor's SDK is not part of the app: $failure")
        } catch (failure: RuntimeException) {
            throw ChannelException.Other(failure.toString())
        }
    }
}

/** The same for the core. */
internal fun VendorException.core(): ChannelException {
    val detail = message.orEmpty()
    return when (kind()) {
        VendorException.Kind.NETWORK -> ChannelException.Network(detail)
        VendorException.Kind.CREDENTIALS -> ChannelException.Credentials(detail)
        VendorException.Kind.VENDOR -> ChannelException.Vendor(detail)
        VendorException.Kind.OTHER, null -> ChannelException.Other(detail)
    }
}
