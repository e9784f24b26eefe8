plugins {
    id("com.android.application")
}

android {
    namespace = "com.example.push"
    compileSdk = 34
    defaultConfig {
        applicationId = "com.example.app.android"
        minSdk = 23
        targetSdk = 34
        versionCode = 1
        versionName = "1"
    }
    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_1_8
        targetCompatibility = JavaVersion.VERSION_1_8
    }
}

dependencies {
    implementation("im.zego:zim:0.1.0") {
        // Android has its own org.json, and JNA for Android is an AAR.
        exclude(group = "org.json", module = "json")
        exclude(group = "net.java.dev.jna", module = "jna")
    }
    implementation("im.zego:zpns:0.1.0@aar")
    implementation("net.java.dev.jna:jna:5.19.1@aar")
    // A plug-in and the vendor's SDK for each vendor you want: here Google's. It also wants google-services.json and Google's plug-in.
    implementation("im.zego:zpns-fcm:0.1.0@aar")
    implementation("com.google.firebase:firebase-messaging:23.2.1")
}
