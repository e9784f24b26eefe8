// A user at the keyboard: reads commands on standard input, tells on standard output what arrives. It needs a terminal for
// each user; the cross-language test drives one such program per language.
//
//   login URL APPID USER TOKEN | send USER TEXT... | quit
//
// SPDX-License-Identifier: Apache-2.0

#include <ZIM.h>

#include <functional>
#include <future>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace {

class Screen : public zim::ZIMEventHandler {
    void onPeerMessageReceived(zim::ZIM * /*zim*/, const std::vector<std::shared_ptr<zim::ZIMMessage>> &messageList,
                               const zim::ZIMMessageReceivedInfo & /*info*/, const std::string &fromUserID) override {
        for (const std::shared_ptr<zim::ZIMMessage> &message : messageList) {
            if (message->getType() == zim::ZIM_MESSAGE_TYPE_TEXT) {
                const std::string &text = std::static_pointer_cast<zim::ZIMTextMessage>(message)->message;
                std::cout << ("message " + fromUserID + " " + text + "\n") << std::flush;
            }
        }
    }
};

// Callbacks come on a thread of the SDK; the main thread waits for the answer. True for success; a failure is printed.
bool succeed(const std::function<void(std::function<void(const zim::ZIMError &)>)> &call) {
    std::promise<zim::ZIMError> answer;
    call([&answer](const zim::ZIMError &errorInfo) { answer.set_value(errorInfo); });
    const zim::ZIMError errorInfo = answer.get_future().get();
    if (errorInfo.code == zim::ZIMErrorCode::ZIM_ERROR_CODE_SUCCESS) {
        return true;
    }
    std::cout << "error " << errorInfo.code << " " << errorInfo.message << std::endl;
    return false;
}

void login(const std::string &url, unsigned int appID, const std::string &user, const std::string &token) {
    zim::ZIMAppConfig appConfig;
    appConfig.appID = appID;
    appConfig.serverURL = url;
    zim::ZIM *zim = zim::ZIM::create(appConfig);
    if (!zim) {
        std::cout << "error " << zim::ZIM::getCreateError().code << " " << zim::ZIM::getCreateError().message
                  << std::endl;
        return;
    }
    zim->setEventHandler(std::make_shared<Screen>());
    zim::ZIMLoginConfig config;
    config.token = token;
    if (succeed([&](std::function<void(const zim::ZIMError &)> done) { zim->login(user, config, done); })) {
        std::cout << "ok login" << std::endl;
    }
}

void send(const std::string &user, const std::string &text) {
    const std::shared_ptr<zim::ZIMTextMessage> message = std::make_shared<zim::ZIMTextMessage>(text);
    if (succeed([&](std::function<void(const zim::ZIMError &)> done) {
            zim::ZIM::getInstance()->sendMessage(
                message, user, zim::ZIM_CONVERSATION_TYPE_PEER, zim::ZIMMessageSendConfig(), nullptr,
                [done](const std::shared_ptr<zim::ZIMMessage> &, const zim::ZIMError &errorInfo) { done(errorInfo); });
        })) {
        std::cout << "ok send " << message->getMessageID() << std::endl;
    }
}

}  // namespace

int main() {
    std::string line;
    while (std::getline(std::cin, line)) {
        std::istringstream words(line);
        std::string command, user;
        words >> command;
        if (command == "login") {
            std::string url, token;
            unsigned int appID = 0;
            words >> url >> appID >> user >> token;
            login(url, appID, user, token);
        } else if (command == "send" && zim::ZIM::getInstance()) {
            std::string text;
            words >> user;
            std::getline(words.ignore(1), text);
            send(user, text);
        } else if (command == "quit" && zim::ZIM::getInstance()) {
            zim::ZIM::getInstance()->logout();
            zim::ZIM::getInstance()->destroy();
            std::cout << "ok quit" << std::endl;
            return 0;
        } else {
            std::cout << "error 1 not understood: " << command << std::endl;
        }
    }
    return 1;
}
