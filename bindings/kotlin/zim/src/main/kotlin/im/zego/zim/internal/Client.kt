package im.zego.zim.internal

import im.zego.zim.ZIM
import im.zego.zim.callback.ZIMEventHandler
import im.zego.zim.callback.ZIMMessageSentCallback
import im.zego.zim.entity.MessageState
import im.zego.zim.entity.ZIMAppConfig
import im.zego.zim.entity.ZIMError
import im.zego.zim.entity.ZIMMessage
import im.zego.zim.entity.ZIMMessageSendConfig
import im.zego.zim.enums.ZIMConversationType
import im.zego.zim.enums.ZIMErrorCode
import im.zego.zim.enums.ZIMMessageSentStatus
import im.zego.zim.internal.uniffi.Message
import im.zego.zim.internal.uniffi.OrderedCallbacks
import im.zego.zim.internal.uniffi.OrderedClient
import im.zego.zim.internal.uniffi.ZimAnswer
import im.zego.zim.internal.uniffi.ZimClient
import im.zego.zim.internal.uniffi.ZimEvent
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.Executor
import java.util.concurrent.atomic.AtomicLong

/**
 * A client over the native library. Its daemon thread `zim-cb` spends its life in [OrderedClient.runCallbacks], so that every
 * answer and event comes on it, in order; [Delivery] takes them to where the app wants them.
 */
public class Client internal constructor(config: ZIMAppConfig, folder: String?, executor: Executor?) : Calls() {
    /** What is told when the operation of this number is answered, and the send whose message is attached. */
    private val waiting = ConcurrentHashMap<Long, (ZimAnswer) -> Unit>()
    private val sending = ConcurrentHashMap<Long, (Message) -> Unit>()
    private val numbers = AtomicLong()
    private val handlers = CopyOnWriteArrayList<ZIMEventHandler>()
    private val endings = CopyOnWriteArrayList<() -> Unit>()
    private val delivery = Delivery(executor) { thrown -> reportThrown(thrown) }

    @Volatile
    private var handler: ZIMEventHandler? = null
    private val ordered = OrderedClient(Settings.config(config, folder), Callbacks())

    init {
        Thread({ ordered.use { it.runCallbacks() } }, "zim-cb").apply { isDaemon = true }.start()
    }

    /** The client below, for the push client to attach to; null once destroyed. */
    public fun nativeClient(): ZimClient? = native { client() }

    override fun setEventHandler(handler: ZIMEventHandler?) {
        this.handler = handler
    }

    /** A further handler, beside that of [setEventHandler]. */
    internal fun addHandler(handler: ZIMEventHandler) {
        handlers += handler
    }

    internal fun removeHandler(handler: ZIMEventHandler) {
        handlers -= handler
    }

    /** Runs [ending] when this client is destroyed, at once if it was; closing the result forgets it. */
    internal fun whenDestroyed(ending: () -> Unit): AutoCloseable {
        endings += ending
        // Destroyed meanwhile: whoever takes it out of the list runs it.
        if (delivery.isEnded && endings.remove(ending)) ending()
        return AutoCloseable { endings.remove(ending) }
    }

    override fun destroy() {
        if (!delivery.end()) return
        Clients.ended(this)
        try {
            ordered.client().use { it.end() }
        } catch (_: IllegalStateException) {
            // Its thread has ended already.
        }
        handler = null
        handlers.clear()
        waiting.clear()
        sending.clear()
        for (ending in endings) if (endings.remove(ending)) ending()
    }

    override fun logout() = logout { _ -> }

    /** The same with an answer. */
    internal fun logout(answered: (ZIMError) -> Unit) =
        call(answered = { _, error -> answered(error) }, start = { request -> logout(request) })

    override fun sendMessage(
        message: ZIMMessage?,
        toConversationID: String?,
        conversationType: ZIMConversationType?,
        config: ZIMMessageSendConfig?,
        callback: ZIMMessageSentCallback?,
    ) {
        val number = numbers.incrementAndGet()
        start(number, { answer ->
            sending.remove(number)
            if (answer is ZimAnswer.MessageSent && message != null) answer.message.writeTo(message)
            if (answer is ZimAnswer.Failed && message != null) markFailed(message)
            callback?.onMessageSent(message ?: ZIMMessage(), answer.error())
        }) {
            val taken = message.take()
            sending[number] = { attached ->
                attached.writeTo(message!!)
                callback?.onMessageAttached(message)
            }
            sendMessage(it, taken, toConversationID.orEmpty(), conversationType.take("conversationType"), config.take())
        }
    }

    override fun call(answered: (ZimAnswer?, ZIMError) -> Unit, start: OrderedClient.(ULong) -> Unit) =
        start(numbers.incrementAndGet(), { answer -> answered(answer, answer.error()) }, start)

    private fun start(number: Long, answered: (ZimAnswer) -> Unit, start: OrderedClient.(ULong) -> Unit) {
        waiting[number] = answered
        val started = native {
            try {
                start(number.toULong())
            } catch (refused: Refused) {
                sending.remove(number)
                refuse(number.toULong(), refused.parameter, refused.problem)
            }
        }
        // An ended client has no thread for callbacks any more: it answers on the caller's.
        if (started == null && waiting.remove(number) != null) answered(ENDED)
    }

    /** Does something with the native client; null: it was destroyed. */
    private fun <T : Any> native(work: OrderedClient.() -> T): T? = try {
        if (delivery.isEnded) null else ordered.work()
    } catch (_: IllegalStateException) {
        // Freed in between.
        null
    }

    /** What the app's own code threw is the app's to know. */
    private fun reportThrown(thrown: Throwable) {
        val told = handler ?: return
        delivery.last { told.onError(this, zimError(ZIMErrorCode.FAILED.value().toUInt(), "a callback threw $thrown")) }
    }

    private inner class Callbacks : OrderedCallbacks {
        override fun onEvent(event: ZimEvent) {
            for (told in handlers) delivery.run { told.tell(this@Client, event) }
            // Asked when the callback runs: a handler that was replaced is told nothing more.
            delivery.run { handler?.tell(this@Client, event) }
        }

        override fun onMessageAttached(request: ULong, message: Message) = delivery.run {
            sending.remove(request.toLong())?.invoke(message)
        }

        override fun onAnswer(request: ULong, answer: ZimAnswer) = delivery.run {
            waiting.remove(request.toLong())?.invoke(answer)
        }
    }
}

private val ENDED = ZimAnswer.Failed(failure(ZIMErrorCode.COMMON_MODULE_NOT_INIT, "the client was destroyed"))

private fun ZimAnswer.error(): ZIMError = if (this is ZimAnswer.Failed) error.give() else ZIMError()

private fun markFailed(message: ZIMMessage) {
    val state = MessageState.of(message)
    state.sentStatus = ZIMMessageSentStatus.FAILED
    state.writeTo(message)
}
