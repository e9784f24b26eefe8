// The published C++ sample, its four scenarios statement by statement, between a receiver and a sender that make it run
// against a real server. The one change is the missing semicolon after the conversation type (G-01).
//
// SPDX-License-Identifier: Apache-2.0

#include <ZIM.h>
#include <ZPNs.h>

#include <memory>
#include <string>
#include <vector>

#include "support.hpp"

namespace {

// What the lambdas of the sample report.
Counter attached, sent, invited, badgeSet;
std::string startedCallID;

// covers: B-01, B-02, B-03, B-04, B-05, B-06, B-07
void sendToUserThenGroup(zim::ZIM *zim_) {
    zim::ZIMPushConfig pushConfig;
    pushConfig.title = "Title of the peer message";
    pushConfig.content = "Content of the peer message";
    pushConfig.payload = "Payload of the peer message";
    pushConfig.resourcesID = "loud";

    zim::ZIMMessageSendConfig sendConfig;
    sendConfig.pushConfig = pushConfig;

    zim::ZIMTextMessage textMessage;
    textMessage.message = "message";
    zim::ZIMMessage *message = &textMessage;

    zim::ZIMConversationType type = zim::ZIMConversationType::ZIM_CONVERSATION_TYPE_PEER;
    CHECK(type == 0);

    auto notification = std::make_shared<zim::ZIMMessageSendNotification>(
        [=](const std::shared_ptr<zim::ZIMMessage> &message) {
            CHECK(message->getLocalMessageID() != 0 && message->getMessageID() == 0);
            attached.add();
        });

    zim_->sendMessage(message, "toConversationID", type, sendConfig, notification,
                      [=](const std::shared_ptr<zim::ZIMMessage> &message, const zim::ZIMError &errorInfo) {
                          CHECK(errorInfo.code == 0);
                          CHECK(message->getMessageID() > 0);
                          sent.add();
                      });
    sent.wait(1, "peer message");
    attached.wait(1, "onMessageAttached");

    // For a group toConversationID is the group's id.
    pushConfig.title = "Title of the group message";
    sendConfig.pushConfig = pushConfig;
    type = zim::ZIMConversationType::ZIM_CONVERSATION_TYPE_GROUP;
    zim_->sendMessage(message, "toGroupID", type, sendConfig, notification,
                      [=](const std::shared_ptr<zim::ZIMMessage> &message, const zim::ZIMError &errorInfo) {
                          CHECK(errorInfo.code == 0 && message->getConversationID() == "toGroupID");
                          sent.add();
                      });
    sent.wait(2, "group message");
}

// covers: B-08, B-09
void inviteToCall(zim::ZIM *zim_) {
    zim::ZIMPushConfig pushConfig;
    pushConfig.title = "Title of the call";
    pushConfig.content = "Content of the call";
    pushConfig.payload = "Payload of the call";
    pushConfig.resourcesID = "loud";

    zim::ZIMCallInviteConfig callInviteConfig;
    callInviteConfig.pushConfig = pushConfig;
    callInviteConfig.timeout = 300;

    std::vector<std::string> invitees;
    invitees.push_back("toConversationID");
    zim_->callInvite(invitees, callInviteConfig,
                     [=](std::string callID, zim::ZIMCallInvitationSentInfo info, zim::ZIMError errorInfo) {
                         CHECK(errorInfo.code == 0);
                         CHECK(!callID.empty());
                         CHECK(info.errorUserList.empty());
                         startedCallID = callID;
                         invited.add();
                     });
    invited.wait(1, "call");
}

// covers: B-11, B-13
void groupNotificationsByThread(zim::ZIM *zim_) {
    zim::ZIMPushConfig pushConfig;
    pushConfig.title = "Title of the thread";
    pushConfig.content = "Content of the thread";
    pushConfig.threadID = "threadID";

    zim::ZIMMessageSendConfig sendConfig;
    sendConfig.pushConfig = pushConfig;

    zim::ZIMTextMessage textMessage;
    textMessage.message = "message of the thread";
    zim::ZIMMessage *message = &textMessage;
    zim_->sendMessage(message, "toConversationID", zim::ZIMConversationType::ZIM_CONVERSATION_TYPE_PEER, sendConfig,
                      nullptr,
                      [=](const std::shared_ptr<zim::ZIMMessage> &, const zim::ZIMError &errorInfo) {
                          CHECK(errorInfo.code == 0);
                          sent.add();
                      });
    sent.wait(3, "message of the thread");
}

// covers: B-12
void updateBadge(zim::ZIM *zim_) {
    zim_->updateUserBadge(2, [=](zim::ZIMError errorInfo) {
        CHECK(errorInfo.code == 0);
        badgeSet.add();
    });
    badgeSet.wait(1, "badge");
}

// What surrounds the sample.

struct App : zim::ZIMEventHandler {
    Counter synchronised, peerMessages, groupMessages, calls;

