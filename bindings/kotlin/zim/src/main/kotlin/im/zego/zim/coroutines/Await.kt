package im.zego.zim.coroutines

import im.zego.zim.ZIM
import im.zego.zim.entity.ZIMError
import im.zego.zim.enums.ZIMErrorCode
import im.zego.zim.internal.Client
import kotlin.coroutines.resume
import kotlin.coroutines.resumeWithException
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.suspendCancellableCoroutine

/** The one answer that a suspended call waits for. */
internal class Answer<T>(private val continuation: CancellableContinuation<T>) {
    /** Undone when the wait ends: nothing has to be told any more. */
    var registration: AutoCloseable? = null

    /** Ends the wait with [value], or with the error. */
    fun give(error: ZIMError, value: () -> T) {
        if (error.code == ZIMErrorCode.SUCCESS) {
            end { continuation.resume(value()) }
        } else {
            fail(error)
        }
    }

    fun fail(error: ZIMError) = end { continuation.resumeWithException(ZIMException(error)) }

    // The answer and the end of the client may come at the same time; the first wins.
    @Synchronized
    private fun end(resume: () -> Unit) {
        registration?.close()
        if (continuation.isActive) resume()
    }
}

/**
 * Suspends until [start]'s answer comes. Cancelling stops the waiting, never the operation. When the client is destroyed
 * before the answer, the wait ends with 6000002.
 */
internal suspend fun <T> ZIM.await(start: ZIM.(Answer<T>) -> Unit): T = suspendCancellableCoroutine { continuation ->
    val answer = Answer(continuation)
    val registration = (this as Client).whenDestroyed {
        answer.fail(ZIMError().apply {
            code = ZIMErrorCode.COMMON_MODULE_NOT_INIT
            message = "the client was destroyed before the answer came"
        })
    }
    answer.registration = registration
    continuation.invokeOnCancellation { registration.close() }
    if (continuation.isActive) start(answer)
}
