package io.dcloud.feature.uniapp.bridge;

/** Signatures of the uni-app SDK: a function of the page. */
public interface UniJSCallback {
    void invoke(Object data);
}
