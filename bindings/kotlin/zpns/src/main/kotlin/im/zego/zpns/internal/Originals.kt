package im.zego.zpns.internal

import im.zego.zim.internal.uniffi.ZpnsMessage

/**
 * The vendors' objects of messages on their way through the core, which knows only their text. A message is found again by what
 * the core made of it: two equal ones have equal objects. A tap that waits for the registration may be replaced by a later one,
 * so that only the newest are kept.
 */
internal class Originals {
    private val kept = object : LinkedHashMap<ZpnsMessage, VendorMessage>() {
        override fun removeEldestEntry(eldest: MutableMap.MutableEntry<ZpnsMessage, VendorMessage>?) = size > NEWEST
    }

    @Synchronized
    fun keep(key: ZpnsMessage, message: VendorMessage) {
        kept[key] = message
    }

    @Synchronized
    fun take(key: ZpnsMessage): VendorMessage? = kept.remove(key)

    private companion object {
        /** As many events as the core itself keeps for a slow app. */
        const val NEWEST = 256
    }
}
