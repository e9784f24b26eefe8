package im.zego.zpns.tests;

import android.content.Context;
import im.zego.zpns.ZPNsMessageReceiver;
import im.zego.zpns.entity.ZPNsMessage;
import im.zego.zpns.entity.ZPNsRegisterMessage;
import java.util.ArrayList;
import java.util.List;

/** The receiver of the manifest. Android makes a new one for each broadcast, so that what it was told is the class's. */
public final class MyZPNsReceiver extends ZPNsMessageReceiver {
    static final List<ZPNsRegisterMessage> REGISTERED = new ArrayList<>();
    static final List<ZPNsMessage> ARRIVED = new ArrayList<>();
    static final List<ZPNsMessage> CLICKED = new ArrayList<>();
    static final List<ZPNsMessage> THROUGH = new ArrayList<>();

    static void forget() {
        REGISTERED.clear();
        ARRIVED.clear();
        CLICKED.clear();
        THROUGH.clear();
    }

    @Override
    protected void onRegistered(Context context, ZPNsRegisterMessage message) {
        REGISTERED.add(message);
    }

    @Override
    protected void onNotificationArrived(Context context, ZPNsMessage message) {
        ARRIVED.add(message);
    }

    @Override
    protected void onNotificationClicked(Context context, ZPNsMessage message) {
        CLICKED.add(message);
    }

    @Override
    protected void onThroughMessageReceived(Context context, ZPNsMessage message) {
        THROUGH.add(message);
    }
}
