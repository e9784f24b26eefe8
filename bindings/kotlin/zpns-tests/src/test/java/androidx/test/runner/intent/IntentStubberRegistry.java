package androidx.test.runner.intent;

/** Part of androidx.test's monitor, which is in no repository this build uses: what Robolectric calls of it. It does nothing. */
public final class IntentStubberRegistry {
    private IntentStubberRegistry() {}

    public static boolean isLoaded() {
        return false;
    }

    public static IntentStubber getInstance() {
        throw new IllegalStateException("none is loaded");
    }
}
