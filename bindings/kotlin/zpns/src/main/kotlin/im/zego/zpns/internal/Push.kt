package im.zego.zpns.internal

import android.content.Context
import android.content.Intent
import im.zego.zim.internal.Clients
import im.zego.zim.internal.uniffi.ZimException
import im.zego.zpns.callback.ZPNsPushEventHandler
import im.zego.zpns.entity.ZPNsMessage
import im.zego.zpns.entity.ZPNsRegisterMessage
import im.zego.zpns.enums.ZPNsErrorCode
import im.zego.zpns.util.ZPNsConfig

/**
 * The push client of this process, as `ZPNsManager` and [VendorEvents] use it. It is made by the first call that brings a
 * context, which may be a vendor's: a push can start the process.
 */
public object Push {
    private var core: Core? = null
    private var config = ZPNsConfig()
    private var isDebug = false

    @JvmStatic
    public fun version(): String = Clients.version()

    @JvmStatic
    @Synchronized
    public fun setConfig(config: ZPNsConfig?) {
        this.config = config ?: ZPNsConfig()
    }

    @JvmStatic
    @Synchronized
    public fun config(): ZPNsConfig = config

    @JvmStatic
    @Synchronized
    public fun enableDebug(isDebug: Boolean) {
        this.isDebug = isDebug
        core?.client?.enableDebug(isDebug)
    }

    @JvmStatic
    public fun setHandler(handler: ZPNsPushEventHandler?) {
        Broadcasts.handler = handler
    }

    @JvmStatic
    public fun register(context: Context) {
        configured(context).client.registerPush()
    }

    /** The published call returns nothing: that it was refused is told as an event. */
    @JvmStatic
    public fun unregister() {
        val core = existing()
        try {
            if (core == null) throw ZimException.Failed(UNREGISTER_FAILED, "registerPush was not called", null, null)
            core.client.unregisterPush()
        } catch (refused: ZimException.Failed) {
            val code = ZPNsErrorCode.of(refused.code.toInt())
            Broadcasts.tell(core?.context, ZPNsRegisterMessage.builder().errorCode(code).msg(refused.detail).build())
        }
    }

    @JvmStatic
    public fun setLocalBadge(context: Context, badge: Int) {
        try {
            configured(context).client.setLocalBadge(badge)
        } catch (refused: ZimException.Failed) {
            throw IllegalArgumentException("${refused.parameter}: ${refused.detail} (${refused.code})", refused)
        }
    }

    /** The push whose tap [intent] tells; null if it tells none. */
    @JvmStatic
    public fun messageIn(context: Context, intent: Intent?): ZPNsMessage? {
        val tap = intent?.let(Tap::of) ?: return null
        return if (tap.isPush) configured(context).message(tap) else null
    }

    /** A tap whose push opens the page of the library. */
    @JvmStatic
    public fun clicked(context: Context, intent: Intent) {
        configured(context).clicked(Tap.of(intent))
    }

    /** The client with the configuration the app set last. */
    internal fun configured(context: Context): Core {
        val core = core(context)
        core.client.setPushConfig(config().core())
        return core
    }

    @Synchronized
    internal fun core(context: Context): Core =
        core ?: Core(context.applicationContext ?: context).also {
            it.client.enableDebug(isDebug)
            core = it
        }

    @Synchronized
    private fun existing(): Core? = core

    private val UNREGISTER_FAILED = ZPNsErrorCode.UNREGISTER_FAILED.code.toUInt()
}
