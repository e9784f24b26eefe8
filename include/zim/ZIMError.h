// SPDX-License-Identifier: Apache-2.0
//
// Results: the published code and a sentence for developers.

#ifndef ZIM_ERROR_H
#define ZIM_ERROR_H

#include <atomic>
#include <exception>
#include <string>

#include "ZIMConvert.h"

namespace zim {

/// Result of an operation. `code` compares with an int and with ZIM_ERROR_CODE_SUCCESS.
struct ZIMError {
    /// 0, or a published error code.
    ZIMErrorCode code = ZIM_ERROR_CODE_SUCCESS;
    /// For developers; names the parameter at fault.
    std::string message;
};

namespace detail {

/// Where exceptions go that an app's callback let out: `ZIM` reports them to the app's `onError`.
inline std::atomic<void (*)(const std::string &what)> &exceptionReport() {
    static std::atomic<void (*)(const std::string &)> report(nullptr);
    return report;
}

/// Runs an app's code that C called: an exception must not unwind through the library.
template <class Body>
void guarded(const Body &body) noexcept {
    std::string what;
    try {
        body();
        return;
    } catch (const std::exception &exception) {
        what = exception.what();
    } catch (...) {
        what = "an exception that is no std::exception";
    }
    try {
        if (void (*const report)(const std::string &) = exceptionReport()) {
            report(what);
        }
    } catch (...) {
        // The app's own report failed too; there is nobody left to tell.
    }
}

inline ZIMError errorFromC(const zim_error *from) {
    ZIMError to;
    to.code = static_cast<ZIMErrorCode>(zim_error_code(from));
    to.message = fromC(zim_error_message(from));
    return to;
}

/// Why a call was not accepted, in the words of the published codes.
inline ZIMError refusal(zim_status status) {
    ZIMError to;
    to.message = zim_status_detail();
    switch (status) {
    case ZIM_STATUS_DESTROYED:
    case ZIM_STATUS_FORKED:
        to.code = ZIM_ERROR_CODE_COMMON_MODULE_NOT_INIT;
        break;
    case ZIM_STATUS_NULL_POINTER:
    case ZIM_STATUS_INVALID_ARGUMENT:
        to.code = ZIM_ERROR_CODE_COMMON_MODULE_PARAMS_INVALID;
        break;
    default:
        to.code = ZIM_ERROR_CODE_FAILED;
        break;
    }
    return to;
}

}  // namespace detail
}  // namespace zim

#endif  // ZIM_ERROR_H
