package im.zego.zpns.tests;

import im.zego.zim.ZIM;
import im.zego.zim.entity.ZIMAppConfig;

/** The ZIM client of an app that is not logged in: what a PushID needs. */
final class Messenger {
    private Messenger() {}

    static void create() {
        end();
        ZIMAppConfig config = new ZIMAppConfig();
        config.appID = 1;
        config.serverURL = "ws://127.0.0.1:9/zim";
        if (ZIM.create(config, Device.app()) == null) {
            throw new AssertionError("create: " + ZIM.getCreateError());
        }
    }

    static void end() {
        if (ZIM.getInstance() != null) {
            ZIM.getInstance().destroy();
        }
    }
}
