package im.zego.zpns.tests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** The manifests of this repository, and the one an app's build makes of them. */
final class Manifests {
    private static final Path MODULES = Paths.get(System.getProperty("zpns.modules"));
    private static final Path TARGET = MODULES.resolve("zpns-tests/target");

    private Manifests() {}

    /** Those the AARs hold. */
    static List<Path> ofLibraries() {
        List<Path> all = new ArrayList<>();
        all.add(MODULES.resolve("zpns/src/main/android/AndroidManifest.xml"));
        try (Stream<Path> plugins = Files.list(MODULES.resolve("zpns-plugins"))) {
            all.addAll(plugins.map(plugin -> plugin.resolve("src/main/android/AndroidManifest.xml"))
                    .filter(Files::exists)
                    .sorted()
                    .collect(Collectors.toList()));
        } catch (IOException error) {
            throw new IllegalStateException(error);
        }
        return all;
    }

    /** What Android's build does with an app's manifest: permissions and components of the libraries go into it. */
    static Path merged() {
        try {
            Document app = read(MODULES.resolve("zpns-tests/src/test/android/AndroidManifest.xml"));
            for (Path library : ofLibraries()) {
                Document from = read(library);
                adopt(app.getDocumentElement(), from.getDocumentElement(), "uses-permission");
                Element components = (Element) from.getElementsByTagName("application").item(0);
                adopt((Element) app.getElementsByTagName("application").item(0), components, "");
            }
            Path target = TARGET.resolve("AndroidManifest.xml");
            TransformerFactory.newInstance().newTransformer()
                    .transform(new DOMSource(app), new StreamResult(target.toFile()));
            return target;
        } catch (Exception error) {
            throw new IllegalStateException(error);
        }
    }

    /** The installed app: Android reads its manifest in the binary form that only the packaging tool writes. */
    static Path apk() {
        Path apk = TARGET.resolve("app.apk");
        String framework = System.getProperty("zpns.framework");
        try {
            Process tool = new ProcessBuilder(
                            "aapt", "package", "-f", "-M", merged().toString(), "-I", framework, "-F", apk.toString())
                    .inheritIO()
                    .start();
            if (tool.waitFor() != 0) {
                throw new IllegalStateException("aapt refuses the merged manifest");
            }
            return apk;
        } catch (IOException | InterruptedException error) {
            throw new IllegalStateException("aapt does not run; `cargo xtask test android` installs it", error);
        }
    }

    static Document read(Path file) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        return factory.newDocumentBuilder().parse(file.toFile());
    }

    /** Copies the children of that name; every child if it is empty. */
    private static void adopt(Element into, Element from, String name) {
        NodeList children = from.getChildNodes();
        for (int at = 0; at < children.getLength(); at++) {
            Node child = children.item(at);
            if (child instanceof Element && (name.isEmpty() || child.getNodeName().equals(name))) {
                into.appendChild(into.getOwnerDocument().importNode(child, true));
            }
        }
    }
}
