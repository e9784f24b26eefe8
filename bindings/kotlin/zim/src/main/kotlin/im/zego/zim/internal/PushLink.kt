package im.zego.zim.internal

import im.zego.zim.internal.uniffi.ZimClient

/**
 * Where the push client of this process finds the messaging client that carries its registration. ZIM knows nothing of ZPNs,
 * which may not be part of the app.
 */
public object PushLink {
    private var client: ZimClient? = null
    private var observer: ((ZimClient?) -> Unit)? = null

    /** The client that exists now; null when it ends. The one before is freed here, and not when the garbage collector comes. */
    @Synchronized
    internal fun set(client: ZimClient?) {
        val before = this.client
        this.client = client
        observer?.invoke(client)
        before?.close()
    }

    /**
     * Tells the client there is now, and every later one; the observer before is told nothing more. What it is given is valid
     * until it is told the next one: attach to it, and do not keep it.
     */
    @Synchronized
    public fun observe(observer: (ZimClient?) -> Unit) {
        this.observer = observer
        observer(client)
    }
}
