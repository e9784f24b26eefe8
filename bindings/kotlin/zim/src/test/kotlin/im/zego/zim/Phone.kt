package im.zego.zim

import im.zego.zim.internal.Client
import im.zego.zim.internal.uniffi.DeviceProperties
import im.zego.zim.internal.uniffi.Os
import im.zego.zim.internal.uniffi.Vendor
import im.zego.zim.internal.uniffi.VendorChannel
import im.zego.zim.internal.uniffi.ZpnsClient
import im.zego.zim.internal.uniffi.ZpnsConfig
import im.zego.zim.internal.uniffi.ZpnsEvent
import im.zego.zim.internal.uniffi.ZpnsEventHandler

/** An Android phone that registers with FCM, its vendor's SDK a double that gives a token at once. */
internal class Phone(packageName: String, private val token: String) : AutoCloseable {
    private val registrations = Told<ZpnsEvent.Registered>()
    private val client: ZpnsClient = ZpnsClient(
        DeviceProperties(Os.ANDROID, "Google", "google", emptyMap(), packageName),
        object : VendorChannel {
            override fun requestToken(vendor: Vendor, config: ZpnsConfig) = client.tokenReceived(vendor, token)

            override fun releaseToken(vendor: Vendor) = Unit

            override fun setLocalBadge(vendor: Vendor, badge: UInt) = Unit
        },
    ).also { client ->
        client.setPushConfig(client.pushConfig().copy(enableFcmPush = true))
        client.setEventHandler(object : ZpnsEventHandler {
            override fun onEvent(event: ZpnsEvent) {
                if (event is ZpnsEvent.Registered) registrations.add(event)
            }
        })
    }

    /** Lets [zim] carry the registration, and waits for it the first time. */
    fun attach(zim: Client) {
        client.attach(checkNotNull(zim.nativeClient()))
        if (registrations.all().isEmpty()) client.registerPush()
        val registered = registrations.one("the registration").message
        check(registered.errorCode == 0) { registered.msg }
    }

    fun unregister() = client.unregisterPush()

    override fun close() = client.close()
}
