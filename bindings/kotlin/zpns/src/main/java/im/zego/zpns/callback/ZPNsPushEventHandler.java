package im.zego.zpns.callback;

import im.zego.zpns.entity.ZPNsMessage;
import im.zego.zpns.entity.ZPNsRegisterMessage;

/**
 * The same events as {@link im.zego.zpns.ZPNsMessageReceiver}, for apps that listen in code: each event goes to the receivers
 * first, then here, on the main thread. The methods of the published type are not documented; these are ours.
 */
public interface ZPNsPushEventHandler {
    default void onRegistered(ZPNsRegisterMessage message) {}

    default void onNotificationArrived(ZPNsMessage message) {}

    default void onNotificationClicked(ZPNsMessage message) {}

    default void onThroughMessageReceived(ZPNsMessage message) {}
}
