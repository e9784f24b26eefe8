package im.zego.zpns.tests;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertTrue;

import com.huawei.hms.common.ApiException;
import com.vivo.push.util.VivoPushException;
import im.zego.zpns.ZPNsManager;
import im.zego.zpns.callback.ZPNsPushEventHandler;
import im.zego.zpns.doubles.Phone;
import im.zego.zpns.entity.ZPNsRegisterMessage;
import im.zego.zpns.enums.ZPNsConstants.PushSource;
import im.zego.zpns.enums.ZPNsErrorCode;
import im.zego.zpns.util.ZPNsConfig;
import im.zego.zpns_android_plugin_fcm.FCMMessageService;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.After;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.Robolectric;

@RunWith(AppRunner.class)
public class RegistrationTest {
    private final ZPNsManager manager = ZPNsManager.getInstance();

    @After
    public void endMessenger() {
        Messenger.end();
    }

    /** The first result of registering on a phone of this vendor, which behaves as the test arranged. */
    private ZPNsRegisterMessage register(Vendors vendor, Object failure) {
        Device.start(vendor.manufacturer, "token-of-" + vendor);
        Phone.failWith(failure);
        Messenger.create();
        ZPNsManager.setPushConfig(vendor.config());
        manager.registerPush(Device.app());
        vendor.answer(Device.app());
        return Device.wait(MyZPNsReceiver.REGISTERED, 1);
    }

    // covers: C-11, C-12, C-14, C-34
    @Test
    public void everyVendorReportsItsRegistration() {
        for (Vendors vendor : Vendors.values()) {
            ZPNsRegisterMessage message = register(vendor, null);
            assertEquals(message.getMsg(), ZPNsErrorCode.SUCCESS, message.getErrorCode());
            assertEquals(vendor.source, message.getPushSource());
            assertTrue(message.getCommandResult(), message.getCommandResult().startsWith("z1."));
            assertEquals("token-of-" + vendor, message.getDeviceToken());
            assertTrue(message.toString(), message.toString().contains("SUCCESS"));
            assertTrue("the vendor's token is a secret", !message.toString().contains("token-of"));
        }
    }

    // covers: C-26, C-27, C-28, C-29, C-30, C-31, C-33
    @Test
    public void everyVendorGetsItsCredentials() {
        String[] asked = {
            "fcm getToken",
            "huawei getToken HW_APP_ID HCM",
            "xiaomi register MI_APPID MI_APPKEY",
            "oppo register OPPO_APP_KEY OPPO_APP_SECRET",
            "vivo turnOnPush",
        };
        for (Vendors vendor : Vendors.values()) {
            register(vendor, null);
            assertEquals(Arrays.asList(asked[vendor.ordinal()]), Phone.calls());
        }
    }

    // covers: C-32
    @Test
    public void allFiveEnabledUseOneChannel() {
        for (Vendors vendor : Vendors.values()) {
            Device.start(vendor.manufacturer, "token");
            Messenger.create();
            ZPNsManager.setPushConfig(Device.domestic().enableFCMPush());
            manager.registerPush(Device.app());
            assertEquals(PushSource.FCM, Device.wait(MyZPNsReceiver.REGISTERED, 1).getPushSource());
            assertEquals(Arrays.asList("fcm getToken"), Phone.calls());
        }
    }

    @Test
    public void failuresOfTheVendorsHaveThePublishedNumbers() {
        Object[][] rows = {
            {Vendors.FCM, new IOException("SERVICE_NOT_AVAILABLE"), ZPNsErrorCode.CONNECTION_FAILED},
            {Vendors.FCM, new IOException("INVALID_SENDER"), ZPNsErrorCode.VENDOR_CREDENTIALS_INVALID},
            {Vendors.FCM, new IllegalStateException("Default FirebaseApp is not initialized"), ZPNsErrorCode.REGISTER_FAILED},
            {Vendors.HUAWEI, new ApiException(6003, "certificate fingerprint"), ZPNsErrorCode.VENDOR_CREDENTIALS_INVALID},
            {Vendors.HUAWEI, new ApiException(907135000, "arguments"), ZPNsErrorCode.VENDOR_API_FAILED},
            {Vendors.XIAOMI, 70000001, ZPNsErrorCode.CONNECTION_FAILED},
            {Vendors.XIAOMI, 70000003, ZPNsErrorCode.VENDOR_CREDENTIALS_INVALID},
            {Vendors.XIAOMI, 70000002, ZPNsErrorCode.VENDOR_API_FAILED},
            {Vendors.OPPO, -2, ZPNsErrorCode.CONNECTION_FAILED},
            {Vendors.OPPO, 14, ZPNsErrorCode.VENDOR_CREDENTIALS_INVALID},
            {Vendors.OPPO, new Exception("an old ColorOS"), ZPNsErrorCode.VENDOR_API_FAILED},
            {Vendors.VIVO, 1003, ZPNsErrorCode.CONNECTION_FAILED},
            {Vendors.VIVO, 1005, ZPNsErrorCode.VENDOR_API_FAILED},
            {Vendors.VIVO, 101, ZPNsErrorCode.VENDOR_API_FAILED},
            {Vendors.VIVO, new VivoPushException("no api_key"), ZPNsErrorCode.VENDOR_CREDENTIALS_INVALID},
        };
        for (Object[] row : rows) {
            ZPNsRegisterMessage message = register((Vendors) row[0], row[1]);
            assertEquals(row[0] + " " + row[1], row[2], message.getErrorCode());
            assertEquals("", message.getCommandResult());
            assertTrue(message.toString(), !message.getMsg().isEmpty());
        }
    }

