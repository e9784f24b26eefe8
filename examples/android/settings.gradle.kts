pluginManagement {
    repositories {
        google()
        mavenCentral()
        gradlePluginPortal()
    }
}
dependencyResolutionManagement {
    repositories {
        // Where `mvn install` of bindings/kotlin puts the artifacts; later the repository you deploy them to.
        mavenLocal()
        google()
        mavenCentral()
    }
}
rootProject.name = "offline-push"
include(":app")
