package im.zego.zim.internal

import java.util.concurrent.Executor

/** What differs between Android and a plain JVM. */
internal object Platform {
    val isAndroid: Boolean = System.getProperty("java.vm.name") == "Dalvik"

    /** Where callbacks run unless the app chose: Android's main thread; elsewhere the client's own thread (null). */
    fun callbackExecutor(): Executor? = if (isAndroid) MainThread() else null
}

/** Android's main thread. */
private class MainThread : Executor {
    private val handler = android.os.Handler(android.os.Looper.getMainLooper())

    override fun execute(task: Runnable) {
        if (!handler.post(task)) throw java.util.concurrent.RejectedExecutionException("the main thread has ended")
    }
}
