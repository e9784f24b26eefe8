package im.zego.zim;

import im.zego.zim.callback.ZIMConversationTotalUnreadMessageCountQueriedCallback;
import im.zego.zim.entity.ZIMConversationTotalUnreadMessageCountQueryConfig;
import im.zego.zim.internal.Client;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

/**
 * What a call costs from Java: the same operation as in benches/benches/embedding, which no server answers. Run by hand, see
 * the README; the figures are medians of rounds after a warm-up.
 */
public final class Bench {
    private static final int CALLS = 5_000;
    private static final int WARM_UP = 5;
    private static final int ROUNDS = 9;

    private Bench() {}

    public static void main(String[] arguments) throws InterruptedException {
        Client zim = Bed.open(null);
        Bed.login(zim, Bed.user("bench"));
        System.out.printf("a call and its callback, one after the other: %.1f µs%n", median(() -> oneByOne(zim)));
        System.out.printf("a call and its callback, many under way: %.1f µs%n", median(() -> manyAtOnce(zim)));
        zim.destroy();
    }

    private interface Round {
        void run() throws InterruptedException;
    }

    private static double median(Round round) throws InterruptedException {
        double[] micros = new double[ROUNDS];
        for (int number = -WARM_UP; number < ROUNDS; number++) {
            long begin = System.nanoTime();
            round.run();
            if (number >= 0) {
                micros[number] = (System.nanoTime() - begin) / 1_000.0 / CALLS;
            }
        }
        Arrays.sort(micros);
        return micros[ROUNDS / 2];
    }

    private static void oneByOne(ZIM zim) throws InterruptedException {
        Semaphore answered = new Semaphore(0);
        for (int call = 0; call < CALLS; call++) {
            query(zim, (count, error) -> answered.release());
            answered.acquire();
        }
    }

    private static void manyAtOnce(ZIM zim) throws InterruptedException {
        Semaphore free = new Semaphore(64);
        CountDownLatch answered = new CountDownLatch(CALLS);
        for (int call = 0; call < CALLS; call++) {
            free.acquire();
            query(zim, (count, error) -> {
                free.release();
                answered.countDown();
            });
        }
        answered.await();
    }

    private static void query(ZIM zim, ZIMConversationTotalUnreadMessageCountQueriedCallback callback) {
        zim.queryConversationTotalUnreadMessageCount(new ZIMConversationTotalUnreadMessageCountQueryConfig(), callback);
    }
}
