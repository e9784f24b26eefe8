package im.zego.zpns;

import android.app.Activity;
import android.content.Intent;
import android.os.Bundle;
import im.zego.zpns.internal.Push;

/**
 * Where a tapped notification leads whose push strategy opens "a page inside the app". It shows nothing: it raises {@code
 * onNotificationClicked} and opens the app's launcher activity with the extras of the push.
 */
public class ZPNsOpenClickedActivity extends Activity {
    @Override
    protected void onCreate(Bundle savedInstanceState) {
        super.onCreate(savedInstanceState);
        open(getIntent());
    }

    @Override
    protected void onNewIntent(Intent intent) {
        super.onNewIntent(intent);
        open(intent);
    }

    private void open(Intent clicked) {
        Push.clicked(this, clicked);
        Intent launcher = getPackageManager().getLaunchIntentForPackage(getPackageName());
        if (launcher != null) {
            if (clicked.getExtras() != null) {
                launcher.putExtras(clicked.getExtras());
            }
            startActivity(launcher);
        }
        finish();
    }
}
