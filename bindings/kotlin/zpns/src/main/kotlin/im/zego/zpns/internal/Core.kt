package im.zego.zpns.internal

import android.content.Context
import android.os.Build
import im.zego.zim.internal.Library
import im.zego.zim.internal.PushLink
import im.zego.zim.internal.uniffi.DeviceProperties
import im.zego.zim.internal.uniffi.Os
import im.zego.zim.internal.uniffi.Vendor
import im.zego.zim.internal.uniffi.ZimClient
import im.zego.zim.internal.uniffi.ZimException
import im.zego.zim.internal.uniffi.ZpnsClient
import im.zego.zim.internal.uniffi.ZpnsEvent
import im.zego.zim.internal.uniffi.ZpnsEventHandler
import im.zego.zim.internal.uniffi.pushSystemProperties
import im.zego.zim.internal.util.ZIMLogUtil
import im.zego.zpns.entity.ZPNsMessage
import im.zego.zpns.enums.ZPNsType

/**
 * The push client of the Rust library, with what only Android knows: the phone, the vendors' SDKs, the vendors' objects, and
 * the broadcasts events become. Which vendor, which events and which PushID is decided there.
 */
internal class Core(val context: Context) : ZpnsEventHandler {
    val client: ZpnsClient
    private val originals = Originals()

    init {
        Library.load()
        client = ZpnsClient(phone(context), Channel(context))
        client.setEventHandler(this)
        PushLink.observe(::carriedBy)
    }

    private fun carriedBy(zim: ZimClient?) {
        if (zim == null) client.detach() else client.attach(zim)
    }

    /** Thread: the core's callback thread. */
    override fun onEvent(event: ZpnsEvent) {
        val told: Any = when (event) {
            is ZpnsEvent.Registered -> event.message.published()
            is ZpnsEvent.NotificationArrived -> published(event.message, ZPNsType.NOTIFICATION_ARRIVED)
            is ZpnsEvent.NotificationClicked -> published(event.message, ZPNsType.NOTIFICATION_CLICKED)
            is ZpnsEvent.ThroughMessageReceived -> published(event.message, ZPNsType.NOTIFICATION_THROUGH)
        }
        Broadcasts.tell(context, told)
    }

    private fun published(message: im.zego.zim.internal.uniffi.ZpnsMessage, type: ZPNsType): ZPNsMessage =
        message.published(type, originals.take(message))

    /** Hands what a vendor delivered to the core, which decides whether it is an event; the vendor's object stays here. */
    fun report(vendor: Vendor, message: VendorMessage, deliver: ZpnsClient.(Vendor, String) -> Boolean) {
        try {
            val json = message.json()
            val key = client.zpnsMessage(vendor, json)
            originals.keep(key, message)
            if (!client.deliver(vendor, json)) originals.take(key)
        } catch (refused: ZimException.Failed) {
            ZIMLogUtil.writeFailure("a message of $vendor was not understood", refused)
        }
    }

    fun clicked(tap: Tap) {
        report(vendorOf(tap), tap.message) { vendor, json -> notificationClicked(vendor, json) }
    }

    fun message(tap: Tap): ZPNsMessage {
        val message = client.zpnsMessage(vendorOf(tap), tap.message.json())
        return message.published(ZPNsType.NOTIFICATION_CLICKED, tap.message)
    }

    /** A flat intent is taken apart alike for every vendor; the phone says whose it is. */
    private fun vendorOf(tap: Tap): Vendor = tap.vendor ?: client.vendor() ?: client.preferredVendor() ?: Vendor.FCM
}

private fun phone(context: Context) = DeviceProperties(
    os = Os.ANDROID,
    manufacturer = Build.MANUFACTURER.orEmpty(),
    brand = Build.BRAND.orEmpty(),
    systemProperties = pushSystemProperties().associateWith(::systemProperty),
    bundleId = context.packageName,
)

/** Android has no published way to read a property; this one has worked in every version. Empty if it does not. */
private fun systemProperty(name: String): String = try {
    Class.forName("android.os.SystemProperties").getMethod("get", String::class.java).invoke(null, name) as String
} catch (failure: ReflectiveOperationException) {
    ZIMLogUtil.writeFailure("the property $name cannot be read", failure)
    ""
}
