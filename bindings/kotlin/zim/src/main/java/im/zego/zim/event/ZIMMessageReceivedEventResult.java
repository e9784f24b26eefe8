package im.zego.zim.event;

import im.zego.zim.entity.ZIMMessage;
import im.zego.zim.entity.ZIMMessageReceivedInfo;
import java.io.Serializable;
import java.util.ArrayList;

/** Messages of one conversation that arrived together. */
public class ZIMMessageReceivedEventResult implements Serializable {
    private static final long serialVersionUID = 1L;

    /** The messages, oldest first. */
    public ArrayList<ZIMMessage> messageList = new ArrayList<>();

    /** Their conversation, and whether they arrived while this device was offline. */
    public ZIMMessageReceivedInfo receivedInfo = new ZIMMessageReceivedInfo();

    /** Empty. */
    public ZIMMessageReceivedEventResult() {}
}
