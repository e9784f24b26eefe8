package im.zego.zpns.tests;

import android.content.Context;
import im.zego.zpns.ZPNsMessageReceiver;
import im.zego.zpns.entity.ZPNsMessage;
import im.zego.zpns.entity.ZPNsRegisterMessage;
import java.util.ArrayList;
import java.util.List;

/** The receiver of the published sample: its three methods and no other. What they print is kept for the test. */
public class PublishedReceiver extends ZPNsMessageReceiver {
    static final List<String> PRINTED = new ArrayList<>();

    // The pass-through message callback.
    @Override
    protected void onThroughMessageReceived(Context context, ZPNsMessage message) {
        PRINTED.add("onThroughMessageReceived message:" + message.toString());
    }

    // The notification bar message arrival callback.
    @Override
    protected void onNotificationArrived(Context context, ZPNsMessage message) {
        PRINTED.add("onNotificationArrived message:" + message.toString());
    }

    // The registration status callback.
    @Override
    protected void onRegistered(Context context, ZPNsRegisterMessage message) {
        PRINTED.add("onRegistered pushID:" + message.getCommandResult());
    }
}
