package com.google.firebase.messaging;

import java.util.Map;

/** Double of firebase-messaging 23. */
public final class RemoteMessage {
    private final Notification notification;
    private final Map<String, String> data;

    public RemoteMessage(Notification notification, Map<String, String> data) {
        this.notification = notification;
        this.data = data;
    }

    public Map<String, String> getData() {
        return data;
    }

    /** Null for a data message. */
    public Notification getNotification() {
        return notification;
    }

    public static class Notification {
        private final String title;
        private final String body;

        public Notification(String title, String body) {
            this.title = title;
            this.body = body;
        }

        public String getTitle() {
            return title;
        }

        public String getBody() {
            return body;
        }
    }
}
