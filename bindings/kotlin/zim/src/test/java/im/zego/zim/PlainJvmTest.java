package im.zego.zim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.zego.zim.internal.Client;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A program of its own, on a JVM of its own. */
class PlainJvmTest {
    /** Logs in, says so, and returns from main without destroying the client. */
    public static final class Program {
        public static void main(String[] arguments) {
            Client zim = Bed.open(null);
            Bed.login(zim, "left");
            System.out.println("logged in");
        }
    }

    @Test
    void aClientThatIsLeftRunningDoesNotKeepTheProgramAlive() throws IOException, InterruptedException {
        String java = System.getProperty("java.home") + File.separator + "bin" + File.separator + "java";
        Process program = new ProcessBuilder(java, "-cp", System.getProperty("java.class.path"), Program.class.getName())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(program.getInputStream(), StandardCharsets.UTF_8))) {
            assertEquals("logged in", out.readLine());
        }
        assertTrue(program.waitFor(60, TimeUnit.SECONDS), "the program still runs");
        assertEquals(0, program.exitValue());
    }
}
