// SPDX-License-Identifier: Apache-2.0
//
// ZIM for C++: the published classes over the C interface of libzim. Header only, C++11. Apps include ZIM.h.
//
//     zim::ZIMAppConfig config;
//     config.appID = 1;
//     config.serverURL = "wss://im.example.org/zim";
//     zim::ZIM *zim = zim::ZIM::create(config);
//
// Callbacks and events come on one thread of the SDK, one at a time, in order. Every function may be called from any
// thread and inside callbacks. Errors come through the callback that belongs to the call.

#ifndef ZIM_CLIENT_H
#define ZIM_CLIENT_H

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "ZIMCallbacks.h"
#include "ZIMConvert.h"
#include "ZIMEnums.h"
#include "ZIMError.h"
#include "ZIMEventHandler.h"
#include "ZIMMessage.h"
#include "ZIMOperations.h"
#include "ZIMRecords.h"

namespace zim {

/// Which application this is, and where its server runs.
struct ZIMAppConfig {
    /// Number of the application, never 0.
    unsigned int appID = 0;
    /// Secret of the application, 64 hexadecimal digits; empty: a token is given at login.
    std::string appSign;
    /// Address of the owner's server, `wss://…`; empty: advanced config `server_url`, then the environment's
    /// ZIM_SERVER_URL, then ws://127.0.0.1:8480/zim. Ours, not in the published class.
    std::string serverURL;
};

/// Where local data is kept.
struct ZIMCacheConfig {
    /// Folder; empty: nothing outlives the process.
    std::string cachePath;
};

/// One messaging client. There is at most one; `create` makes it, `destroy` ends it, and it is never deleted by the app.
/// The pointer stays valid after `destroy`: calls then answer 6000002.
class ZIM : public ZIMOperations {
public:
    /// Version of the SDK.
    static std::string getVersion() { return zim_version(); }

    /// Folder for local data; takes effect at the next `create`.
    static void setCacheConfig(const ZIMCacheConfig &config) {
        ZIM &zim = instance();
        std::lock_guard<std::mutex> lock(zim.mutex_);
        zim.settings_.cachePath = config.cachePath;
    }

    /// Settings by name, for the next `create`: `server_url`, `ca_certificates` (PEM, trusted beside the system's),
    /// `allow_plaintext` ("true": ws:// to hosts other than this one), `platform` (number of the ZIMPlatformType this device
    /// counts as, "0": that of this build). Unknown names are ignored.
    static void setAdvancedConfig(const std::string &key, const std::string &value) {
        ZIM &zim = instance();
        std::lock_guard<std::mutex> lock(zim.mutex_);
        if (key == "server_url") {
            zim.settings_.serverURL = value;
        } else if (key == "ca_certificates") {
            zim.settings_.certificates = value;
        } else if (key == "allow_plaintext") {
            zim.settings_.allowPlaintext = value == "true";
        } else if (key == "platform") {
            zim.settings_.platform = static_cast<int32_t>(std::strtol(value.c_str(), nullptr, 10));
        }
    }

    /// Makes the client. Null if there is one already, or if the configuration is refused; `getCreateError` says why.
    static ZIM *create(const ZIMAppConfig &appConfig) {
        ZIM &zim = instance();
        std::lock_guard<std::mutex> lock(zim.mutex_);
        if (zim.isCreated_) {
            return nullptr;
        }
        zim.createError_ = ZIMError();
        if ((zim_abi_version() >> 16) != (ZIM_ABI_VERSION >> 16) || zim_abi_version() < ZIM_ABI_VERSION) {
            zim.createError_.code = ZIM_ERROR_CODE_FAILED;
            zim.createError_.message = "libzim is older than this header";
            return nullptr;
        }
        const Settings &settings = zim.settings_;
        const std::string &url = appConfig.serverURL.empty() ? settings.serverURL : appConfig.serverURL;
        zim_config config = zim_config();
        config.struct_size = sizeof(config);
        config.app_id = appConfig.appID;
        config.app_sign = detail::toC(appConfig.appSign);
        config.server_url = detail::toC(url);
        config.cache_path = detail::toC(settings.cachePath);
        config.extra_roots = detail::toC(settings.certificates);
        config.platform = settings.platform;
        config.allow_plaintext = settings.allowPlaintext;
        zim_client *client = nullptr;
        zim_error *error = nullptr;
        const zim_status status = zim_client_new(&config, &client, &error);
        if (status != ZIM_STATUS_OK) {
            zim.createError_ = error ? detail::errorFromC(error) : detail::refusal(status);
            zim_error_free(error);
            return nullptr;
        }
        zim.client_.reset(client, zim_client_free);
        zim.isCreated_ = true;
        detail::exceptionReport() = [](const std::string &what) {
            ZIMError escaped;
            escaped.code = ZIM_ERROR_CODE_FAILED;
            escaped.message = "a callback of the app threw: " + what;
            instance().tellError(escaped);
        };
        if (!settings.pushID.empty()) {
            zim.passPushID(settings.pushID);
        }
        return &zim;
    }

