package im.zego.zim.internal

import im.zego.zim.internal.uniffi.ZimClient

/**
 * Where the push client of this process finds the messaging client that carries its registration. ZIM knows nothing of ZPNs,
 * which may not be part of the app.
 */
public object PushLink {
    private var client: ZimClient? = null
    private var observer: ((ZimClient?) -> Unit)? = null

    /** The client that exists now; null when it ends. */
    @Synchronized
    internal fun set(client: ZimClient?) {
        this.client = client
        observer?.invoke(client)
    }

    /** Tells the client there is now, and every later one; the observer before is told nothing more. */
    @Synchronized
    public fun observe(observer: (ZimClient?) -> Unit) {
        this.observer = observer
        observer(client)
    }
}
