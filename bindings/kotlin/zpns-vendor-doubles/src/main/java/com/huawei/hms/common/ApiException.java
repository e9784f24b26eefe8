package com.huawei.hms.common;

/** Double of HMS 6. */
public class ApiException extends Exception {
    private final int statusCode;

    public ApiException(int statusCode, String message) {
        super(statusCode + ": " + message);
        this.statusCode = statusCode;
    }

    public int getStatusCode() {
        return statusCode;
    }
}
