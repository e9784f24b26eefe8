package com.xiaomi.mipush.sdk;

/** Double of MiPush 6.0. */
public class PushMessageHelper {
    /** Under this name the intent of a tap holds the {@link MiPushMessage}. */
    public static final String KEY_MESSAGE = "key_message";
}
