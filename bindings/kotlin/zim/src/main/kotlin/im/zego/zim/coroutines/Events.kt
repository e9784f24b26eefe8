package im.zego.zim.coroutines

import im.zego.zim.ZIM
import im.zego.zim.internal.Client
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.emitAll
import kotlinx.coroutines.flow.flow

/**
 * The events of this client, each in its newest form, beside the handler of `setEventHandler`. Every collector gets all
 * events from the moment it starts, in order; start it before `login`, for example by
 * `launch(start = CoroutineStart.UNDISPATCHED)`. What a slow collector has not taken yet waits in memory. The flow ends when
 * the client is destroyed.
 */
public val ZIM.events: Flow<ZIMEvent>
    // Not a `callbackFlow`: that one begins in a coroutine of its own, and what happens before it runs would be missed.
    get() = flow {
        val client = this@events as Client
        val waiting = Channel<ZIMEvent>(Channel.UNLIMITED)
        val values = EventValues { event -> waiting.trySend(event) }
        client.addHandler(values)
        val registration = client.whenDestroyed { waiting.close() }
        try {
            emitAll(waiting)
        } finally {
            registration.close()
            client.removeHandler(values)
        }
    }
