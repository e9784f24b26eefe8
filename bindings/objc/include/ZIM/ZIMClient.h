// SPDX-License-Identifier: Apache-2.0
//
// The class ZIM: its life, and what does not follow from one pattern.
//
// Thread of blocks and events. Where there is libdispatch (Apple): the main queue, or the queue of setCustomDispatchQueue:.
// Elsewhere (GNUstep on Linux): one thread of the SDK per client. Always one at a time and in order. Every method may be
// called from any thread and inside blocks and events, destroy too. An exception in one is caught and logged. A slow app
// loses nothing: the SDK waits with the next. A call that is refused at once answers on the same queue, on GNUstep on the
// calling thread.

#import <ZIM/ZIMEventHandler.h>
#import <ZIM/ZIMMessage.h>

#if defined(__has_include)
#if __has_include(<dispatch/dispatch.h>)
#include <dispatch/dispatch.h>
#define ZIM_DISPATCH_QUEUES 1
#endif
#endif

NS_ASSUME_NONNULL_BEGIN

/// Which application this is, and where its server runs.
@interface ZIMAppConfig : NSObject {
    unsigned int _appID;
    NSString *_appSign;
    NSString *_serverURL;
}
/// Number of the application, never 0.
@property (nonatomic, assign) unsigned int appID;
/// Secret of the application, 64 hexadecimal digits; empty: a token is given at login.
@property (nonatomic, copy) NSString *appSign;
/// Address of the owner's server, `wss://…`; empty: advanced config `server_url`, then the environment's ZIM_SERVER_URL,
/// then ws://127.0.0.1:8480/zim. Ours, not in the published class.
@property (nonatomic, copy) NSString *serverURL;
@end

/// Where local data is kept.
@interface ZIMCacheConfig : NSObject {
    NSString *_cachePath;
}
/// Folder; empty: nothing outlives the process.
@property (nonatomic, copy) NSString *cachePath;
@end

/// One messaging client. There is at most one; createWithAppConfig: makes it, destroy ends it. Calls after destroy answer
/// 6000002.
@interface ZIM : NSObject {
    id _client;
}

/// Version of the SDK.
+ (NSString *)getVersion;

/// Folder for local data; takes effect at the next create.
+ (void)setCacheConfig:(ZIMCacheConfig *)config;

/// Settings by name, for the next create: `server_url`, `ca_certificates` (PEM, trusted beside the system's),
/// `allow_plaintext` ("true": ws:// to hosts other than this one), `platform` (number of the ZIMPlatformType this device
/// counts as, "0": that of this build). Unknown names are ignored.
+ (void)setAdvancedConfigWithKey:(NSString *)key value:(NSString *)value;

#if ZIM_DISPATCH_QUEUES
/// Where blocks and events come from now on; it has to be serial. The main queue before.
+ (void)setCustomDispatchQueue:(dispatch_queue_t)queue;
#endif

/// Makes the client. Nil if there is one already, or if the configuration is refused; getCreateError says why.
+ (nullable ZIM *)createWithAppConfig:(ZIMAppConfig *)appConfig;

/// As above, for an app that logs in by token. Published up to 2.29.
+ (nullable ZIM *)createWithAppID:(unsigned int)appID;

/// The client; nil before create and after destroy.
+ (nullable ZIM *)getInstance;

/// Why the last create gave nil. Ours, not in the published class.
+ (ZIMError *)getCreateError;

/// Ends the client without logging out, so that offline pushes still come. No block and no event comes after this
/// returns, except one that is running on another thread right now. Create may be called again, also in blocks.
- (void)destroy;

/// Who is told of events, kept until replaced or destroyed; nil: nobody. Set it before login.
- (void)setEventHandler:(nullable id<ZIMEventHandler>)handler;

/// Logs out: the device gets no more pushes of this user.
- (void)logout;

/// Logs in by token. Published up to 2.29.
- (void)loginWithUserInfo:(ZIMUserInfo *)userInfo
                    token:(NSString *)token
                 callback:(nullable ZIMLoggedInCallback)callback;

/// Logs in by AppSign. Published up to 2.29.
- (void)loginWithUserInfo:(ZIMUserInfo *)userInfo callback:(nullable ZIMLoggedInCallback)callback;

/// Sends a message to a user or group. `message` is the object that all blocks get, brought up to date.
- (void)sendMessage:(ZIMMessage *)message
    toConversationID:(NSString *)toConversationID
    conversationType:(ZIMConversationType)conversationType
              config:(ZIMMessageSendConfig *)config
        notification:(nullable ZIMMessageSendNotification *)notification
            callback:(nullable ZIMMessageSentCallback)callback;

/// Sends to a user. Published up to 2.29; use sendMessage.
- (void)sendPeerMessage:(ZIMMessage *)message
               toUserID:(NSString *)toUserID
                 config:(ZIMMessageSendConfig *)config
               callback:(nullable ZIMMessageSentCallback)callback;

/// Sends to a group. Published up to 2.29; use sendMessage.
- (void)sendGroupMessage:(ZIMMessage *)message
               toGroupID:(NSString *)toGroupID
                  config:(ZIMMessageSendConfig *)config
                callback:(nullable ZIMMessageSentCallback)callback;

/// The spelling up to 2.29.
- (void)sendGroupMesage:(ZIMMessage *)message
              toGroupID:(NSString *)toGroupID
                 config:(ZIMMessageSendConfig *)config
               callback:(nullable ZIMMessageSentCallback)callback;

@end

NS_ASSUME_NONNULL_END
