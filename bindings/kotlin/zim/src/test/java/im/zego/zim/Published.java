package im.zego.zim;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;

/** The files in {@code api/} that the generated classes come from. */
final class Published {
    private Published() {}

    static String read(String file) throws IOException {
        File path = new File(System.getProperty("zim.root"), "api/" + file);
        return new String(Files.readAllBytes(path.toPath()), StandardCharsets.UTF_8);
    }
}
