// What a careless C++ program does: exceptions in callbacks, destroy in the wrong moment, and from all threads at once.
//
// SPDX-License-Identifier: Apache-2.0

#include <ZIM.h>
#include <ZPNs.h>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "support.hpp"

namespace {

// Nobody listens there: the client never gets beyond connecting.
zim::ZIM *create() {
    zim::ZIMAppConfig config;
    config.appID = 1;
    config.serverURL = "ws://127.0.0.1:1/zim";
    zim::ZIM *zim = zim::ZIM::create(config);
    CHECK(zim != nullptr);
    return zim;
}

struct Listener : zim::ZIMEventHandler {
    Counter errors;
    std::string what;
    bool throwsToo = false;

    void onError(zim::ZIM *zim, const zim::ZIMError &errorInfo) override {
        CHECK(zim == zim::ZIM::getInstance());
        what = errorInfo.message;
        errors.add();
        if (throwsToo) {
            throw std::runtime_error("and again");
        }
    }
};

/// Says when it is gone.
struct Witness {
    explicit Witness(std::atomic<int> &gone) : gone_(&gone) {}
    ~Witness() { ++*gone_; }

private:
    std::atomic<int> *gone_;
};

void exceptionsInCallbacks() {
    zim::ZIM *zim = create();
    const std::shared_ptr<Listener> listener = std::make_shared<Listener>();
    zim->setEventHandler(listener);
    zim->updateUserBadge(1, [](const zim::ZIMError &) { throw std::runtime_error("of the app"); });
    listener->errors.wait(1, "onError after an exception");
    CHECK(listener->what.find("of the app") != std::string::npos);
    zim->updateUserBadge(1, [](const zim::ZIMError &) { throw 7; });
    listener->errors.wait(2, "onError after what is no exception");
    // The report throws as well: nobody is left to tell, and life goes on.
    listener->throwsToo = true;
    zim->updateUserBadge(1, [](const zim::ZIMError &) { throw std::runtime_error("of the app"); });
    listener->errors.wait(3, "onError that throws");
    Counter after;
    zim->updateUserBadge(1, [&after](const zim::ZIMError &) { after.add(); });
    after.wait(1, "the next callback");
    zim->destroy();
}

void destroyInsideACallbackAndCreateAgain() {
    zim::ZIM *zim = create();
    Counter ended;
    zim->updateUserBadge(1, [zim, &ended](const zim::ZIMError &errorInfo) {
        CHECK(errorInfo.code != 0);
        zim->destroy();
        CHECK(zim::ZIM::getInstance() == nullptr);
        ended.add();
    });
    ended.wait(1, "destroy inside a callback");
    CHECK(create() == zim);
    zim->destroy();
    zim->destroy();
}

void whatCallbacksHoldIsLetGo() {
    std::atomic<int> gone(0);
    std::atomic<int> answered(0);
    zim::ZIM *zim = create();
    for (int i = 0; i < 100; i++) {
        const std::shared_ptr<Witness> witness = std::make_shared<Witness>(gone);
        zim->updateUserBadge(i, [witness, &answered](const zim::ZIMError &) { ++answered; });
    }
    zim->destroy();
    // Those that were not answered are let go of on a thread of the library.
    for (int waited = 0; gone != 100; waited++) {
        CHECK(waited < 24000);
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    // Refused at once, and let go of as well.
    const std::shared_ptr<Witness> witness = std::make_shared<Witness>(gone);
    int refused = 0;
    zim->updateUserBadge(1, [witness, &refused](const zim::ZIMError &errorInfo) {
        CHECK(errorInfo.code == zim::ZIM_ERROR_CODE_COMMON_MODULE_NOT_INIT);
        refused++;
    });
    CHECK(refused == 1 && witness.use_count() == 1);
    zim->sendMessage(std::shared_ptr<zim::ZIMMessage>(), "bob", zim::ZIM_CONVERSATION_TYPE_PEER,
                     zim::ZIMMessageSendConfig(), nullptr, nullptr);
}

void badArguments() {
    zim::ZIM *zim = create();
    int refused = 0;
    zim->sendMessage(std::shared_ptr<zim::ZIMMessage>(), "bob", zim::ZIM_CONVERSATION_TYPE_PEER,
                     zim::ZIMMessageSendConfig(), nullptr,
                     [&refused](const std::shared_ptr<zim::ZIMMessage> &message, const zim::ZIMError &errorInfo) {
                         CHECK(message == nullptr);
                         CHECK(errorInfo.code == zim::ZIM_ERROR_CODE_COMMON_MODULE_PARAMS_INVALID);
                         CHECK(errorInfo.message.find("message") != std::string::npos);
                         refused++;
                     });
    zim->login("\xff", zim::ZIMLoginConfig(), [&refused](const zim::ZIMError &errorInfo) {
        CHECK(errorInfo.code == zim::ZIM_ERROR_CODE_COMMON_MODULE_PARAMS_INVALID);
        CHECK(errorInfo.message.find("userID") != std::string::npos);
        refused++;
    });
    zim->queryConversation("bob", (zim::ZIMConversationType)77,
                           [&refused](const std::shared_ptr<zim::ZIMConversation> &conversation,
                                      const zim::ZIMError &errorInfo) {
                               CHECK(conversation == nullptr);
                               CHECK(errorInfo.message.find("conversationType") != std::string::npos);
                               refused++;
                           });
    CHECK(refused == 3);
    const std::shared_ptr<Listener> listener = std::make_shared<Listener>();
    zim->setEventHandler(listener);
    zim::ZIM::setPushID("no push id");
    listener->errors.wait(1, "onError for a malformed PushID");
    zim::ZIM::setPushID("");
    zim->destroy();
}

// Operations and destroy race on one pointer that all threads keep.
void allThreadsAtOnce() {
    const int rounds = std::getenv("ZIM_TEST_CHECKED") ? 5 : 50;
    for (int round = 0; round < rounds; round++) {
        zim::ZIM *zim = create();
        std::atomic<int> gone(0);
        std::vector<std::thread> threads;
        for (int i = 0; i < 8; i++) {
            threads.emplace_back([zim, i, &gone] {
                for (int call = 0; call < 20; call++) {
                    const std::shared_ptr<Witness> witness = std::make_shared<Witness>(gone);
                    zim->updateUserBadge(call, [witness](const zim::ZIMError &) {});
                    if (i == 7 && call == 10) {
                        zim->destroy();
                    }
                    if (i == 6) {
                        zim->setEventHandler(std::make_shared<Listener>());
                    }
                }
            });
        }
        for (std::thread &thread : threads) {
            thread.join();
        }
        for (int waited = 0; gone != 8 * 20; waited++) {
            CHECK(waited < 24000);
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        CHECK(zim::ZIM::getInstance() == nullptr);
    }
}

void pushClient() {
    zim::ZPNsDevice device;
    device.os = ZPNS_OS_ANDROID;
    device.bundleID = "com.example";
    Counter asked;
    struct Events : zim::ZPNsEventHandler {
        Counter told;
        void onRegistered(const zim::ZPNsRegisterMessage &message) override {
            told.add();
            CHECK(message.errorCode == 6000403 || message.errorCode == 0);
            throw std::runtime_error("of the app");
        }
    };
    const std::shared_ptr<Events> events = std::make_shared<Events>();
    zim::ZIM *zim = create();
    {
        zim::ZPNs zpns(device, [&asked](zim::ZPNsVendor vendor) {
            CHECK(vendor == ZPNS_VENDOR_FCM);
            asked.add();
            return true;
        });
        CHECK(!zpns.unregisterPush());
        CHECK(!zpns.setBadge(-1));
        CHECK(!zpns.attach(nullptr));
        zim::ZPNsConfig config;
        config.enableFCMPush = true;
        zpns.setPushConfig(config);
        zpns.setEventHandler(events);
        CHECK(zpns.attach(zim));
        zpns.registerPush();
        asked.wait(1, "the vendor's library");
        CHECK(zpns.registrationFailed(ZPNS_VENDOR_FCM, 6000403, "no Google services"));
        events->told.wait(1, "onRegistered");
        CHECK(zpns.getPushID().empty());
        CHECK(!zpns.notificationClicked(ZPNS_VENDOR_FCM, "no json"));
        // ZIM may end first.
        zim->destroy();
        zpns.registerPush();
    }
    CHECK(zim::ZIM::getInstance() == nullptr);
}

}  // namespace

int main() {
    exceptionsInCallbacks();
    destroyInsideACallbackAndCreateAgain();
    whatCallbacksHoldIsLetGo();
    badArguments();
    allThreadsAtOnce();
    pushClient();
    std::puts("done");
    return 0;
}
