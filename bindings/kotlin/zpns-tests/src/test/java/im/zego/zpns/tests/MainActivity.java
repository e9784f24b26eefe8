package im.zego.zpns.tests;

import android.app.Activity;

/** The app's launcher activity. */
public class MainActivity extends Activity {}
