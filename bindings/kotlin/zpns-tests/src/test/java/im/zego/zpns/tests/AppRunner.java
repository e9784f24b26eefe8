package im.zego.zpns.tests;

import org.junit.runners.model.FrameworkMethod;
import org.junit.runners.model.InitializationError;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.annotation.Config;
import org.robolectric.internal.ManifestFactory;
import org.robolectric.internal.ManifestIdentifier;
import org.robolectric.internal.bytecode.InstrumentationConfiguration;

/** Runs tests inside the app of this module: its manifest, merged with those of the library and of every plug-in. */
public final class AppRunner extends RobolectricTestRunner {
    public AppRunner(Class<?> testClass) throws InitializationError {
        super(testClass);
    }

    @Override
    protected ManifestFactory getManifestFactory(Config config) {
        return any -> new ManifestIdentifier(null, Manifests.merged(), null, null, null, Manifests.apk());
    }

    /** JNA belongs to the JVM: it would load its own native part once for each class loader. */
    @Override
    protected InstrumentationConfiguration createClassLoaderConfig(FrameworkMethod method) {
        return new InstrumentationConfiguration.Builder(super.createClassLoaderConfig(method))
                .doNotAcquirePackage("com.sun.jna.")
                .build();
    }
}
