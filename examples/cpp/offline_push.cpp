// Offline push in C++: Bob's iPhone registers and goes away, Alice writes and calls, the server pushes, and Bob gets
// everything when he is back. See README.md in ../c for how to run it.
//
// SPDX-License-Identifier: Apache-2.0

#include <ZIM.h>
#include <ZPNs.h>

#include <cstdlib>
#include <fstream>
#include <functional>
#include <future>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace {

std::string environment(const char *name, const std::string &otherwise) {
    const char *value = std::getenv(name);
    return value ? value : otherwise;
}

// Callbacks come on a thread of the SDK; the main thread waits for the answer.
void expect(const char *what, const std::function<void(std::function<void(const zim::ZIMError &)>)> &call) {
    std::promise<zim::ZIMError> answer;
    call([&answer](const zim::ZIMError &errorInfo) { answer.set_value(errorInfo); });
    const zim::ZIMError errorInfo = answer.get_future().get();
    if (errorInfo.code != zim::ZIMErrorCode::ZIM_ERROR_CODE_SUCCESS) {
        std::cerr << what << ": " << std::to_string(errorInfo.code) << " " << errorInfo.message << std::endl;
        std::exit(1);
    }
}

/// What the apps do with events.
class App : public zim::ZIMEventHandler {
public:
    std::promise<void> synchronised, message, call;

    void onConversationSyncStateChanged(zim::ZIM * /*zim*/, zim::ZIMConversationSyncState state) override {
        if (state == zim::ZIM_CONVERSATION_SYNC_STATE_FINISHED) {
            synchronised.set_value();
        }
    }

    void onPeerMessageReceived(zim::ZIM * /*zim*/, const std::vector<std::shared_ptr<zim::ZIMMessage>> &messageList,
                               const zim::ZIMMessageReceivedInfo &info, const std::string & /*fromUserID*/) override {
        for (const std::shared_ptr<zim::ZIMMessage> &received : messageList) {
            if (received->getType() == zim::ZIM_MESSAGE_TYPE_TEXT) {
                std::cout << "Bob got: " << std::static_pointer_cast<zim::ZIMTextMessage>(received)->message
                          << (info.isOfflineMessage ? " (sent while away)" : "") << std::endl;
            }
        }
        message.set_value();
    }

    void onCallInvitationReceived(zim::ZIM * /*zim*/, const zim::ZIMCallInvitationReceivedInfo &info,
                                  const std::string &callID) override {
        std::cout << "Bob is called by " << info.caller << ", call " << callID << std::endl;
        call.set_value();
    }
};

class BobsPush : public zim::ZPNsEventHandler {
public:
    std::promise<std::string> pushID;

    void onRegistered(const zim::ZPNsRegisterMessage &message) override { pushID.set_value(message.pushID); }
};

/// Makes the client of one device; the server's address is taken from the environment: ZIM_SERVER_URL.
zim::ZIM *switchOn(zim::ZIMPlatformType platform, const std::string &folder) {
    const std::string authority = environment("ZIM_CA_FILE", "");
    if (!authority.empty()) {
        // An authority of one's own; not needed if the system trusts the server.
        std::ifstream file(authority.c_str());
        std::stringstream certificates;
        certificates << file.rdbuf();
        zim::ZIM::setAdvancedConfig("ca_certificates", certificates.str());
    }
    // This program plays a phone and a desktop; an app leaves this out.
    zim::ZIM::setAdvancedConfig("platform", std::to_string(platform));
    zim::ZIMCacheConfig cacheConfig;
    cacheConfig.cachePath = folder;
    zim::ZIM::setCacheConfig(cacheConfig);
    zim::ZIMAppConfig appConfig;
    appConfig.appID = static_cast<unsigned int>(std::stoul(environment("ZIM_APP_ID", "1")));
    zim::ZIM *zim = zim::ZIM::create(appConfig);
    if (!zim) {
        std::cerr << zim::ZIM::getCreateError().message << std::endl;
        std::exit(1);
    }
    return zim;
}

