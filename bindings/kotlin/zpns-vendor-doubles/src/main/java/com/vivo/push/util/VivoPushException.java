package com.vivo.push.util;

/** Double of vivo push 4.0. */
public class VivoPushException extends Exception {
    public VivoPushException(String message) {
        super(message);
    }
}
