package im.zego.zpns.internal

import im.zego.zim.internal.uniffi.Vendor
import im.zego.zpns.internal.VendorException.Kind

/** The plug-ins of the vendors: each is an artifact of its own, which an app has or has not. */
internal object Plugins {
    private class Plugin(val vendor: Vendor, name: String, client: String) {
        val artifact = "im.zego:zpns-$name"
        private val className = "im.zego.zpns_android_plugin_$name.$client"

        /** Made at first use; null if the artifact is not part of the app. */
        val client: VendorClient? by lazy {
            try {
                Class.forName(className).getDeclaredConstructor().newInstance() as VendorClient
            } catch (absent: ClassNotFoundException) {
                null
            }
        }
    }

    private val ALL = listOf(
        Plugin(Vendor.FCM, "fcm", "FCMPushClient"),
        Plugin(Vendor.HUAWEI, "huawei", "HuaweiPushClient"),
        Plugin(Vendor.XIAOMI, "xiaomi", "XiaomiPushClient"),
        Plugin(Vendor.OPPO, "oppo", "OppoPushClient"),
        Plugin(Vendor.VIVO, "vivo", "VivoPushClient"),
    )

    /** Those the app has. */
    fun installed(): List<Pair<Vendor, VendorClient>> = ALL.mapNotNull { plugin -> plugin.client?.let { plugin.vendor to it } }

    fun of(vendor: Vendor): VendorClient {
        val plugin = ALL.firstOrNull { it.vendor == vendor }
            ?: throw VendorException(Kind.OTHER, "Android phones have no push of $vendor")
        return plugin.client ?: throw VendorException(Kind.OTHER, "the app has to depend on ${plugin.artifact}")
    }
}