void login(zim::ZIM *zim, App &app, const std::string &user, const std::string &token) {
    zim::ZIMLoginConfig config;
    config.token = token;
    expect("login", [&](std::function<void(const zim::ZIMError &)> done) { zim->login(user, config, done); });
    app.synchronised.get_future().get();
}

void bobRegistersAndLeaves() {
    zim::ZIM *zim = switchOn(zim::ZIM_PLATFORM_TYPE_I_PHONE_OS, "bob-phone");
    const std::shared_ptr<App> app = std::make_shared<App>();
    zim->setEventHandler(app);
    zim::ZPNsDevice device;
    device.os = ZPNS_OS_IOS;
    device.bundleID = environment("ZIM_BUNDLE_ID", "com.example.app");
    zim::ZPNs zpns(device);
    const std::shared_ptr<BobsPush> push = std::make_shared<BobsPush>();
    zpns.setEventHandler(push);
    zpns.attach(zim);
    zpns.registerPush();
    const std::string token = "32 bytes that Apple gave Bob....";
    zpns.setDeviceToken(std::vector<uint8_t>(token.begin(), token.end()), false);
    std::cout << "Bob is registered: " << push->pushID.get_future().get() << std::endl;
    login(zim, *app, "bob", environment("BOB_TOKEN", ""));
    // The system freezes the app: no logout, so that pushes still come.
    zim->destroy();
    std::cout << "Bob's app is frozen in the background." << std::endl;
}

void aliceWritesAndCalls() {
    zim::ZIM *zim = switchOn(zim::ZIM_PLATFORM_TYPE_LINUX, "");
    const std::shared_ptr<App> app = std::make_shared<App>();
    zim->setEventHandler(app);
    login(zim, *app, "alice", environment("ALICE_TOKEN", ""));

    zim::ZIMPushConfig pushConfig;
    pushConfig.title = "Alice";
    pushConfig.content = "Are you coming?";
    pushConfig.payload = "{\"page\":\"chat\"}";
    zim::ZIMMessageSendConfig sendConfig;
    sendConfig.pushConfig = pushConfig;
    const std::shared_ptr<zim::ZIMTextMessage> message = std::make_shared<zim::ZIMTextMessage>("Are you coming?");
    expect("send", [&](std::function<void(const zim::ZIMError &)> done) {
        zim->sendMessage(message, "bob", zim::ZIM_CONVERSATION_TYPE_PEER, sendConfig, nullptr,
                         [done](const std::shared_ptr<zim::ZIMMessage> &, const zim::ZIMError &errorInfo) {
                             done(errorInfo);
                         });
    });

    pushConfig.title = "Alice calls";
    pushConfig.content = "Video call";
    zim::ZIMCallInviteConfig inviteConfig;
    inviteConfig.timeout = 300;
    inviteConfig.pushConfig = pushConfig;
    expect("call", [&](std::function<void(const zim::ZIMError &)> done) {
        zim->callInvite({"bob"}, inviteConfig,
                        [done](const std::string &, const zim::ZIMCallInvitationSentInfo &,
                               const zim::ZIMError &errorInfo) { done(errorInfo); });
    });
    zim->destroy();
    std::cout << "Alice wrote and called: two pushes are on their way to Apple (`zim-server push-log`). Press Enter to bring Bob back."
              << std::endl;
    std::cin.get();
}

void bobIsBack() {
    zim::ZIM *zim = switchOn(zim::ZIM_PLATFORM_TYPE_I_PHONE_OS, "bob-phone");
    const std::shared_ptr<App> app = std::make_shared<App>();
    zim->setEventHandler(app);
    login(zim, *app, "bob", environment("BOB_TOKEN", ""));
    app->message.get_future().get();
    app->call.get_future().get();
    // Before another user logs in on this phone: Bob's pushes to it end here.
    zim->logout();
    zim->destroy();
}

}  // namespace

int main() {
    bobRegistersAndLeaves();
    aliceWritesAndCalls();
    bobIsBack();
    std::cout << "done" << std::endl;
    return 0;
}
