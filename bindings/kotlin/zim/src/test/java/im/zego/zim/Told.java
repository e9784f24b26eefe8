package im.zego.zim;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** What callbacks said, in order, for a test to wait on. */
public final class Told<T> {
    /** Longer than any wait that succeeds. */
    private static final long PATIENCE_MS = 60_000;

    private final List<T> all = new ArrayList<>();

    public synchronized void add(T item) {
        all.add(item);
        notifyAll();
    }

    public synchronized List<T> all() {
        return new ArrayList<>(all);
    }

    /** The first that matches, as soon as it is there. */
    public synchronized T waitFor(String what, Predicate<T> matches) {
        long end = System.nanoTime() + PATIENCE_MS * 1_000_000;
        while (true) {
            for (T item : all) {
                if (matches.test(item)) {
                    return item;
                }
            }
            pause(end, what);
        }
    }

    /** All so far, as soon as there are this many. */
    public synchronized List<T> waitForCount(String what, int count) {
        long end = System.nanoTime() + PATIENCE_MS * 1_000_000;
        while (all.size() < count) {
            pause(end, what);
        }
        return new ArrayList<>(all);
    }

    public T one(String what) {
        return waitForCount(what, 1).get(0);
    }

    private void pause(long end, String what) {
        long left = (end - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
            throw new AssertionError("waited in vain for " + what + "; told: " + all);
        }
        try {
            wait(left);
        } catch (InterruptedException error) {
            throw new AssertionError(error);
        }
    }
}
