package im.zego.zpns.internal

import android.content.BroadcastReceiver
import android.content.Context
import android.content.Intent
import android.os.Handler
import android.os.Looper
import im.zego.zim.internal.util.ZIMLogUtil
import im.zego.zpns.callback.ZPNsPushEventHandler
import im.zego.zpns.entity.ZPNsMessage
import im.zego.zpns.entity.ZPNsRegisterMessage
import im.zego.zpns.enums.ZPNsType
import java.util.UUID
import java.util.concurrent.ConcurrentHashMap

/**
 * Events on their way to the app's receivers. The broadcast stays in the app's package and carries only a random name; the
 * event itself, vendor's object included, stays in this process. The receivers are exported, as published, so that others can
 * send them intents: those name no event.
 */
public object Broadcasts {
    private const val ACTION = "im.zego.zim.zpns.intent.action.MESSAGE"
    private const val NAME = "im.zego.zpns.event"

    private val waiting = ConcurrentHashMap<String, Any>()

    /** Events to tell, the first being told; only the main thread touches it. */
    private val queue = ArrayDeque<() -> Unit>()

    /** Told after the receivers, on the main thread. */
    @Volatile
    internal var handler: ZPNsPushEventHandler? = null

    /** The event [intent] was sent for: a `ZPNsMessage` or a `ZPNsRegisterMessage`; null if the library did not send it. */
    @JvmStatic
    public fun eventOf(intent: Intent?): Any? {
        if (intent?.action != ACTION) return null
        return try {
            intent.getStringExtra(NAME)?.let(waiting::get)
        } catch (unreadable: RuntimeException) {
            ZIMLogUtil.writeFailure("the extras of an intent cannot be read", unreadable)
            null
        }
    }

    /** Tells an event, after those before it. Without a context there is no receiver yet, and only the handler is told. */
    internal fun tell(context: Context?, event: Any) {
        val main = Handler(Looper.getMainLooper())
        main.post {
            queue.addLast { if (context == null) finish(event) else send(context, main, event) }
            if (queue.size == 1) queue.first().invoke()
        }
    }

    /** One broadcast at a time: Android may run the receivers of two in any order. */
    private fun send(context: Context, main: Handler, event: Any) {
        val name = UUID.randomUUID().toString()
        waiting[name] = event
        val last = object : BroadcastReceiver() {
            override fun onReceive(context: Context?, intent: Intent?) {
                waiting.remove(name)
                finish(event)
            }
        }
        val intent = Intent(ACTION).setPackage(context.packageName).putExtra(NAME, name)
        context.sendOrderedBroadcast(intent, null, last, main, 0, null, null)
    }

    /** The receivers were told. Posts the next, so that an app that throws in its handler does not stop it. */
    private fun finish(event: Any) {
        queue.removeFirst()
        Handler(Looper.getMainLooper()).post { queue.firstOrNull()?.invoke() }
        tellHandler(event)
    }

    private fun tellHandler(event: Any) {
        val handler = handler ?: return
        when (event) {
            is ZPNsRegisterMessage -> handler.onRegistered(event)
            is ZPNsMessage -> when (event.pushType) {
                ZPNsType.NOTIFICATION_ARRIVED -> handler.onNotificationArrived(event)
                ZPNsType.NOTIFICATION_CLICKED -> handler.onNotificationClicked(event)
                ZPNsType.NOTIFICATION_THROUGH -> handler.onThroughMessageReceived(event)
                null -> Unit
            }
        }
    }
}
