package io.dcloud.feature.uniapp.common;

import io.dcloud.feature.uniapp.UniSDKInstance;

/** Signatures of the uni-app SDK: the base class of a module. */
public abstract class UniModule {
    public UniSDKInstance mUniSDKInstance;
}
