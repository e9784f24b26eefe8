package im.zego.zpns.tests;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import org.junit.Test;

/** The AARs of this build, as Gradle reads them. */
public class AarTest {
    private static final Path MODULES = Paths.get(System.getProperty("zpns.modules"));
    private static final String[] PLUGINS = {"fcm", "huawei", "xiaomi", "oppo", "vivo"};

    private static ZipFile aar(String module, String artifact) throws IOException {
        try (Stream<Path> built = Files.list(MODULES.resolve(module).resolve("target"))) {
            List<Path> found = built.filter(file -> file.getFileName().toString().matches(artifact + "-[0-9.]+\\.aar"))
                    .collect(Collectors.toList());
            assertEquals("AARs of " + artifact, 1, found.size());
            return new ZipFile(found.get(0).toFile());
        }
    }

    private static List<String> classes(ZipFile aar) throws IOException {
        List<String> names = new ArrayList<>();
        try (InputStream jar = aar.getInputStream(aar.getEntry("classes.jar")); ZipInputStream classes = new ZipInputStream(jar)) {
            for (ZipEntry entry = classes.getNextEntry(); entry != null; entry = classes.getNextEntry()) {
                if (entry.getName().endsWith(".class")) {
                    names.add(entry.getName());
                }
            }
        }
        return names;
    }

    private static void isComplete(ZipFile aar) {
        for (String name : new String[] {"AndroidManifest.xml", "classes.jar", "R.txt", "proguard.txt"}) {
            assertTrue(aar.getName() + " has " + name, aar.getEntry(name) != null);
        }
    }

    // covers: C-04
    @Test
    public void theLibraryIsWhole() throws IOException {
        try (ZipFile aar = aar("zpns", "zpns")) {
            isComplete(aar);
            List<String> classes = classes(aar);
            assertTrue(classes.contains("im/zego/zpns/ZPNsManager.class"));
            assertTrue(classes.contains("im/zego/zpns/ZPNsOpenClickedActivity.class"));
            assertFalse("a plug-in is an artifact of its own", classes.stream().anyMatch(name -> name.contains("plugin")));
        }
    }

    /** Of each vendor's SDK an app needs the plug-in, and no plug-in brings the SDK or another vendor's. */
    // covers: C-02
    @Test
    public void everyVendorIsAnArtifactOfItsOwn() throws IOException {
        for (String plugin : PLUGINS) {
            try (ZipFile aar = aar("zpns-plugins/" + plugin, "zpns-" + plugin)) {
                isComplete(aar);
                TreeSet<String> packages = new TreeSet<>();
                for (String name : classes(aar)) {
                    packages.add(name.substring(0, name.lastIndexOf('/')));
                }
                assertEquals("[im/zego/zpns_android_plugin_" + plugin + "]", packages.toString());
            }
        }
    }
}
