package com.vivo.push.listener;

/** Signatures of vivo push 4.0. */
public interface IPushQueryActionListener {
    void onSuccess(String result);

    void onFail(Integer code);
}
