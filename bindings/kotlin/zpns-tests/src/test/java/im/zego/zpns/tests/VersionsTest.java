package im.zego.zpns.tests;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import im.zego.zim.ZIM;
import im.zego.zpns.ZPNsManager;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.List;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.Test;
import org.junit.runner.RunWith;

/** ZIM and ZPNs are one version, and what people read says which. */
@RunWith(AppRunner.class)
public class VersionsTest {
    private static final Path MODULES = Paths.get(System.getProperty("zpns.modules"));
    private static final String[] PLUGINS = {"fcm", "huawei", "xiaomi", "oppo", "vivo"};
    private static final String[] TEXTS = {
        "README.md", "zpns/README.md", "samples-gradle/build.gradle", "../../examples/android/app/build.gradle.kts",
    };

    /** The version in the coordinates of the artifact that this module packages. */
    private static String version(String module, String artifact) throws IOException {
        try (Stream<Path> built = Files.list(MODULES.resolve(module).resolve("target"))) {
            List<Path> jars = built.filter(file -> file.getFileName().toString().matches(artifact + "-[0-9.]+\\.jar"))
                    .collect(Collectors.toList());
            assertEquals("jars of " + artifact, 1, jars.size());
            try (ZipFile jar = new ZipFile(jars.get(0).toFile());
                    InputStream text = jar.getInputStream(jar.getEntry("META-INF/maven/im.zego/" + artifact + "/pom.properties"))) {
                Properties coordinates = new Properties();
                coordinates.load(text);
                return coordinates.getProperty("version");
            }
        }
    }

    private static String text(String file) throws IOException {
        return new String(Files.readAllBytes(MODULES.resolve(file)), StandardCharsets.UTF_8);
    }

    // covers: C-01
    @Test
    public void zimAndZpnsAreOneVersion() throws IOException {
        String version = version("zim", "zim");
        assertEquals(version, version("zpns", "zpns"));
        for (String plugin : PLUGINS) {
            assertEquals(version, version("zpns-plugins/" + plugin, "zpns-" + plugin));
        }
        assertEquals("what the native library says", version, ZIM.getVersion());
        assertEquals("what the native library says", version, ZPNsManager.getInstance().getVersion());
    }

    // covers: C-01
    @Test
    public void whatPeopleReadSaysTheVersion() throws IOException {
        String version = version("zim", "zim");
        Pattern coordinates = Pattern.compile(
                "im\\.zego:[a-z-]+:([0-9.]+)|<groupId>im\\.zego</groupId>\\s*<artifactId>[a-z-]+</artifactId>\\s*<version>([^<]*)<");
        for (String file : TEXTS) {
            Matcher written = coordinates.matcher(text(file));
            boolean found = false;
            while (written.find()) {
                String said = written.group(1) != null ? written.group(1) : written.group(2);
                assertEquals(file + ": " + written.group(), version, said);
                found = true;
            }
            assertTrue(file + " names no artifact", found);
        }
        for (String readme : new String[] {"README.md", "zpns/README.md"}) {
            String words = text(readme).replaceAll("\\s+", " ");
            assertTrue(readme + " does not say which ZIM ZPNs needs", words.contains("ZIM 2.0.0 or newer"));
            assertTrue(readme + " does not say that both are one version", words.contains("of the same version"));
        }
    }
}
