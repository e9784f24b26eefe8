// What a call and an event cost in C++: see ../README.md.
//
// SPDX-License-Identifier: Apache-2.0

#include <ZIM.h>

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>

namespace {

// What callbacks have told so far; they run on the library's thread, the main thread waits.
class Told {
public:
    void expect(std::size_t count) {
        std::lock_guard<std::mutex> guard(mutex_);
        told_ = 0;
        wanted_ = count;
    }

    void tell(std::size_t count) {
        std::lock_guard<std::mutex> guard(mutex_);
        told_ += count;
        if (told_ >= wanted_) {
            changed_.notify_one();
        }
    }

    void wait() {
        std::unique_lock<std::mutex> guard(mutex_);
        changed_.wait(guard, [this] { return told_ >= wanted_; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t told_ = 0, wanted_ = 0;
};

Told told;

[[noreturn]] void fail(const std::string &why) {
    std::cerr << why << std::endl;
    std::exit(1);
}

void check(const zim::ZIMError &errorInfo) {
    if (errorInfo.code != zim::ZIM_ERROR_CODE_SUCCESS) {
        fail(errorInfo.message);
    }
}

class Events : public zim::ZIMEventHandler {
    void onMessageReceived(zim::ZIM * /*zim*/, const zim::ZIMMessageReceivedEventResult &result) override {
        told.tell(result.messageList.size());
    }

    void onConnectionStateChanged(zim::ZIM * /*zim*/, zim::ZIMConnectionState state, zim::ZIMConnectionEvent /*event*/,
                                  const std::string & /*extendedData*/) override {
        if (state == zim::ZIM_CONNECTION_STATE_DISCONNECTED) {
            told.tell(1);
        }
    }
};

void query(zim::ZIM *zim) {
    zim->queryConversationTotalUnreadMessageCount(zim::ZIMConversationTotalUnreadMessageCountQueryConfig(),
                                                  [](unsigned int, const zim::ZIMError &errorInfo) {
                                                      check(errorInfo);
                                                      told.tell(1);
                                                  });
}

void together(zim::ZIM *zim, std::size_t calls) {
    told.expect(calls);
    for (std::size_t call = 0; call < calls; ++call) {
        query(zim);
    }
    told.wait();
}

void sequential(zim::ZIM *zim, std::size_t calls) {
    for (std::size_t call = 0; call < calls; ++call) {
        told.expect(1);
        query(zim);
        told.wait();
    }
}

void leave(zim::ZIM *zim) {
    told.expect(1);
    zim->logout();
    told.wait();
}

void backlog(zim::ZIM *zim, const std::string &user, std::size_t messages) {
    told.expect(messages + 1);  // and the login itself
    zim->login(user, zim::ZIMLoginConfig(), [](const zim::ZIMError &errorInfo) {
        check(errorInfo);
        told.tell(1);
    });
    told.wait();
}

void obey(zim::ZIM *zim, const std::string &user, const std::string &line) {
    std::istringstream words(line);
    std::string command;
    std::size_t count = 0;
    words >> command >> count;
    const auto started = std::chrono::steady_clock::now();
    if (command == "together") {
        together(zim, count);
    } else if (command == "sequential") {
        sequential(zim, count);
    } else if (command == "leave") {
        leave(zim);
    } else if (command == "backlog") {
        backlog(zim, user, count);
    } else {
        fail("not understood: " + line);
    }
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - started;
    std::cout << std::fixed << "{\"microseconds\": " << took.count() << "}" << std::endl;
}

}  // namespace

int main(int count, char **arguments) {
    if (count != 5) {
        fail("bench URL APPID APPSIGN USER");
    }
    zim::ZIMAppConfig appConfig;
    appConfig.serverURL = arguments[1];
    appConfig.appID = static_cast<unsigned int>(std::strtoul(arguments[2], nullptr, 10));
    appConfig.appSign = arguments[3];
    zim::ZIM *zim = zim::ZIM::create(appConfig);
    if (!zim) {
        fail(zim::ZIM::getCreateError().message);
    }
    zim->setEventHandler(std::make_shared<Events>());
    const std::string user = arguments[4];
    backlog(zim, user, 0);
    std::cout << "{}" << std::endl;
    std::string line;
    while (std::getline(std::cin, line)) {
        obey(zim, user, line);
    }
    zim->destroy();
    return 0;
}
