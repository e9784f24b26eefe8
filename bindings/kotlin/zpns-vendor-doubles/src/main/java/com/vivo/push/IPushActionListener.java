package com.vivo.push;

/** Signatures of vivo push 4.0. */
public interface IPushActionListener {
    /** 0: done; 1: it was so already; anything else is a failure. */
    void onStateChanged(int state);
}
