package im.zego.zim.internal

import im.zego.zim.internal.util.ZIMLogUtil
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executor
import java.util.concurrent.RejectedExecutionException
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicBoolean

/**
 * Runs what belongs to the app, one thing at a time, on the executor the app chose or on the client's own thread.
 *
 * The client's thread waits until the app's code has returned, also when it runs elsewhere: an event counts as delivered
 * only then, and what comes meanwhile stays in the core's queue, which is bounded.
 */
internal class Delivery(private val executor: Executor?, private val thrown: (Throwable) -> Unit) {
    private val ended = AtomicBoolean()

    /** After this nothing begins; false if it was so before. */
    fun end(): Boolean = !ended.getAndSet(true)

    val isEnded: Boolean get() = ended.get()

    fun run(work: () -> Unit) {
        if (isEnded) return
        if (executor == null) {
            guarded(work)
            return
        }
        val returned = CountDownLatch(1)
        val task = Runnable {
            try {
                if (!isEnded) guarded(work)
            } finally {
                returned.countDown()
            }
        }
        try {
            executor.execute(task)
        } catch (refused: RejectedExecutionException) {
            ZIMLogUtil.writeFailure("the callback executor refused a callback; it runs on the client's thread", refused)
            guarded(work)
            return
        }
        // An executor that never runs the task would keep this thread for ever: the end of the client frees it.
        while (!returned.await(TICK_MS, TimeUnit.MILLISECONDS) && !isEnded) Unit
    }

    /** Runs what tells the app of its own exception; one of that is logged and nothing else. */
    fun last(work: () -> Unit) {
        try {
            if (!isEnded) work()
        } catch (error: Throwable) {
            ZIMLogUtil.writeFailure("onError threw", error)
        }
    }

    /** The app's exceptions end here: logged, and told to the app as an error. */
    private fun guarded(work: () -> Unit) {
        try {
            work()
        } catch (error: Throwable) {
            ZIMLogUtil.writeFailure("a callback of the app threw", error)
            thrown(error)
        }
    }

    private companion object {
        const val TICK_MS = 100L
    }
}
