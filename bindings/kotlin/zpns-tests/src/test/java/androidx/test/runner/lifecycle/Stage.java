package androidx.test.runner.lifecycle;

/** Part of androidx.test's monitor, which is in no repository this build uses: what Robolectric calls of it. It does nothing. */
public enum Stage {
    PRE_ON_CREATE,
    CREATED,
    STARTED,
    RESUMED,
    PAUSED,
    STOPPED,
    RESTARTED,
    DESTROYED
}