    /// As above, for an app that logs in by token. Published up to 2.29.
    static ZIM *create(unsigned int appID) {
        ZIMAppConfig config;
        config.appID = appID;
        return create(config);
    }

    /// The client; null before `create` and after `destroy`.
    static ZIM *getInstance() {
        ZIM &zim = instance();
        std::lock_guard<std::mutex> lock(zim.mutex_);
        return zim.isCreated_ ? &zim : nullptr;
    }

    /// Why the last `create` gave null. Ours, not in the published class.
    static ZIMError getCreateError() {
        ZIM &zim = instance();
        std::lock_guard<std::mutex> lock(zim.mutex_);
        return zim.createError_;
    }

    /// Hands a PushID to the SDK for apps without ZPNs, for example one that another process of the device registered. It
    /// is bound to the user at the next login; may be called before `create`. A text that is no PushID comes back as
    /// 6000401 through `onError`, one that the server does not know as the answer of the login.
    static void setPushID(const std::string &pushID) {
        ZIM &zim = instance();
        std::lock_guard<std::mutex> lock(zim.mutex_);
        zim.settings_.pushID = pushID;
        if (zim.isCreated_) {
            zim.passPushID(pushID);
        }
    }

    /// Ends the client without logging out, so that offline pushes still come. No callback and no event comes after this
    /// returns, except one that is running on another thread right now. `create` may be called again, also in callbacks.
    void destroy() {
        std::shared_ptr<zim_client> ended;
        std::shared_ptr<ZIMEventHandler> handler;
        {
            std::lock_guard<std::mutex> lock(mutex_);
            isCreated_ = false;
            ended = client_;
            handler.swap(handler_);
        }
        zim_client_destroy(ended.get());
    }

    /// Who is told of events; null: nobody. The former handler is told nothing more. Set it before `login`.
    void setEventHandler(std::shared_ptr<ZIMEventHandler> handler) {
        std::shared_ptr<zim_client> client;
        std::shared_ptr<ZIMEventHandler> former = handler;
        {
            // The former handler is let go of outside the lock: its destructor is the app's.
            std::lock_guard<std::mutex> lock(mutex_);
            client = client_;
            if (isCreated_) {
                former.swap(handler_);
            }
        }
        if (!handler) {
            zim_client_set_event_handler(client.get(), nullptr);
            return;
        }
        std::unique_ptr<detail::Listener> listener(new detail::Listener{this, std::move(handler)});
        const zim_event_handler events = detail::eventsOf(listener.get());
        if (zim_client_set_event_handler(client.get(), &events) == ZIM_STATUS_OK) {
            listener.release();
        }
    }

    using ZIMOperations::login;

    /// Logs in by token. Published up to 2.29.
    void login(const ZIMUserInfo &userInfo, const std::string &token, ZIMLoggedInCallback callback) {
        ZIMLoginConfig config;
        config.userName = userInfo.userName;
        config.token = token;
        login(userInfo.userID, config, std::move(callback));
    }

    /// Logs in by AppSign. Published up to 2.29.
    void login(const ZIMUserInfo &userInfo, ZIMLoggedInCallback callback) {
        login(userInfo, std::string(), std::move(callback));
    }

    /// Logs out: the device gets no more pushes of this user.
    void logout() { zim_client_logout(client().get(), nullptr); }

