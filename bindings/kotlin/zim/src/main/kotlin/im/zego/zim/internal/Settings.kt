package im.zego.zim.internal

import im.zego.zim.entity.ZIMAppConfig
import im.zego.zim.internal.uniffi.ClientConfig
import im.zego.zim.internal.uniffi.PlatformType
import java.io.File
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.Executor

/** What apps set before they create a client. */
internal object Settings {
    @Volatile
    @get:JvmStatic
    @set:JvmStatic
    var cachePath: String? = null

    @Volatile
    @get:JvmStatic
    @set:JvmStatic
    var executor: Executor? = null

    private val advanced = ConcurrentHashMap<String, String>()

    @JvmStatic
    fun set(key: String?, value: String?) {
        when {
            key == null -> Unit
            value == null -> advanced.remove(key)
            else -> advanced[key] = value
        }
    }

    /** The configuration of a client whose local data is in [folder]; null: in memory. */
    fun config(app: ZIMAppConfig, folder: String?): ClientConfig = ClientConfig(
        // What does not fit is no app either.
        appId = if (app.appID in 0..UInt.MAX_VALUE.toLong()) app.appID.toUInt() else 0u,
        appSign = app.appSign.orEmpty(),
        serverUrl = app.serverURL.orEmpty().ifEmpty { advanced["server_url"].orEmpty() },
        allowPlaintext = advanced["allow_plaintext"] == "true",
        cachePath = folder,
        platform = advanced["platform"]?.toIntOrNull()?.let { number ->
            PlatformType.entries.find { number != 0 && it.value == number }
        },
        extraRoots = listOfNotNull(advanced["ca_certificates"]?.takeIf { it.isNotEmpty() }?.toByteArray()),
    )

    /** Where data goes: what the app chose, else the app's own folder. */
    fun folder(files: File?): String? = cachePath?.takeIf { it.isNotEmpty() } ?: files?.path
}
