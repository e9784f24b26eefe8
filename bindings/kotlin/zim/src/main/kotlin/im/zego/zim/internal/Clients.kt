package im.zego.zim.internal

import im.zego.zim.entity.ZIMAppConfig
import im.zego.zim.entity.ZIMError
import im.zego.zim.enums.ZIMErrorCode
import im.zego.zim.internal.uniffi.FfiConverterTypeOrderedCallbacks
import im.zego.zim.internal.uniffi.ZimException
import java.io.File
import java.util.concurrent.atomic.AtomicReference

/** The one client of the app, and clients beside it for tests and programs that serve several users. */
public object Clients {
    private val current = AtomicReference<Client?>()

    @Volatile
    private var createError = ZIMError()

    /** Version of the native library. */
    @JvmStatic
    public fun version(): String {
        Library.load()
        return im.zego.zim.internal.uniffi.version()
    }

    /** Makes the one client of the app; null if there is one or the configuration is refused, and [createError] says why. */
    @JvmStatic
    @Synchronized
    public fun create(config: ZIMAppConfig?, files: File?): Client? = try {
        if (current.get() != null) throw failure(ZIMErrorCode.FAILED, "there is a client already: destroy it first")
        val made = open(config, Settings.folder(files))
        current.set(made)
        PushLink.set(made.nativeClient())
        createError = ZIMError()
        made
    } catch (refused: ZimException) {
        createError = refused.give()
        null
    }

    /** Makes a client beside the app's one, its data in [folder] or in memory. Throws [ZimException] when it is refused. */
    @JvmStatic
    public fun open(config: ZIMAppConfig?, folder: String?): Client {
        Library.load()
        if (config == null) throw failure(ZIMErrorCode.COMMON_MODULE_PARAMS_INVALID, "appConfig: missing")
        return Client(config, folder, Settings.executor ?: Platform.callbackExecutor())
    }

    /** The one client of the app. */
    @JvmStatic
    public fun current(): Client? = current.get()

    /** Why the last [create] gave null. */
    @JvmStatic
    public fun createError(): ZIMError = createError

    /** How many native clients are not freed yet. */
    @JvmStatic
    public fun living(): Int = FfiConverterTypeOrderedCallbacks.handleMap.size

    internal fun ended(client: Client) {
        if (current.compareAndSet(client, null)) PushLink.set(null)
    }
}
