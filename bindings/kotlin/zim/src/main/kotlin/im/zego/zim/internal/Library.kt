package im.zego.zim.internal

import im.zego.zim.internal.uniffi.uniffiEnsureInitialized
import java.io.File

/**
 * The native library. JNA takes it from the jar (a folder per platform) or, on Android, from the app; a system property
 * `im.zego.zim.library.dir` or the environment variable `ZIM_LIBRARY_DIR` names a folder that comes first. Every entry into
 * uniffi's classes goes through [load].
 */
public object Library {
    /** Of the property that tells uniffi's classes where the library is. */
    private const val OVERRIDE = "uniffi.component.zim_uniffi.libraryOverride"

    private val loaded: Unit by lazy {
        val folder = System.getProperty("im.zego.zim.library.dir") ?: System.getenv("ZIM_LIBRARY_DIR")
        if (!folder.isNullOrEmpty() && System.getProperty(OVERRIDE) == null) {
            System.setProperty(OVERRIDE, File(folder, System.mapLibraryName("zim_uniffi")).absolutePath)
        }
        uniffiEnsureInitialized()
    }

    /** Loads the library once. UnsatisfiedLinkError if it is not there or not for this platform. Any thread. */
    @JvmStatic
    public fun load(): Unit = loaded
}
