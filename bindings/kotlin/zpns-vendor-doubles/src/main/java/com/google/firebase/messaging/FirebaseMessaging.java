package com.google.firebase.messaging;

import com.google.android.gms.tasks.Task;
import im.zego.zpns.doubles.Done;
import im.zego.zpns.doubles.Phone;

/** Double of firebase-messaging 23. */
public class FirebaseMessaging {
    /** Throws IllegalStateException in an app without {@code google-services.json}, as the real one. */
    public static FirebaseMessaging getInstance() {
        if (Phone.exception() instanceof IllegalStateException) {
            throw (IllegalStateException) Phone.exception();
        }
        return new FirebaseMessaging();
    }

    public Task<String> getToken() {
        Phone.called("fcm getToken");
        return new Done<>(Phone.token());
    }

    public Task<Void> deleteToken() {
        Phone.called("fcm deleteToken");
        return new Done<>(null);
    }
}
