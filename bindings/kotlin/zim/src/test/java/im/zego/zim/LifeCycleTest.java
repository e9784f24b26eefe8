package im.zego.zim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import im.zego.zim.entity.ZIMAppConfig;
import im.zego.zim.entity.ZIMCacheConfig;
import im.zego.zim.entity.ZIMError;
import im.zego.zim.entity.ZIMLoginConfig;
import im.zego.zim.entity.ZIMUserInfo;
import im.zego.zim.enums.ZIMConnectionEvent;
import im.zego.zim.enums.ZIMConnectionState;
import im.zego.zim.enums.ZIMErrorCode;
import java.nio.file.Path;
import org.json.JSONObject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The one client of an app, from create to destroy. */
class LifeCycleTest {
    @AfterEach
    void noneIsLeft() {
        ZIM.setCacheConfig(null);
        if (ZIM.getInstance() != null) {
            ZIM.getInstance().destroy();
        }
    }

    @Test
    void thereIsOneClientAtATime() {
        assertNull(ZIM.getInstance());
        assertFalse(ZIM.getVersion().isEmpty());
        ZIM zim = Bed.create();
        assertSame(zim, ZIM.getInstance());
        assertNull(ZIM.create(Bed.config()));
        assertFalse(ZIM.getCreateError().message.isEmpty());
        zim.destroy();
        zim.destroy();
        assertNull(ZIM.getInstance());
        ZIM next = Bed.create();
        assertNotSame(zim, next);
    }

    @Test
    void aConfigurationThatIsRefusedGivesNullAndTheReason() {
        assertNull(ZIM.create(new ZIMAppConfig()));
        assertEquals(ZIMErrorCode.COMMON_MODULE_INVALID_APP_ID, ZIM.getCreateError().code);
        assertNull(ZIM.create(null));
        ZIMAppConfig config = Bed.config();
        config.appID = 1L << 40;
        assertNull(ZIM.create(config));
        assertEquals(ZIMErrorCode.COMMON_MODULE_INVALID_APP_ID, ZIM.getCreateError().code);
        config = Bed.config();
        config.serverURL = "http://example.org";
        assertNull(ZIM.create(config));
        assertEquals(ZIMErrorCode.COMMON_MODULE_PARAMS_INVALID, ZIM.getCreateError().code);
    }

    @Test
    void theStateIsToldFromLoginToLogout() {
        class Connection extends Bed.Synchronised {
            final Told<ZIMConnectionState> connections = new Told<>();

            @Override
            public void onConnectionStateChanged(
                    ZIM zim, ZIMConnectionState state, ZIMConnectionEvent event, JSONObject extendedData) {
                assertNotNull(extendedData);
                connections.add(state);
            }
        }
        ZIM zim = Bed.create();
        Connection told = Bed.login(zim, Bed.user("state"), new Connection());
        zim.logout();
        told.connections.waitFor("the end", state -> state == ZIMConnectionState.DISCONNECTED);
        assertEquals(ZIMConnectionState.CONNECTING, told.connections.all().get(0));
        assertEquals(ZIMConnectionState.CONNECTED, told.connections.all().get(1));
    }

    @Test
    void theFormsOfLoginUpTo2_29Work() {
        ZIM zim = Bed.create();
        ZIMUserInfo user = new ZIMUserInfo();
        user.userID = Bed.user("older");
        user.userName = "Older";
        Told<ZIMError> answer = new Told<>();
        zim.login(user, Bed.get().token(user.userID), answer::add);
        Bed.success(answer.one("login"));
        Told<String> name = new Told<>();
        zim.querySelfUserInfo((self, error) -> name.add(self.userFullInfo.baseInfo.userName));
        assertEquals("Older", name.one("the own profile"));
    }

    @Test
    void anAppSignReplacesTheToken() {
        ZIMAppConfig config = Bed.config();
        config.appSign = Bed.get().appSign();
        ZIM zim = ZIM.create(config);
        Told<ZIMError> answer = new Told<>();
        zim.login(Bed.user("signed"), new ZIMLoginConfig(), answer::add);
        Bed.success(answer.one("login"));
    }

    @Test
    void destroyInsideACallbackIsLegalAndCreateAfterItToo() {
        ZIM zim = Bed.create();
        Told<ZIM> next = new Told<>();
        Told<ZIMError> after = new Told<>();
        zim.joinGroup("nowhere", (groupInfo, errorInfo) -> {
            zim.destroy();
            zim.leaveGroup("nowhere", (groupID, error) -> after.add(error));
            next.add(Bed.create());
        });
        assertNotNull(next.one("the next client"));
        assertEquals(ZIMErrorCode.COMMON_MODULE_NOT_INIT, after.one("the answer of the ended one").code);
        Bed.login(next.all().get(0), Bed.user("next"));
    }

    @Test
    void callsAfterDestroyAnswer6000002() {
        ZIM zim = Bed.create();
        zim.destroy();
        Told<ZIMError> answer = new Told<>();
        zim.login("alice", null, answer::add);
        assertEquals(ZIMErrorCode.COMMON_MODULE_NOT_INIT, answer.one("an answer").code);
        zim.logout();
        zim.setEventHandler(null);
    }

    @Test
    void aCachePathKeepsWhatWasStored(@TempDir Path folder) {
        ZIMCacheConfig cache = new ZIMCacheConfig();
        cache.cachePath = folder.toString();
        ZIM.setCacheConfig(cache);
        String user = Bed.user("kept");
        ZIM zim = Bed.create();
        Bed.login(zim, user);
        zim.destroy();
        assertNotNull(folder.toFile().list());
        assertFalse(folder.toFile().list().length == 0);
        // An offline login needs the local data of this user.
        ZIM again = Bed.create();
        ZIMLoginConfig config = new ZIMLoginConfig();
        config.isOfflineLogin = true;
        config.token = Bed.get().token(user);
        Told<ZIMError> answer = new Told<>();
        again.login(user, config, answer::add);
        Bed.success(answer.one("offline login"));
    }
}
