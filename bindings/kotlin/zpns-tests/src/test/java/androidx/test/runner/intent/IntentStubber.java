package androidx.test.runner.intent;

import android.app.Instrumentation;
import android.content.Intent;

/** Part of androidx.test's monitor, which is in no repository this build uses: what Robolectric calls of it. It does nothing. */
public interface IntentStubber {
    Instrumentation.ActivityResult getActivityResultForIntent(Intent intent);
}
