// The compile contract of the published C++ headers, as consumers written for 2.18 and for 3.x rely on it. What can be
// seen without a server is checked at run time too.
//
// SPDX-License-Identifier: Apache-2.0

#include "ZIM.h"

#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "support.hpp"

namespace {

// Consumers reach private members by explicit instantiation, so their names and types are part of the contract.
template <class Tag, typename Tag::type Member>
struct Reveal {
    friend typename Tag::type member(Tag) { return Member; }
};

#define PRIVATE_MEMBER(Type, name)                                   \
    struct name##_tag {                                              \
        typedef Type zim::ZIMMessage::*type;                         \
        friend type member(name##_tag);                              \
    };                                                               \
    template struct Reveal<name##_tag, &zim::ZIMMessage::name>

PRIVATE_MEMBER(zim::ZIMMessageType, type);
PRIVATE_MEMBER(long long, messageID);
PRIVATE_MEMBER(long long, localMessageID);
PRIVATE_MEMBER(long long, conversationSeq);
PRIVATE_MEMBER(long long, messageSeq);
PRIVATE_MEMBER(long long, orderKey);
PRIVATE_MEMBER(std::string, senderUserID);
PRIVATE_MEMBER(std::string, conversationID);
PRIVATE_MEMBER(std::string, cbInnerID);
PRIVATE_MEMBER(zim::ZIMConversationType, conversationType);
PRIVATE_MEMBER(zim::ZIMMessageDirection, direction);
PRIVATE_MEMBER(zim::ZIMMessageSentStatus, sentStatus);
PRIVATE_MEMBER(unsigned long long, timestamp);
PRIVATE_MEMBER(bool, userInserted);
PRIVATE_MEMBER(bool, broadcastMessage);
PRIVATE_MEMBER(std::shared_ptr<zim::ZIMMessageRepliedInfo>, repliedInfo);
PRIVATE_MEMBER(int, rootRepliedCount);
PRIVATE_MEMBER(zim::ZIMMessageReceiptStatus, receiptStatus);

#define PRIVATE_MEMBER_OF_REVOKE(Type, name)                          \
    struct name##_tag {                                              \
        typedef Type zim::ZIMRevokeMessage::*type;                   \
        friend type member(name##_tag);                              \
    };                                                               \
    template struct Reveal<name##_tag, &zim::ZIMRevokeMessage::name>

PRIVATE_MEMBER_OF_REVOKE(zim::ZIMRevokeType, revokeType);
PRIVATE_MEMBER_OF_REVOKE(unsigned long long, revokeTimestamp);
PRIVATE_MEMBER_OF_REVOKE(zim::ZIMMessageType, originalMessageType);
PRIVATE_MEMBER_OF_REVOKE(zim::ZIMMessageRevokeStatus, revokeStatus);
PRIVATE_MEMBER_OF_REVOKE(std::string, operatedUserID);
PRIVATE_MEMBER_OF_REVOKE(std::string, originalTextMessageContent);
PRIVATE_MEMBER_OF_REVOKE(std::string, revokeExtendedData);

void revokeMessage() {
    zim::ZIMRevokeMessage message;
    CHECK(message.getRevokeType() == zim::ZIM_REVOKE_TYPE_UNKNOWN);
    CHECK(message.getRevokeStatus() == zim::ZIM_MESSAGE_REVOKE_STATUS_UNKNOWN);
    message.*member(revokeType_tag()) = zim::ZIM_REVOKE_TYPE_TWO_WAY;
    message.*member(revokeTimestamp_tag()) = 14;
    message.*member(originalMessageType_tag()) = zim::ZIM_MESSAGE_TYPE_TEXT;
    message.*member(revokeStatus_tag()) = zim::ZIM_MESSAGE_REVOKE_STATUS_GROUP_OWNER_REVOKE;
    message.*member(operatedUserID_tag()) = "owner";
    message.*member(originalTextMessageContent_tag()) = "text";
    message.*member(revokeExtendedData_tag()) = "why";

    // An app may hand it back, to continue a query of the history.
    zim::detail::Scratch scratch;
    const std::shared_ptr<zim::ZIMMessage> base = zim::detail::fromC(zim::detail::toC(message, scratch));
    CHECK(base->getType() == zim::ZIM_MESSAGE_TYPE_REVOKE);
    const std::shared_ptr<const zim::ZIMRevokeMessage> read = std::static_pointer_cast<zim::ZIMRevokeMessage>(base);
    CHECK(read->getRevokeType() == 0 && read->getRevokeTimestamp() == 14 && read->getRevokeStatus() == 4);
    CHECK(read->getOriginalMessageType() == 1 && read->getOperatedUserID() == "owner");
    CHECK(read->getOriginalTextMessageContent() == "text" && read->getRevokeExtendedData() == "why");
}

void privateMembersAndGetters() {
    const std::shared_ptr<zim::ZIMMessage> message = std::make_shared<zim::ZIMTextMessage>("text");
    (*message).*member(messageID_tag()) = 7;
    (*message).*member(localMessageID_tag()) = 8;
    (*message).*member(conversationSeq_tag()) = 9;
    (*message).*member(messageSeq_tag()) = 10;
    (*message).*member(orderKey_tag()) = 11;
    (*message).*member(senderUserID_tag()) = "sender";
    (*message).*member(conversationID_tag()) = "conversation";
    (*message).*member(cbInnerID_tag()) = "mark";
    (*message).*member(conversationType_tag()) = zim::ZIM_CONVERSATION_TYPE_GROUP;
    (*message).*member(direction_tag()) = zim::ZIM_MESSAGE_DIRECTION_RECEIVE;
    (*message).*member(sentStatus_tag()) = zim::ZIM_MESSAGE_SENT_STATUS_FAILED;
    (*message).*member(timestamp_tag()) = 12;
    (*message).*member(userInserted_tag()) = true;
    (*message).*member(broadcastMessage_tag()) = true;
    (*message).*member(rootRepliedCount_tag()) = 13;
    (*message).*member(receiptStatus_tag()) = zim::ZIM_MESSAGE_RECEIPT_STATUS_DONE;
    (*message).*member(repliedInfo_tag()) = nullptr;
    CHECK((*message).*member(type_tag()) == zim::ZIM_MESSAGE_TYPE_TEXT);

    const zim::ZIMMessage &read = *message;
    CHECK(read.getType() == zim::ZIMMessageType::ZIM_MESSAGE_TYPE_TEXT);
    CHECK(read.getMessageID() == 7 && read.getLocalMessageID() == 8);
    CHECK(read.getConversationSeq() == 9 && read.getMessageSeq() == 10 && read.getOrderKey() == 11);
    CHECK(read.getSenderUserID() == "sender" && read.getConversationID() == "conversation");
    CHECK(read.getConversationType() == 2 && read.getDirection() == 1 && read.getSentStatus() == 2);
    CHECK(read.getTimestamp() == 12 && read.getReceiptStatus() == 2);
    CHECK(read.isUserInserted() && read.isBroadcastMessage() && !read.isServerMessage());
    CHECK(read.getIsUserInserted() && read.getIsBroadcastMessage() && !read.getIsServerMessage());
    CHECK(read.getCbInnerID() == "mark" && read.getRepliedInfo() == nullptr && read.getRootRepliedCount() == 13);
}

void messageClasses() {
    zim::ZIMTextMessage text;
    text.message = "hello";
    text.extendedData = "extended";
    text.localExtendedData = "local";
    text.isMentionAll = true;
    text.mentionedUserIDs.push_back("bob");
    zim::ZIMCustomMessage custom("body", 3u);
    custom.searchedContent = "words";
    CHECK(custom.subType == 3);
    zim::ZIMCommandMessage command;
    command.message = std::vector<uint8_t>{1, 2, 3};
    std::shared_ptr<zim::ZIMMessage> base = std::make_shared<zim::ZIMCustomMessage>(custom);
    CHECK(std::static_pointer_cast<zim::ZIMCustomMessage>(base)->message == "body");
    CHECK(std::dynamic_pointer_cast<zim::ZIMTextMessage>(base) == nullptr);
}

void pushConfigInEveryForm() {
    zim::ZIMPushConfig value;
    value.title = "title";
    value.enableBadge = true;
    value.badgeIncrement = 1;
    zim::ZIMMessageSendConfig config;
    CHECK(config.pushConfig == nullptr);
    config.pushConfig = value;
    CHECK(config.pushConfig->title == "title");
    config.pushConfig = nullptr;
    CHECK(!config.pushConfig);
    {
        // The pointee dies before the send: it is copied at assignment.
        zim::ZIMPushConfig local;
        local.title = "local";
        config.pushConfig = &local;
    }
    CHECK(config.pushConfig && config.pushConfig->title == "local");
    const std::unique_ptr<zim::ZIMPushConfig> unique(new zim::ZIMPushConfig(value));
    config.pushConfig = unique.get();
    CHECK((*config.pushConfig).title == "title");
    config.pushConfig = std::make_shared<zim::ZIMPushConfig>(value);
    const zim::ZIMMessageSendConfig copy = config;
    config.pushConfig->title = "changed";
    CHECK(copy.pushConfig->title == "title");
    config.pushConfig = config.pushConfig.get();
    CHECK(config.pushConfig->title == "changed");
    zim::ZIMPushConfig *pointer = config.pushConfig;
    CHECK(pointer != nullptr && config.pushConfig != nullptr && nullptr != config.pushConfig);

    zim::ZIMVoIPConfig voip;
    value.voIPConfig = voip;
    value.voIPConfig = &voip;
    value.voIPConfig = nullptr;
    zim::ZIMCallInviteConfig invite;
    invite.pushConfig = value;
    invite.pushConfig = &value;
    zim::ZIMCallCancelConfig cancel;
    cancel.pushConfig = &value;
    zim::ZIMCallingInviteConfig calling;
    calling.pushConfig = value;
    zim::ZIMCallEndConfig end;
    end.pushConfig = value;
    zim::ZIMCallQuitConfig quit;
    quit.pushConfig = value;
    // Its name up to 2.29, and the present one.
    zim::ZIMMessageRevokeConfig former;
    former.config = &value;
    zim::ZIMMessageRevokeConfig revoke;
    revoke.pushConfig = value;
    for (const zim::ZIMMessageRevokeConfig &filled : {former, revoke}) {
        zim::detail::Scratch scratch;
        const zim_push_config *passed = zim::detail::toC(filled, scratch)->push_config;
        CHECK(passed != nullptr && passed->title.len == value.title.size());
    }
    CHECK(invite.pushConfig && cancel.pushConfig && calling.pushConfig && end.pushConfig && quit.pushConfig);
}

void enumsAndErrors() {
    zim::ZIMError errorInfo;
    CHECK(errorInfo.code == 0);
    CHECK(errorInfo.code == zim::ZIMErrorCode::ZIM_ERROR_CODE_SUCCESS);
    CHECK(std::to_string(errorInfo.code) == "0");
    const int number = zim::ZIM_CONVERSATION_TYPE_GROUP;
    CHECK((zim::ZIMConversationType)number == zim::ZIMConversationType::ZIM_CONVERSATION_TYPE_GROUP);
    CHECK(static_cast<zim::ZIMConversationType>(0) == zim::ZIM_CONVERSATION_TYPE_PEER);
    CHECK(std::to_string(zim::ZIM_CONNECTION_STATE_CONNECTED) == "2");
    const int implicitly = zim::ZIM_MESSAGE_PRIORITY_HIGH;
    CHECK(implicitly == 3);
}

void polymorphicUsers() {
    const std::shared_ptr<zim::ZIMUserInfo> user = std::make_shared<zim::ZIMGroupMemberInfo>();
    CHECK(std::dynamic_pointer_cast<zim::ZIMGroupMemberInfo>(user) != nullptr);
    CHECK(std::dynamic_pointer_cast<zim::ZIMGroupMemberInfo>(std::make_shared<zim::ZIMUserInfo>()) == nullptr);
    static_assert(std::has_virtual_destructor<zim::ZIMUserInfo>::value, "consumers cast it");
    static_assert(std::has_virtual_destructor<zim::ZIMEventHandler>::value, "consumers derive from it");
}

// Every implemented event with the parameter types of the published headers; `override` finds a difference.
struct Everything : zim::ZIMEventHandler {
    void onError(zim::ZIM *, const zim::ZIMError &) override {}
    void onTokenWillExpire(zim::ZIM *, unsigned int) override {}
    void onConnectionStateChanged(zim::ZIM *, zim::ZIMConnectionState, zim::ZIMConnectionEvent,
                                  const std::string &) override {}
    void onUserRuleUpdated(zim::ZIM *, const zim::ZIMUserRule &) override {}
    void onConversationChanged(zim::ZIM *, const std::vector<zim::ZIMConversationChangeInfo> &) override {}
    void onConversationTotalUnreadMessageCountUpdated(zim::ZIM *, unsigned int) override {}
    void onConversationSyncStateChanged(zim::ZIM *, zim::ZIMConversationSyncState) override {}
    void onMessageReceived(zim::ZIM *, const zim::ZIMMessageReceivedEventResult &) override {}
    void onPeerMessageReceived(zim::ZIM *, const std::vector<std::shared_ptr<zim::ZIMMessage>> &,
                               const zim::ZIMMessageReceivedInfo &, const std::string &) override {}
    void onGroupMessageReceived(zim::ZIM *, const std::vector<std::shared_ptr<zim::ZIMMessage>> &,
                                const zim::ZIMMessageReceivedInfo &, const std::string &) override {}
    void onReceivePeerMessage(zim::ZIM *, const std::vector<std::shared_ptr<zim::ZIMMessage>> &,
                              const std::string &) override {}
    void onReceiveGroupMessage(zim::ZIM *, const std::vector<std::shared_ptr<zim::ZIMMessage>> &,
                               const std::string &) override {}
    void onMessageSentStatusChanged(zim::ZIM *, const std::vector<zim::ZIMMessageSentStatusChangeInfo> &) override {}
    void onMessageRevokeReceived(zim::ZIM *,
                                 const std::vector<std::shared_ptr<zim::ZIMRevokeMessage>> &) override {}
    void onGroupStateChanged(zim::ZIM *, zim::ZIMGroupState, zim::ZIMGroupEvent, const zim::ZIMGroupOperatedInfo &,
                             const zim::ZIMGroupFullInfo &) override {}
    void onGroupMemberStateChanged(zim::ZIM *, zim::ZIMGroupMemberState, zim::ZIMGroupMemberEvent,
                                   const std::vector<zim::ZIMGroupMemberInfo> &, const zim::ZIMGroupOperatedInfo &,
                                   const std::string &) override {}
    void onCallInvitationCreated(zim::ZIM *, const zim::ZIMCallInvitationCreatedInfo &, const std::string &) override {}
    void onCallInvitationReceived(zim::ZIM *, const zim::ZIMCallInvitationReceivedInfo &, const std::string &) override {}
    void onCallInvitationCancelled(zim::ZIM *, const zim::ZIMCallInvitationCancelledInfo &,
                                   const std::string &) override {}
    void onCallInvitationTimeout(zim::ZIM *, const zim::ZIMCallInvitationTimeoutInfo &, const std::string &) override {}
    void onCallInvitationEnded(zim::ZIM *, const zim::ZIMCallInvitationEndedInfo &, const std::string &) override {}
    void onCallUserStateChanged(zim::ZIM *, const zim::ZIMCallUserStateChangeInfo &, const std::string &) override {}
    void onCallInvitationAccepted(zim::ZIM *, const zim::ZIMCallInvitationAcceptedInfo &, const std::string &) override {}
    void onCallInvitationRejected(zim::ZIM *, const zim::ZIMCallInvitationRejectedInfo &, const std::string &) override {}
    void onCallInviteesAnsweredTimeout(zim::ZIM *, const std::vector<std::string> &, const std::string &) override {}
};

// Calls in every published shape, on a client that is not logged in: each answers with an error, exactly once.
void callsOfAllEras() {
    zim::ZIM::setAdvancedConfig("server_url", "ws://127.0.0.1:1/zim");
    CHECK(!zim::ZIM::getVersion().empty());
    CHECK(zim::ZIM::create(0u) == nullptr);
    CHECK(zim::ZIM::getCreateError().code == zim::ZIM_ERROR_CODE_COMMON_MODULE_INVALID_APP_ID);
    zim::ZIM *zim = zim::ZIM::create(1u);
    CHECK(zim != nullptr && zim == zim::ZIM::getInstance());
    zim->setEventHandler(std::make_shared<Everything>());
    Counter answered;
    const auto done = [&answered](const zim::ZIMError &errorInfo) {
        CHECK(errorInfo.code != 0);
        answered.add();
    };
    // The former eras of login; without a server they fail, or are refused because another one is under way.
    zim::ZIMUserInfo user;
    user.userID = "alice";
    user.userName = "Alice";
    const zim::ZIMMessageSendConfig config;
    std::shared_ptr<zim::ZIMTextMessage> text = std::make_shared<zim::ZIMTextMessage>("hello");
    const auto sent = [&answered](const std::shared_ptr<zim::ZIMMessage> &message, const zim::ZIMError &errorInfo) {
        CHECK(message != nullptr && errorInfo.code != 0);
        answered.add();
    };
    zim->sendMessage(text, "bob", zim::ZIM_CONVERSATION_TYPE_PEER, config, nullptr, sent);
    zim->sendMessage(text.get(), "bob", zim::ZIM_CONVERSATION_TYPE_PEER, config, nullptr, sent);
    zim->sendPeerMessage(text.get(), "bob", config, sent);
    zim->sendGroupMessage(text.get(), "walkers", config, sent);
    zim->revokeMessage(text, zim::ZIMMessageRevokeConfig(), sent);
    // By value and by constant reference.
    zim->callInvite({"bob"}, zim::ZIMCallInviteConfig(),
                    [&answered](std::string, zim::ZIMCallInvitationSentInfo, zim::ZIMError errorInfo) {
                        CHECK(errorInfo.code != 0);
                        answered.add();
                    });
    zim->callAccept("1", zim::ZIMCallAcceptConfig(), [&answered](const std::string &, const zim::ZIMError &) {
        answered.add();
    });
    zim->updateUserBadge(1, done);
    zim->queryConversationList(zim::ZIMConversationQueryConfig(),
                               [&answered](const std::vector<std::shared_ptr<zim::ZIMConversation>> &list,
                                           const zim::ZIMError &errorInfo) {
                                   CHECK(list.empty() && errorInfo.code != 0);
                                   answered.add();
                               });
    // An empty callback is legal.
    zim->updateUserBadge(1, nullptr);
    answered.wait(9, "answers without a login");
    zim->login(user, "no token", [](zim::ZIMError) {});
    zim->login(user, [](const zim::ZIMError &) {});
    zim::ZIMLoginConfig login;
    zim->login("alice", login, nullptr);
    zim->logout();
    zim->destroy();
    // The pointer stays valid; calls answer at once.
    zim->updateUserBadge(1, [&answered](const zim::ZIMError &errorInfo) {
        CHECK(errorInfo.code == zim::ZIM_ERROR_CODE_COMMON_MODULE_NOT_INIT);
        answered.add();
    });
    answered.wait(10, "the answer after destroy");
}

}  // namespace

int main() {
    privateMembersAndGetters();
    messageClasses();
    revokeMessage();
    pushConfigInEveryForm();
    enumsAndErrors();
    polymorphicUsers();
    callsOfAllEras();
    std::puts("done");
    return 0;
}
