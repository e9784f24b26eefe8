package com.heytap.msp.push.callback;

/** Signatures of OPPO push 3.5. */
public interface ICallBackResultService {
    void onRegister(int responseCode, String registerID, String packageName, String miniPackageName);

    void onUnRegister(int responseCode, String packageName, String miniPackageName);

    void onSetPushTime(int responseCode, String pushTime);

    void onGetPushStatus(int responseCode, int status);

    void onGetNotificationStatus(int responseCode, int status);

    void onError(int errorCode, String message, String packageName, String miniPackageName);
}
