// A recall against a real server: Alice in C++ takes a message back that Bob, in C, has seen; each gets what is left of it
// in the form of the language.
//
// SPDX-License-Identifier: Apache-2.0

#include <ZIM.h>

#include <memory>
#include <string>

#include "support.hpp"

namespace {

std::string text(zim_str from) {
    return std::string(from.data ? from.data : "", from.len);
}

zim_str view(const std::string &from) {
    zim_str to = zim_str();
    to.data = from.data();
    to.len = from.size();
    return to;
}

/// Bob, by the C interface.
class Bob {
public:
    Bob() {
        const std::string url = setting("ZIM_TEST_URL");
        const std::string roots = fileText(setting("ZIM_TEST_CA_FILE"));
        zim_config config = zim_config();
        config.struct_size = sizeof(config);
        config.app_id = static_cast<uint32_t>(std::stoul(setting("ZIM_TEST_APP_ID")));
        config.server_url = view(url);
        config.extra_roots = view(roots);
        config.platform = zim::ZIM_PLATFORM_TYPE_LINUX;
        CHECK(zim_client_new(&config, &client_, nullptr) == ZIM_STATUS_OK);
        zim_event_handler events = zim_event_handler();
        events.struct_size = sizeof(events);
        events.user_data = this;
        events.on_message_received = [](void *self, const zim_message *const *messages, size_t count,
                                        const zim_message_received_info *) {
            CHECK(count == 1 && messages[0]->type == zim::ZIM_MESSAGE_TYPE_TEXT);
            static_cast<Bob *>(self)->messageID_ = messages[0]->message_id;
            static_cast<Bob *>(self)->messages.add();
        };
        events.on_message_revoke_received = [](void *self, const zim_message *const *messages, size_t count) {
            CHECK(count == 1);
            static_cast<Bob *>(self)->recalled(*messages[0]);
        };
        CHECK(zim_client_set_event_handler(client_, &events) == ZIM_STATUS_OK);
        const std::string token = setting("ZIM_TEST_TOKEN_bob");
        zim_login_config login = zim_login_config();
        login.struct_size = sizeof(login);
        login.token = view(token);
        Counter loggedIn;
        zim_done_callback done = zim_done_callback();
        done.struct_size = sizeof(done);
        done.user_data = &loggedIn;
        done.on_done = [](void *counter, const zim_error *error) {
            CHECK(!error);
            static_cast<Counter *>(counter)->add();
        };
        CHECK(zim_client_login(client_, view("bob"), &login, &done) == ZIM_STATUS_OK);
        loggedIn.wait(1, "Bob's login");
    }

    ~Bob() {
        CHECK(zim_client_destroy(client_) == ZIM_STATUS_OK);
        zim_client_free(client_);
    }

    Counter messages;
    Counter recalls;

private:
    void recalled(const zim_message &message) {
        CHECK(message.type == zim::ZIM_MESSAGE_TYPE_REVOKE && message.message_id == messageID_);
        CHECK(message.revoke_type == zim::ZIM_REVOKE_TYPE_TWO_WAY);
        CHECK(message.revoke_status == zim::ZIM_MESSAGE_REVOKE_STATUS_SELF_REVOKE);
        CHECK(message.original_message_type == zim::ZIM_MESSAGE_TYPE_TEXT && message.revoke_timestamp > 0);
        CHECK(text(message.operated_user_id) == "alice" && text(message.revoke_extended_data) == "typo");
        CHECK(text(message.original_text_message_content) == "wrong" && message.message.len == 0);
        recalls.add();
    }

