package com.xiaomi.mipush.sdk;

/** Double of MiPush 6.0: what a command ended with. */
public final class ErrorCode {
    public static final int SUCCESS = 0;
    public static final int ERROR_SERVICE_UNAVAILABLE = 70000001;
    public static final int ERROR_INTERNAL_ERROR = 70000002;
    public static final int ERROR_AUTHERICATION_ERROR = 70000003;
    public static final int ERROR_INVALID_PAYLOAD = 70000004;

    private ErrorCode() {}
}
