package im.zego.zpns.tests;

import android.app.Activity;
import android.os.Bundle;
import im.zego.zpns.ZPNsManager;
import im.zego.zpns.util.ZPNsConfig;

/** The registering side of the published sample, with its statements. */
public class PublishedActivity extends Activity {
    @Override
    protected void onCreate(Bundle savedInstanceState) {
        super.onCreate(savedInstanceState);

        ZPNsConfig zpnsConfig = new ZPNsConfig();
        zpnsConfig.enableFCMPush();
        zpnsConfig.enableHWPush("HW_APP_ID");
        zpnsConfig.enableMiPush("MI_APPID", "MI_APPKEY");
        zpnsConfig.enableOppoPush("OPPO_APP_ID", "OPPO_APP_KEY", "OPPO_APP_SECRET");
        zpnsConfig.enableVivoPush("VIVO_APP_ID", "VIVO_APP_KEY");
        ZPNsManager.setPushConfig(zpnsConfig);

        ZPNsManager.getInstance().registerPush(this.getApplication());
    }

    void unregister() {
        ZPNsManager.getInstance().unregisterPush();
    }
}
