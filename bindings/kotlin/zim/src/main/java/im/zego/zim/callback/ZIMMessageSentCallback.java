package im.zego.zim.callback;

import im.zego.zim.entity.ZIMError;
import im.zego.zim.entity.ZIMMessage;

/** Progress and outcome of {@code sendMessage}. Both methods get the object that was sent, brought up to date. */
public interface ZIMMessageSentCallback {
    /** The message has its local id, is stored on this device and on its way. Not called for a message that is refused. */
    void onMessageAttached(ZIMMessage message);

    /** Called once, last: the service has the message durably, or {@code errorInfo} says why not. */
    void onMessageSent(ZIMMessage message, ZIMError errorInfo);
}
