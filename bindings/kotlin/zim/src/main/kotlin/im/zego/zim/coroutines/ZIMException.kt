package im.zego.zim.coroutines

import im.zego.zim.entity.ZIMError
import im.zego.zim.enums.ZIMErrorCode

/** A call failed; [code] is the published one, the message is for developers and names the parameter at fault. */
public class ZIMException(public val error: ZIMError) : Exception(error.toString()) {
    public val code: ZIMErrorCode get() = error.code
}