    /// Sends a message to a user or group. `message` is the object that all callbacks get, brought up to date.
    void sendMessage(const std::shared_ptr<ZIMMessage> &message, const std::string &toConversationID,
                     ZIMConversationType conversationType, const ZIMMessageSendConfig &config,
                     const std::shared_ptr<ZIMMessageSendNotification> &notification, ZIMMessageSentCallback callback) {
        struct Pending {
            std::shared_ptr<ZIMMessage> message;
            std::shared_ptr<ZIMMessageSendNotification> notification;
            ZIMMessageSentCallback callback;
        };
        std::unique_ptr<Pending> kept(new Pending{message, notification, std::move(callback)});
        detail::Scratch scratch;
        zim_send_callback held = zim_send_callback();
        held.struct_size = sizeof(held);
        held.user_data = kept.get();
        held.release = [](void *userData) { delete static_cast<Pending *>(userData); };
        held.on_attached = [](void *userData, const zim_message *attached) {
            detail::guarded([&] {
                Pending *pending = static_cast<Pending *>(userData);
                detail::MessageAccess::update(*pending->message, *attached);
                if (pending->notification && pending->notification->onMessageAttached) {
                    pending->notification->onMessageAttached(pending->message);
                }
            });
        };
        held.on_done = [](void *userData, const zim_message *sent, const zim_error *error) {
            detail::guarded([&] {
                Pending *pending = static_cast<Pending *>(userData);
                if (sent) {
                    detail::MessageAccess::update(*pending->message, *sent);
                }
                if (pending->callback) {
                    pending->callback(pending->message, detail::errorFromC(error));
                }
            });
        };
        const zim_status status =
            zim_client_send_message(client().get(), detail::toC(message, scratch), detail::toC(toConversationID),
                                    conversationType, detail::toC(config, scratch), &held);
        if (status == ZIM_STATUS_OK) {
            kept.release();
        } else if (kept->callback) {
            kept->callback(message, detail::refusal(status));
        }
    }

    /// As above for a message that the app owns by raw pointer: it is copied now, and callbacks get the copy.
    void sendMessage(const ZIMMessage *message, const std::string &toConversationID,
                     ZIMConversationType conversationType, const ZIMMessageSendConfig &config,
                     const std::shared_ptr<ZIMMessageSendNotification> &notification, ZIMMessageSentCallback callback) {
        detail::Scratch scratch;
        sendMessage(message ? detail::fromC(detail::toC(*message, scratch)) : nullptr, toConversationID,
                    conversationType, config, notification, std::move(callback));
    }

    /// Sends to a user. Published up to 2.29; use sendMessage.
    void sendPeerMessage(const ZIMMessage *message, const std::string &toUserID, const ZIMMessageSendConfig &config,
                         ZIMMessageSentCallback callback) {
        sendMessage(message, toUserID, ZIM_CONVERSATION_TYPE_PEER, config, nullptr, std::move(callback));
    }

    /// Sends to a group. Published up to 2.29; use sendMessage.
    void sendGroupMessage(const ZIMMessage *message, const std::string &toGroupID, const ZIMMessageSendConfig &config,
                          ZIMMessageSentCallback callback) {
        sendMessage(message, toGroupID, ZIM_CONVERSATION_TYPE_GROUP, config, nullptr, std::move(callback));
    }

    ZIM(const ZIM &) = delete;
    ZIM &operator=(const ZIM &) = delete;

protected:
    std::shared_ptr<zim_client> client() const override {
        std::lock_guard<std::mutex> lock(mutex_);
        return client_;
    }

private:
    friend class ZPNs;

    struct Settings {
        std::string cachePath;
        std::string serverURL;
        std::string certificates;
        std::string pushID;
        int32_t platform = 0;
        bool allowPlaintext = false;
    };

    ZIM() = default;

    // Made at first use and never destroyed: nothing runs before main or after it, and old pointers stay valid.
    static ZIM &instance() {
        static ZIM *zim = new ZIM();
        return *zim;
    }

    void tellError(const ZIMError &error) {
        std::shared_ptr<ZIMEventHandler> handler;
        {
            std::lock_guard<std::mutex> lock(mutex_);
            handler = handler_;
        }
        if (handler) {
            handler->onError(this, error);
        }
    }

    // The lock is held. The answer comes on the callback thread.
    void passPushID(const std::string &pushID) {
        zim_done_callback held = zim_done_callback();
        held.struct_size = sizeof(held);
        held.on_done = [](void *, const zim_error *error) {
            if (error) {
                detail::guarded([&] { instance().tellError(detail::errorFromC(error)); });
            }
        };
        zim_client_set_push_id(client_.get(), detail::toC(pushID), &held);
    }

    mutable std::mutex mutex_;
    // Kept when destroyed, so that later calls answer as the published class does; the next `create` frees it.
    std::shared_ptr<zim_client> client_;
    bool isCreated_ = false;
    std::shared_ptr<ZIMEventHandler> handler_;
    Settings settings_;
    ZIMError createError_;
};

}  // namespace zim

#endif  // ZIM_CLIENT_H
