package im.zego.zim.entity;

import im.zego.zim.enums.ZIMErrorCode;
import java.io.Serializable;

/** Result of a call: a code and a sentence for developers. */
public class ZIMError implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Published code; {@link ZIMErrorCode#SUCCESS} when all went well. */
    public ZIMErrorCode code = ZIMErrorCode.SUCCESS;

    /** For developers; names the parameter at fault. */
    public String message = "";

    /** Success. */
    public ZIMError() {}

    /** The code's number and the message. */
    @Override
    public String toString() {
        return code.value() + (message.isEmpty() ? "" : " " + message);
    }
}