    void onConversationSyncStateChanged(zim::ZIM *, zim::ZIMConversationSyncState state) override {
        if (state == zim::ZIM_CONVERSATION_SYNC_STATE_FINISHED) {
            synchronised.add();
        }
    }
    void onPeerMessageReceived(zim::ZIM *, const std::vector<std::shared_ptr<zim::ZIMMessage>> &messageList,
                               const zim::ZIMMessageReceivedInfo &info, const std::string &fromUserID) override {
        CHECK(fromUserID == "sender" && info.isOfflineMessage);
        for (const std::shared_ptr<zim::ZIMMessage> &message : messageList) {
            CHECK(message->getType() == zim::ZIM_MESSAGE_TYPE_TEXT);
            CHECK(!std::static_pointer_cast<zim::ZIMTextMessage>(message)->message.empty());
            peerMessages.add();
        }
    }
    void onGroupMessageReceived(zim::ZIM *, const std::vector<std::shared_ptr<zim::ZIMMessage>> &messageList,
                                const zim::ZIMMessageReceivedInfo &, const std::string &fromGroupID) override {
        CHECK(fromGroupID == "toGroupID" && messageList.size() == 1);
        groupMessages.add();
    }
    void onCallInvitationReceived(zim::ZIM *, const zim::ZIMCallInvitationReceivedInfo &info,
                                  const std::string &callID) override {
        CHECK(info.inviter == "sender" && callID == startedCallID);
        calls.add();
    }
};

struct PushApp : zim::ZPNsEventHandler {
    Counter registered;
    std::string pushID;

