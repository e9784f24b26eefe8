// What the C++ programs share: the test bed's address, and waiting for callbacks with a deadline.
//
// SPDX-License-Identifier: Apache-2.0

#ifndef ZIM_TEST_SUPPORT_HPP
#define ZIM_TEST_SUPPORT_HPP

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <mutex>
#include <sstream>
#include <string>

#define CHECK(condition) check((condition), #condition, __FILE__, __LINE__)

inline void check(bool holds, const char *condition, const char *file, int line) {
    if (!holds) {
        std::fprintf(stderr, "%s:%d: not so: %s\n", file, line, condition);
        // Without the handlers of exit: threads of the library are at work.
        std::abort();
    }
}

/// What the test bed says; the test sets these variables.
inline std::string setting(const std::string &name) {
    const char *value = std::getenv(name.c_str());
    if (!value) {
        std::fprintf(stderr, "%s is not set: this program is run by `cargo xtask test native`\n", name.c_str());
        std::exit(2);
    }
    return value;
}

inline std::string fileText(const std::string &path) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

/// Lets the test wait until so many pushes have reached Apple: a device that comes back sooner needs none.
inline void untilPushed(int number) {
    std::cout << "pushes " << number << std::endl;
    std::string line;
    CHECK(static_cast<bool>(std::getline(std::cin, line)));
}

/// Counts callbacks, and lets the main thread wait for them.
class Counter {
public:
    void add() {
        std::lock_guard<std::mutex> lock(mutex_);
        count_++;
        changed_.notify_all();
    }

    int count() const {
        std::lock_guard<std::mutex> lock(mutex_);
        return count_;
    }

    /// Waits until there were so many; longer than anything takes, also under valgrind.
    void wait(int number, const char *what) const {
        std::unique_lock<std::mutex> lock(mutex_);
        if (!changed_.wait_for(lock, std::chrono::seconds(120), [&] { return count_ >= number; })) {
            std::fprintf(stderr, "%s: waited in vain for %d, saw %d\n", what, number, count_);
            std::abort();
        }
    }

private:
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    int count_ = 0;
};

#endif
