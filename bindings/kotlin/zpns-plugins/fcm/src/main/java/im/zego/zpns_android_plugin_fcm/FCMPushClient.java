package im.zego.zpns_android_plugin_fcm;

import android.content.Context;
import android.content.Intent;
import com.google.android.gms.tasks.Task;
import com.google.firebase.messaging.FirebaseMessaging;
import im.zego.zpns.enums.ZPNsConstants.PushSource;
import im.zego.zpns.internal.VendorClient;
import im.zego.zpns.internal.VendorEvents;
import im.zego.zpns.internal.VendorException;
import im.zego.zpns.internal.VendorException.Kind;
import im.zego.zpns.internal.VendorMessage;
import im.zego.zpns.util.ZPNsConfig;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** Firebase Cloud Messaging: the {@code firebase-messaging} of the app, set up by its {@code google-services.json}. */
public final class FCMPushClient implements VendorClient {
    /** Only Google's own part puts this extra into the intent of a tap. */
    private static final String MESSAGE_ID = "google.message_id";

    /** The texts of IOExceptions that mean the app's set-up and not the network. */
    private static final List<String> REFUSALS =
            Arrays.asList("INVALID_SENDER", "AUTHENTICATION_FAILED", "FIS_AUTH_ERROR", "MISSING_INSTANCEID_SERVICE");

    @Override
    public void requestToken(Context context, ZPNsConfig config) throws VendorException {
        messaging().getToken().addOnCompleteListener(task -> {
            if (task.isSuccessful()) {
                VendorEvents.token(context, PushSource.FCM, task.getResult());
            } else {
                VendorEvents.failed(context, PushSource.FCM, failure(task));
            }
        });
    }

    @Override
    public void releaseToken(Context context, ZPNsConfig config) throws VendorException {
        messaging().deleteToken().addOnCompleteListener(task -> {
            if (!task.isSuccessful()) {
                VendorEvents.failed(context, PushSource.FCM, failure(task));
            }
        });
    }

    @Override
    public VendorMessage messageIn(Intent intent) {
        return intent.hasExtra(MESSAGE_ID) ? VendorMessage.flat(intent) : null;
    }

    private static FirebaseMessaging messaging() throws VendorException {
        try {
            return FirebaseMessaging.getInstance();
        } catch (IllegalStateException notInitialised) {
            throw new VendorException(Kind.OTHER, notInitialised);
        }
    }

    private static VendorException failure(Task<?> task) {
        Exception cause = task.getException();
        String text = String.valueOf(cause.getMessage());
        Kind kind = Kind.VENDOR;
        if (REFUSALS.stream().anyMatch(text::contains)) {
            kind = Kind.CREDENTIALS;
        } else if (cause instanceof IOException) {
            kind = Kind.NETWORK;
        }
        return new VendorException(kind, cause);
    }
}