    void onRegistered(const zim::ZPNsRegisterMessage &message) override {
        CHECK(message.errorCode == 0 && message.pushSource == ZPNS_VENDOR_APNS);
        pushID = message.pushID;
        registered.add();
    }
};

zim::ZIM *start(const std::string &folder, zim::ZIMPlatformType platform, const std::shared_ptr<App> &app) {
    zim::ZIMCacheConfig cacheConfig;
    cacheConfig.cachePath = folder;
    zim::ZIM::setCacheConfig(cacheConfig);
    zim::ZIM::setAdvancedConfig("platform", std::to_string(platform));
    zim::ZIM::setAdvancedConfig("ca_certificates", fileText(setting("ZIM_TEST_CA_FILE")));
    zim::ZIM::setAdvancedConfig("zim_cross_platform", "ignored, as unknown names are");
    zim::ZIMAppConfig appConfig;
    appConfig.appID = static_cast<unsigned int>(std::stoul(setting("ZIM_TEST_APP_ID")));
    appConfig.serverURL = setting("ZIM_TEST_URL");
    zim::ZIM *zim = zim::ZIM::create(appConfig);
    CHECK(zim != nullptr);
    CHECK(zim::ZIM::create(appConfig) == nullptr);
    CHECK(zim::ZIM::getInstance() == zim);
    zim->setEventHandler(app);
    return zim;
}

void login(zim::ZIM *zim, const std::string &user, const App &app) {
    zim::ZIMLoginConfig config;
    config.token = setting("ZIM_TEST_TOKEN_" + user);
    Counter loggedIn;
    zim->login(user, config, [&loggedIn](const zim::ZIMError &errorInfo) {
        CHECK(errorInfo.code == zim::ZIMErrorCode::ZIM_ERROR_CODE_SUCCESS);
        loggedIn.add();
    });
    loggedIn.wait(1, "login");
    app.synchronised.wait(1, "synchronisation");
}

/// A user's iPhone: registered, logged in, and away.
void leavePhone(const std::string &folder, const std::string &user, const std::string &deviceToken) {
    const std::shared_ptr<App> app = std::make_shared<App>();
    const std::shared_ptr<PushApp> pushApp = std::make_shared<PushApp>();
    zim::ZIM *zim = start(folder, zim::ZIM_PLATFORM_TYPE_I_PHONE_OS, app);
    zim::ZPNsDevice device;
    device.os = ZPNS_OS_IOS;
    device.bundleID = setting("ZIM_TEST_BUNDLE_ID");
    zim::ZPNs zpns(device);
    zpns.setEventHandler(pushApp);
    zpns.setPushConfig(zim::ZPNsConfig());
    CHECK(zpns.attach(zim));
    zpns.registerPush();
    CHECK(zpns.setDeviceToken(std::vector<uint8_t>(deviceToken.begin(), deviceToken.end()), false));
    pushApp->registered.wait(1, "registration");
    CHECK(zpns.getPushID() == pushApp->pushID && !pushApp->pushID.empty());
    login(zim, user, *app);
    zim->destroy();
}

void createGroup(zim::ZIM *zim) {
    zim::ZIMGroupInfo group;
    group.groupID = "toGroupID";
    Counter created;
    zim->createGroup(group, {"toConversationID"},
                     [&created](const zim::ZIMGroupFullInfo &info, const std::vector<zim::ZIMGroupMemberInfo> &members,
                                const std::vector<zim::ZIMErrorUserInfo> &errors, const zim::ZIMError &errorInfo) {
                         CHECK(errorInfo.code == 0 && info.baseInfo.groupID == "toGroupID");
                         CHECK(members.size() == 2 && errors.empty());
                         created.add();
                     });
    created.wait(1, "group");
}

// covers: B-07, B-10
void receive(const std::string &folder) {
    const std::shared_ptr<App> app = std::make_shared<App>();
    zim::ZIM *zim = start(folder, zim::ZIM_PLATFORM_TYPE_I_PHONE_OS, app);
    login(zim, "toConversationID", *app);
    app->peerMessages.wait(2, "peer messages");
    app->groupMessages.wait(1, "group message");
    app->calls.wait(1, "onCallInvitationReceived");
    CHECK(app->peerMessages.count() == 2 && app->groupMessages.count() == 1 && app->calls.count() == 1);
    zim->destroy();
    CHECK(zim::ZIM::getInstance() == nullptr);
}

}  // namespace

int main() {
    const std::string receiver = setting("ZIM_TEST_FOLDER_BOB");
    leavePhone(receiver, "toConversationID", "sample: the receiver's phone tok");
    leavePhone(setting("ZIM_TEST_FOLDER_CAROL"), "sender", "sample: the phone of the sender.");

    const std::shared_ptr<App> app = std::make_shared<App>();
    zim::ZIM *zim = start("", zim::ZIM_PLATFORM_TYPE_LINUX, app);
    login(zim, "sender", *app);
    createGroup(zim);
    sendToUserThenGroup(zim);
    inviteToCall(zim);
    groupNotificationsByThread(zim);
    updateBadge(zim);
    zim->destroy();
    untilPushed(5);

    receive(receiver);
    std::puts("done");
    return 0;
}
