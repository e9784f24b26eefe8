// SPDX-License-Identifier: Apache-2.0
//
// ZPNs for C++: offline push, over the C interface of libzim. Header only, C++11. The published SDK has no C++ form of
// ZPNs; names follow its other platforms. Desktop apps need this only to play a phone; they send with ZIM.h alone.

#ifndef ZPNS_CPP_H
#define ZPNS_CPP_H

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "ZIM.h"

namespace zim {

/// A push vendor: one of the ZPNS_VENDOR_ numbers of zim.h, 0 = none.
typedef int ZPNsVendor;

/// The device, as the app knows it.
struct ZPNsDevice {
    /// ZPNS_OS_ANDROID, ZPNS_OS_IOS, ….
    int os = ZPNS_OS_OTHER;
    /// Bundle id or package name; a part of the PushID.
    std::string bundleID;
    /// Android: Build.MANUFACTURER and Build.BRAND.
    std::string manufacturer;
    std::string brand;
    /// Android: the system properties that tell the phone's vendor.
    std::unordered_map<std::string, std::string> systemProperties;
};

/// Vendors an app uses, with its credentials at them.
struct ZPNsConfig {
    /// Certificate set on the server, 1 or 2; 0 counts as 1.
    unsigned int appType = 0;
    bool enableFCMPush = false;
    bool enableHWPush = false;
    bool enableMiPush = false;
    bool enableOppoPush = false;
    bool enableVivoPush = false;
    bool enableHWBadge = false;
    std::string hwAppID;
    std::string miAppID;
    std::string miAppKey;
    std::string oppoAppID;
    std::string oppoAppKey;
    std::string oppoAppSecret;
    std::string vivoAppID;
    std::string vivoAppKey;
};

/// Result of a registration.
struct ZPNsRegisterMessage {
    /// 0, or a published ZPNs error code, or the number Apple gave.
    int errorCode = 0;
    /// Text for it.
    std::string msg;
    /// The PushID; empty on failure.
    std::string pushID;
    ZPNsVendor pushSource = 0;
    /// The vendor's own token.
    std::string deviceToken;
};

/// One push.
struct ZPNsMessage {
    ZPNsVendor pushSource = 0;
    std::string title;
    std::string content;
    std::string payload;
    /// Everything that was pushed, as JSON text.
    std::string extras;
};

/// What an app is told; on the SDK's push thread.
class ZPNsEventHandler {
public:
    virtual ~ZPNsEventHandler() = default;
    /// Registration succeeded, also again with a new PushID, or failed.
    virtual void onRegistered(const ZPNsRegisterMessage & /*message*/) {}
    /// A notification was displayed.
    virtual void onNotificationArrived(const ZPNsMessage & /*message*/) {}
    /// A notification was tapped.
    virtual void onNotificationClicked(const ZPNsMessage & /*message*/) {}
    /// A data or silent push arrived.
    virtual void onThroughMessageReceived(const ZPNsMessage & /*message*/) {}
};

/// The push client of one device. It and the ZIM it is attached to may end in either order.
class ZPNs {
public:
    /// `requestToken` is called when a vendor's token is wanted; give it to `tokenReceived`. Empty: the app asks by itself.
    explicit ZPNs(const ZPNsDevice &device, std::function<bool(ZPNsVendor)> requestToken = nullptr) {
        detail::Scratch scratch;
        zpns_options options = zpns_options();
        options.struct_size = sizeof(options);
        options.os = device.os;
        options.bundle_id = detail::toC(device.bundleID);
        options.manufacturer = detail::toC(device.manufacturer);
        options.brand = detail::toC(device.brand);
        options.system_properties = detail::toC(device.systemProperties, scratch);
        options.system_properties_count = device.systemProperties.size();
        typedef std::function<bool(ZPNsVendor)> Ask;
        std::unique_ptr<Ask> ask(new Ask(std::move(requestToken)));
        zpns_channel channel = zpns_channel();
        channel.struct_size = sizeof(channel);
        channel.user_data = ask.get();
        channel.release = [](void *userData) { delete static_cast<Ask *>(userData); };
        if (*ask) {
            channel.request_token = [](void *userData, int32_t vendor) {
                bool asked = false;
                detail::guarded([&] { asked = (*static_cast<Ask *>(userData))(vendor); });
                return asked;
            };
        }
        if (zpns_new(&options, &channel, &zpns_) == ZIM_STATUS_OK) {
            ask.release();
        }
    }

    ~ZPNs() { zpns_free(zpns_); }
    ZPNs(const ZPNs &) = delete;
    ZPNs &operator=(const ZPNs &) = delete;

    /// Chooses vendors; before registerPush.
    void setPushConfig(const ZPNsConfig &from) {
        zpns_push_config config = zpns_push_config();
        config.struct_size = sizeof(config);
        config.app_type = from.appType;
        config.enable_fcm_push = from.enableFCMPush;
        config.enable_hw_push = from.enableHWPush;
        config.enable_mi_push = from.enableMiPush;
        config.enable_oppo_push = from.enableOppoPush;
        config.enable_vivo_push = from.enableVivoPush;
        config.enable_hw_badge = from.enableHWBadge;
        config.hw_app_id = detail::toC(from.hwAppID);
        config.mi_app_id = detail::toC(from.miAppID);
        config.mi_app_key = detail::toC(from.miAppKey);
        config.oppo_app_id = detail::toC(from.oppoAppID);
        config.oppo_app_key = detail::toC(from.oppoAppKey);
        config.oppo_app_secret = detail::toC(from.oppoAppSecret);
        config.vivo_app_id = detail::toC(from.vivoAppID);
        config.vivo_app_key = detail::toC(from.vivoAppKey);
        zpns_set_push_config(zpns_, &config);
    }

