package com.huawei.hms.aaid;

import android.content.Context;
import android.os.Looper;
import com.huawei.hms.common.ApiException;
import im.zego.zpns.doubles.Phone;

/** Double of HMS push 6.12. */
public class HmsInstanceId {
    public static HmsInstanceId getInstance(Context context) {
        return new HmsInstanceId();
    }

    /** Blocks until the service answered, and so refuses the main thread. */
    public String getToken(String appId, String scope) throws ApiException {
        Phone.called("huawei getToken " + appId + " " + scope);
        answer();
        return Phone.token();
    }

    public void deleteToken(String appId, String scope) throws ApiException {
        Phone.called("huawei deleteToken " + appId + " " + scope);
        answer();
    }

    private static void answer() throws ApiException {
        if (Looper.myLooper() == Looper.getMainLooper()) {
            throw new ApiException(907135002, "operation in MAIN thread prohibited");
        }
        if (Phone.exception() instanceof ApiException) {
            throw (ApiException) Phone.exception();
        }
    }
}
