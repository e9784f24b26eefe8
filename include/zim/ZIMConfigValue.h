// SPDX-License-Identifier: Apache-2.0
//
// A config that may be absent, in every form the published headers gave it.

#ifndef ZIM_CONFIG_VALUE_H
#define ZIM_CONFIG_VALUE_H

#include <cstddef>
#include <memory>

namespace zim {

/// A config member that may be absent, such as `ZIMMessageSendConfig::pushConfig`.
///
/// It was a raw pointer up to 2.18 and a value since. This member takes both, and `std::shared_ptr` as well:
///
///     config.pushConfig = push;           // a value
///     config.pushConfig = &push;          // a pointer: what it points to is copied now, the pointer is not kept
///     config.pushConfig = nullptr;        // absent
///
/// It is read like a pointer: compare with nullptr, `*config.pushConfig`, `config.pushConfig->title`.
template <class T>
class ZIMConfigValue {
public:
    /// Absent.
    ZIMConfigValue() = default;
    /// A copy of the value.
    ZIMConfigValue(const T &value) : value_(new T(value)) {}
    /// A copy of what the pointer points to; absent for null.
    ZIMConfigValue(const T *value) : value_(value ? new T(*value) : nullptr) {}
    /// A copy of what the pointer points to; absent for null.
    ZIMConfigValue(const std::shared_ptr<T> &value) : ZIMConfigValue(value.get()) {}
    /// A copy: two holders never share a value.
    ZIMConfigValue(const ZIMConfigValue &other) : ZIMConfigValue(other.value_.get()) {}
    ZIMConfigValue(ZIMConfigValue &&other) noexcept = default;
    ~ZIMConfigValue() = default;

    ZIMConfigValue &operator=(const ZIMConfigValue &other) { return *this = other.value_.get(); }
    ZIMConfigValue &operator=(ZIMConfigValue &&other) noexcept = default;
    ZIMConfigValue &operator=(const T &value) { return *this = &value; }
    // Takes nullptr and NULL too. The copy is made before the old value goes, so that a holder may be assigned its own.
    ZIMConfigValue &operator=(const T *value) {
        value_.reset(value ? new T(*value) : nullptr);
        return *this;
    }
    ZIMConfigValue &operator=(const std::shared_ptr<T> &value) { return *this = value.get(); }

    /// The value, null when absent. It belongs to the holder.
    T *get() { return value_.get(); }
    const T *get() const { return value_.get(); }
    operator T *() { return value_.get(); }
    operator const T *() const { return value_.get(); }

    /// The value, which must be present.
    T *operator->() { return value_.get(); }
    const T *operator->() const { return value_.get(); }
    T &operator*() { return *value_; }
    const T &operator*() const { return *value_; }

    friend bool operator==(const ZIMConfigValue &value, std::nullptr_t) { return !value.value_; }
    friend bool operator==(std::nullptr_t, const ZIMConfigValue &value) { return !value.value_; }
    friend bool operator!=(const ZIMConfigValue &value, std::nullptr_t) { return static_cast<bool>(value.value_); }
    friend bool operator!=(std::nullptr_t, const ZIMConfigValue &value) { return static_cast<bool>(value.value_); }

private:
    std::unique_ptr<T> value_;
};

}  // namespace zim

#endif  // ZIM_CONFIG_VALUE_H