    /// Who is told; null: nobody.
    void setEventHandler(std::shared_ptr<ZPNsEventHandler> handler) {
        if (!handler) {
            zpns_set_event_handler(zpns_, nullptr);
            return;
        }
        typedef std::shared_ptr<ZPNsEventHandler> Listener;
        std::unique_ptr<Listener> listener(new Listener(std::move(handler)));
        zpns_event_handler events = zpns_event_handler();
        events.struct_size = sizeof(events);
        events.user_data = listener.get();
        events.release = [](void *userData) { delete static_cast<Listener *>(userData); };
        events.on_registered = [](void *userData, const zpns_registered *registered) {
            detail::guarded([&] {
                ZPNsRegisterMessage message;
                message.errorCode = registered->error_code;
                message.msg = detail::fromC(registered->message);
                message.pushID = detail::fromC(registered->push_id);
                message.pushSource = registered->vendor;
                message.deviceToken = detail::fromC(registered->device_token);
                (*static_cast<Listener *>(userData))->onRegistered(message);
            });
        };
        events.on_notification_arrived = [](void *userData, const zpns_message *message) {
            detail::guarded([&] { (*static_cast<Listener *>(userData))->onNotificationArrived(read(message)); });
        };
        events.on_notification_clicked = [](void *userData, const zpns_message *message) {
            detail::guarded([&] { (*static_cast<Listener *>(userData))->onNotificationClicked(read(message)); });
        };
        events.on_through_message_received = [](void *userData, const zpns_message *message) {
            detail::guarded([&] { (*static_cast<Listener *>(userData))->onThroughMessageReceived(read(message)); });
        };
        if (zpns_set_event_handler(zpns_, &events) == ZIM_STATUS_OK) {
            listener.release();
        }
    }

    /// Lets ZIM carry the registration: it is bound to whoever logs in, in either order. False without a created ZIM.
    bool attach(ZIM *zim) {
        return zim && zpns_attach(zpns_, zim->client().get()) == ZIM_STATUS_OK;
    }
    /// Lets go of ZIM; the registration stays and is uploaded again through the next one.
    void detach() { zpns_detach(zpns_); }

    /// Registers; the result is onRegistered.
    void registerPush() { zpns_register_push(zpns_); }
    /// Stops all pushes to this device. False (6000405) if registerPush was never called.
    bool unregisterPush() { return zpns_unregister_push(zpns_) == ZIM_STATUS_OK; }
    /// The vendor gave a token.
    bool tokenReceived(ZPNsVendor vendor, const std::string &token) {
        return zpns_token_received(zpns_, vendor, detail::toC(token)) == ZIM_STATUS_OK;
    }
    /// iOS: the device token, raw bytes; isProduct false: signed for development.
    bool setDeviceToken(const std::vector<uint8_t> &token, bool isProduct) {
        return zpns_set_device_token(zpns_, detail::toC(token), isProduct) == ZIM_STATUS_OK;
    }
    /// iOS: the PushKit token.
    bool setVoipToken(const std::vector<uint8_t> &token, bool isProduct) {
        return zpns_set_voip_token(zpns_, detail::toC(token), isProduct) == ZIM_STATUS_OK;
    }
    /// Reports the badge this device shows; false below 0.
    bool setBadge(int badge) { return zpns_set_badge(zpns_, badge) == ZIM_STATUS_OK; }
    /// The PushID while registered.
    std::string getPushID() const {
        char buffer[64] = "";
        zpns_copy_push_id(zpns_, buffer, sizeof(buffer));
        return buffer;
    }
    /// For the app's vendor glue: the vendor gave no token. `code` as in ZPNsRegisterMessage.
    bool registrationFailed(ZPNsVendor vendor, int code, const std::string &message) {
        return zpns_registration_failed(zpns_, vendor, code, detail::toC(message)) == ZIM_STATUS_OK;
    }
    /// For the app's vendor glue: a notification was displayed; `json` is what the vendor delivered. False: no JSON object.
    bool notificationArrived(ZPNsVendor vendor, const std::string &json) {
        return zpns_notification_arrived(zpns_, vendor, detail::toC(json)) == ZIM_STATUS_OK;
    }
    /// For the app's vendor glue: a data or silent push arrived.
    bool throughMessageReceived(ZPNsVendor vendor, const std::string &json) {
        return zpns_through_message_received(zpns_, vendor, detail::toC(json)) == ZIM_STATUS_OK;
    }
    /// For the app's vendor glue: a notification was tapped.
    bool notificationClicked(ZPNsVendor vendor, const std::string &json) {
        return zpns_notification_clicked(zpns_, vendor, detail::toC(json)) == ZIM_STATUS_OK;
    }

private:
    static ZPNsMessage read(const zpns_message *from) {
        ZPNsMessage to;
        to.pushSource = from->vendor;
        to.title = detail::fromC(from->title);
        to.content = detail::fromC(from->content);
        to.payload = detail::fromC(from->payload);
        to.extras = detail::fromC(from->extras);
        return to;
    }

    zpns_client *zpns_ = nullptr;
};

}  // namespace zim

#endif  // ZPNS_CPP_H