    @Test
    public void aPhoneWithoutVendorIsToldWhatWasLookedFor() {
        Device.start("Fairphone", "token");
        ZPNsManager.setPushConfig(Device.domestic());
        manager.registerPush(Device.app());
        ZPNsRegisterMessage message = Device.wait(MyZPNsReceiver.REGISTERED, 1);
        assertEquals(ZPNsErrorCode.REGISTER_FAILED, message.getErrorCode());
        assertEquals(PushSource.ZEGO, message.getPushSource());
        assertTrue(message.getMsg(), message.getMsg().contains("Fairphone"));
    }

    /** Newer ROMs dropped the property, older phones have nothing else. */
    @Test
    public void aPropertyOfTheSystemTellsTheVendor() {
        Device.start("Unknown", "token");
        org.robolectric.shadows.ShadowSystemProperties.override("ro.build.version.opporom", "V12");
        Messenger.create();
        ZPNsManager.setPushConfig(Device.domestic());
        manager.registerPush(Device.app());
        assertEquals(PushSource.OPPO, Device.wait(MyZPNsReceiver.REGISTERED, 1).getPushSource());
    }

    @Test
    public void aFaultyConfigurationIsAResult() {
        Device.start("OPPO", "token");
        ZPNsConfig config = Device.domestic();
        config.setAppType(3);
        config.oppoAppID = null;
        ZPNsManager.setPushConfig(config);
        manager.registerPush(Device.app());
        ZPNsRegisterMessage message = Device.wait(MyZPNsReceiver.REGISTERED, 1);
        assertEquals(ZPNsErrorCode.REGISTER_FAILED, message.getErrorCode());
        assertTrue(message.getMsg(), message.getMsg().contains("appType"));
    }

    @Test
    public void aNewTokenGivesANewPushId() {
        String first = register(Vendors.FCM, null).getCommandResult();
        Robolectric.setupService(FCMMessageService.class).onNewToken("another");
        ZPNsRegisterMessage second = Device.wait(MyZPNsReceiver.REGISTERED, 2);
        assertEquals("another", second.getDeviceToken());
        assertNotEquals(first, second.getCommandResult());
    }

    // covers: C-35
    @Test
    public void unregisteringGivesTheTokenBack() {
        String[] asked = {"fcm deleteToken", "huawei deleteToken HW_APP_ID HCM", "xiaomi unregister", "oppo unRegister", "vivo turnOffPush"};
        for (Vendors vendor : Vendors.values()) {
            register(vendor, null);
            manager.unregisterPush();
            Device.waitUntil("the vendor to be told", () -> Phone.calls().contains(asked[vendor.ordinal()]));
        }
    }

    @Test
    public void unregisteringWithoutARegistrationIs6000405() {
        Device.start("OPPO", "token");
        manager.getZPNsMessage(Device.app(), new android.content.Intent().putExtra("payload", "p"));
        manager.unregisterPush();
        ZPNsRegisterMessage message = Device.wait(MyZPNsReceiver.REGISTERED, 1);
        assertEquals(ZPNsErrorCode.UNREGISTER_FAILED, message.getErrorCode());
        assertEquals(6000405, message.getErrorCode().getCode());
    }

    @Test
    public void aHandlerInCodeIsToldAfterTheReceivers() {
        Device.start("OPPO", "token");
        Messenger.create();
        List<Integer> toldBefore = new ArrayList<>();
        manager.setEventHandler(new ZPNsPushEventHandler() {
            @Override
            public void onRegistered(ZPNsRegisterMessage message) {
                toldBefore.add(MyZPNsReceiver.REGISTERED.size());
            }
        });
        ZPNsManager.setPushConfig(Device.domestic());
        manager.registerPush(Device.app());
        Device.wait(toldBefore, 1);
        assertEquals(Arrays.asList(1), toldBefore);
        manager.setEventHandler(null);
        manager.registerPush(Device.app());
        Device.wait(MyZPNsReceiver.REGISTERED, 2);
        assertEquals("a handler that was removed", 1, toldBefore.size());
    }

    @Test
    public void everyCodeHasItsNumber() {
        int[] numbers = {0, 6000401, 6000402, 6000403, 6000404, 6000405};
        assertEquals(numbers.length, ZPNsErrorCode.values().length);
        for (ZPNsErrorCode code : ZPNsErrorCode.values()) {
            assertEquals(numbers[code.ordinal()], code.getCode());
            assertEquals(code, ZPNsErrorCode.of(code.getCode()));
        }
    }
}
