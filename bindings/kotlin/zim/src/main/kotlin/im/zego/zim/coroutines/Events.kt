package im.zego.zim.coroutines

import im.zego.zim.ZIM
import im.zego.zim.internal.Client
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.buffer
import kotlinx.coroutines.flow.callbackFlow

/**
 * The events of this client, each in its newest form, beside the handler of `setEventHandler`. Every collector gets all
 * events from the moment it starts, in order; start it before `login`, for example by
 * `launch(start = CoroutineStart.UNDISPATCHED)`. What a slow collector has not taken yet waits in memory. The flow ends when
 * the client is destroyed.
 */
public val ZIM.events: Flow<ZIMEvent>
    get() = callbackFlow {
        val client = this@events as Client
        val values = EventValues { event -> trySend(event) }
        client.addHandler(values)
        val registration = client.whenDestroyed { close() }
        awaitClose {
            registration.close()
            client.removeHandler(values)
        }
    }.buffer(Channel.UNLIMITED)