    zim_client *client_ = nullptr;
    int64_t messageID_ = 0;
};

zim::ZIM *start() {
    zim::ZIM::setAdvancedConfig("ca_certificates", fileText(setting("ZIM_TEST_CA_FILE")));
    zim::ZIMAppConfig config;
    config.appID = static_cast<unsigned int>(std::stoul(setting("ZIM_TEST_APP_ID")));
    config.serverURL = setting("ZIM_TEST_URL");
    zim::ZIM *zim = zim::ZIM::create(config);
    CHECK(zim != nullptr);
    zim::ZIMLoginConfig login;
    login.token = setting("ZIM_TEST_TOKEN_alice");
    Counter loggedIn;
    zim->login("alice", login, [&loggedIn](const zim::ZIMError &errorInfo) {
        CHECK(errorInfo.code == 0);
        loggedIn.add();
    });
    loggedIn.wait(1, "Alice's login");
    return zim;
}

std::shared_ptr<zim::ZIMMessage> send(zim::ZIM *zim, const std::string &words) {
    std::shared_ptr<zim::ZIMMessage> sent;
    Counter answered;
    zim->sendMessage(std::make_shared<zim::ZIMTextMessage>(words), "bob", zim::ZIM_CONVERSATION_TYPE_PEER,
                     zim::ZIMMessageSendConfig(), nullptr,
                     [&](const std::shared_ptr<zim::ZIMMessage> &message, const zim::ZIMError &errorInfo) {
                         CHECK(errorInfo.code == 0);
                         sent = message;
                         answered.add();
                     });
    answered.wait(1, "a message");
    return sent;
}

/// Recalls a message and returns what the callback got.
std::shared_ptr<zim::ZIMMessage> recall(zim::ZIM *zim, const std::shared_ptr<zim::ZIMMessage> &message, int code) {
    zim::ZIMMessageRevokeConfig config;
    config.revokeExtendedData = "typo";
    std::shared_ptr<zim::ZIMMessage> given;
    Counter answered;
    zim->revokeMessage(message, config,
                       [&](const std::shared_ptr<zim::ZIMMessage> &answer, const zim::ZIMError &errorInfo) {
                           CHECK(errorInfo.code == code);
                           given = answer;
                           answered.add();
                       });
    answered.wait(1, "a recall");
    return given;
}

}  // namespace

int main() {
    Bob bob;
    zim::ZIM *zim = start();
    const std::shared_ptr<zim::ZIMMessage> wrong = send(zim, "wrong");
    bob.messages.wait(1, "Bob's message");

    const std::shared_ptr<zim::ZIMMessage> left = recall(zim, wrong, 0);
    const std::shared_ptr<zim::ZIMRevokeMessage> revoked = std::dynamic_pointer_cast<zim::ZIMRevokeMessage>(left);
    CHECK(revoked && revoked->getType() == zim::ZIM_MESSAGE_TYPE_REVOKE);
    CHECK(revoked->getMessageID() == wrong->getMessageID() && revoked->getOrderKey() == wrong->getOrderKey());
    CHECK(revoked->getLocalMessageID() == wrong->getLocalMessageID() && revoked->getMessageSeq() == 1);
    CHECK(revoked->getRevokeStatus() == zim::ZIM_MESSAGE_REVOKE_STATUS_SELF_REVOKE);
    CHECK(revoked->getRevokeType() == zim::ZIM_REVOKE_TYPE_TWO_WAY);
    CHECK(revoked->getOperatedUserID() == "alice" && revoked->getRevokeExtendedData() == "typo");
    CHECK(revoked->getOriginalMessageType() == zim::ZIM_MESSAGE_TYPE_TEXT);
    CHECK(revoked->getOriginalTextMessageContent() == "wrong");
    CHECK(revoked->getRevokeTimestamp() >= revoked->getTimestamp());
    bob.recalls.wait(1, "Bob's recall");

    const int before = zim::ZIM_ERROR_CODE_MESSAGE_MODULE_MESSAGE_HAS_BEEN_REVOKED;
    CHECK(recall(zim, wrong, before) == wrong);
    CHECK(recall(zim, left, before) == left);

    Counter queried;
    zim::ZIMMessageQueryConfig page;
    page.count = 30;
    page.reverse = true;
    zim->queryHistoryMessage("bob", zim::ZIM_CONVERSATION_TYPE_PEER, page,
                             [&](const std::string &, zim::ZIMConversationType,
                                 const std::vector<std::shared_ptr<zim::ZIMMessage>> &list,
                                 const zim::ZIMError &errorInfo) {
                                 CHECK(errorInfo.code == 0 && list.size() == 1);
                                 CHECK(std::dynamic_pointer_cast<zim::ZIMRevokeMessage>(list[0]) != nullptr);
                                 queried.add();
                             });
    queried.wait(1, "the history");
    zim->destroy();
    std::puts("done");
    return 0;
}
