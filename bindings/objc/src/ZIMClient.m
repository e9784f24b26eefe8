// SPDX-License-Identifier: Apache-2.0

#import "ZIMClient.h"

#import "ZIMEntitiesConvert.h"
#import "ZIMInternal.h"
#import "ZIMListener.h"
#import "ZIMMessageConvert.h"
#import "ZIMOperations.h"

@implementation ZIMAppConfig
@synthesize appID = _appID;
@synthesize appSign = _appSign;
@synthesize serverURL = _serverURL;

- (instancetype)init {
    self = [super init];
    if (self) {
        _appSign = _serverURL = @"";
    }
    return self;
}

#if !ZIM_ARC
- (void)dealloc {
    [_appSign release];
    [_serverURL release];
    [super dealloc];
}
#endif

@end

@implementation ZIMCacheConfig
@synthesize cachePath = _cachePath;

- (instancetype)init {
    self = [super init];
    if (self) {
        _cachePath = @"";
    }
    return self;
}

#if !ZIM_ARC
- (void)dealloc {
    [_cachePath release];
    [super dealloc];
}
#endif

@end

// The one client, what the next is made from, and who wants to know of it: guarded by the class.
static ZIM *instance;
static NSMutableDictionary<NSString *, NSString *> *settings;
static ZIMError *createError;
static void (*clientMade)(const zim_client *client);

static void setSetting(NSString *key, NSString *value) {
    @synchronized([ZIM class]) {
        if (!settings) {
            settings = [[NSMutableDictionary alloc] init];
        }
        [settings setObject:value ? value : @"" forKey:key];
    }
}

static void setCreateError(ZIMError *error) {
    ZIM_RELEASE(createError);
    createError = ZIM_RETAIN(error);
}

/// A client made from the settings; nil, and createError set, if they are refused.
static ZIMClient *newClient(ZIMAppConfig *appConfig) {
    ZIMLinkOperations();
    if ((zim_abi_version() >> 16) != (ZIM_ABI_VERSION >> 16) || zim_abi_version() < ZIM_ABI_VERSION) {
        ZIMError *error = ZIMErrorRefused(ZIM_STATUS_FAILED);
        error.message = @"libzim is older than this framework";
        setCreateError(error);
        return nil;
    }
    ZIM_SCRATCH(scratch);
    NSString *url = appConfig.serverURL.length ? appConfig.serverURL : [settings objectForKey:@"server_url"];
    zim_config config = ZIM_CONFIG_INIT;
    config.app_id = appConfig.appID;
    config.app_sign = ZIMStringToC(appConfig.appSign, scratch);
    config.server_url = ZIMStringToC(url, scratch);
    config.cache_path = ZIMStringToC([settings objectForKey:@"cache_path"], scratch);
    config.extra_roots = ZIMStringToC([settings objectForKey:@"ca_certificates"], scratch);
    config.platform = [[settings objectForKey:@"platform"] intValue];
    config.allow_plaintext = [[settings objectForKey:@"allow_plaintext"] isEqualToString:@"true"];
    zim_client *client = NULL;
    zim_error *error = NULL;
    zim_status status = zim_client_new(&config, &client, &error);
    if (status != ZIM_STATUS_OK) {
        setCreateError(error ? ZIMErrorFromC(error) : ZIMErrorRefused(status));
        zim_error_free(error);
        return nil;
    }
    return [[ZIMClient alloc] initWithRaw:client];
}

void ZIMObserveClients(void (*made)(const zim_client *client)) {
    @synchronized([ZIM class]) {
        clientMade = made;
        if (instance) {
            made(instance.client.raw);
        }
    }
}

/// What one send keeps until its last answer.
@interface ZIMPendingSend : NSObject {
@public
    ZIMMessage *message;
    ZIMMessageSendNotification *notification;
    ZIMMessageSentCallback callback;
    ZIMClient *client;
}
@end

@implementation ZIMPendingSend

#if !ZIM_ARC
- (void)dealloc {
    [message release];
    [notification release];
    ZIM_RELEASE_BLOCK(callback);
    [client release];
    [super dealloc];
}
#endif

@end

/// A copy of what C shows for now, to be taken over where the app reads the message.
static void deliverMessage(ZIMPendingSend *pending, const zim_message *from, void (^tell)(void)) {
    ZIMMessage *news = ZIMMessageFromC(from);
    [pending->client deliver:^{
        if (news) {
            ZIM_SCRATCH(scratch);
            [pending->message takeFromC:ZIMMessageToC(news, scratch)];
        }
        tell();
    }];
}

static void onAttached(void *userData, const zim_message *attached) {
    @autoreleasepool {
        ZIMPendingSend *pending = ZIM_BRIDGE(ZIMPendingSend *) userData;
        deliverMessage(pending, attached, ^{
            ZIMMessageAttachedCallback tell = pending->notification.onMessageAttached;
            if (tell) {
                tell(pending->message);
            }
        });
    }
}

static void onSent(void *userData, const zim_message *sent, const zim_error *error) {
    @autoreleasepool {
        ZIMPendingSend *pending = ZIM_BRIDGE(ZIMPendingSend *) userData;
        ZIMError *errorInfo = ZIMErrorFromC(error);
        deliverMessage(pending, sent, ^{
            if (pending->callback) {
                pending->callback(pending->message, errorInfo);
            }
        });
    }
}

@implementation ZIM
@synthesize client = _client;

+ (NSString *)getVersion {
    return @(zim_version());
}

+ (void)setCacheConfig:(ZIMCacheConfig *)config {
    setSetting(@"cache_path", config.cachePath);
}

+ (void)setAdvancedConfigWithKey:(NSString *)key value:(NSString *)value {
    if (key) {
        setSetting(key, value);
    }
}

+ (ZIM *)createWithAppConfig:(ZIMAppConfig *)appConfig {
    @autoreleasepool {
        @synchronized([ZIM class]) {
            if (instance) {
                return nil;
            }
            setCreateError(nil);
            ZIMClient *client = newClient(appConfig);
            if (!client) {
                return nil;
            }
            instance = [[ZIM alloc] init];
            instance.client = client;
            ZIM_RELEASE(client);
            if (clientMade) {
                clientMade(client.raw);
            }
            return instance;
        }
    }
}

+ (ZIM *)createWithAppID:(unsigned int)appID {
    ZIMAppConfig *config = ZIM_AUTORELEASE([[ZIMAppConfig alloc] init]);
    config.appID = appID;
    return [self createWithAppConfig:config];
}

+ (ZIM *)getInstance {
    @synchronized([ZIM class]) {
        return ZIM_AUTORELEASE(ZIM_RETAIN(instance));
    }
}

+ (ZIMError *)getCreateError {
    @synchronized([ZIM class]) {
        return createError ? ZIM_AUTORELEASE(ZIM_RETAIN(createError)) : ZIMErrorFromC(NULL);
    }
}

// Not in the published headers, and still called by bridges.
+ (void)writeCustomLog:(NSString *)log moduleName:(NSString *)moduleName {
    NSLog(@"[%@] %@", moduleName, log);
}

- (void)destroy {
    ZIMClient *ended = nil;
    @synchronized([ZIM class]) {
        ended = self.client;
        self.client = nil;
        if (instance == self) {
            instance = nil;
            // Given up by the class; whoever calls this still holds or is about to leave it.
            (void)ZIM_AUTORELEASE(self);
        }
    }
    [ended destroy];
}

- (void)setEventHandler:(id<ZIMEventHandler>)handler {
    ZIMClient *client = self.client;
    if (!client) {
        return;
    }
    if (!handler) {
        zim_client_set_event_handler(client.raw, NULL);
        return;
    }
    ZIMListener *listener = ZIM_AUTORELEASE([[ZIMListener alloc] initWithZIM:self client:client handler:handler]);
    zim_event_handler events = ZIMEventsForListener(listener);
    if (zim_client_set_event_handler(client.raw, &events) != ZIM_STATUS_OK) {
        events.release(events.user_data);
    }
}

- (void)logout {
    ZIMClient *client = self.client;
    if (client) {
        zim_client_logout(client.raw, NULL);
    }
}

- (void)loginWithUserInfo:(ZIMUserInfo *)userInfo
                    token:(NSString *)token
                 callback:(ZIMLoggedInCallback)callback {
    ZIMLoginConfig *config = ZIM_AUTORELEASE([[ZIMLoginConfig alloc] init]);
    config.userName = userInfo.userName;
    config.token = token;
    [self loginWithUserID:userInfo.userID config:config callback:callback];
}

- (void)loginWithUserInfo:(ZIMUserInfo *)userInfo callback:(ZIMLoggedInCallback)callback {
    [self loginWithUserInfo:userInfo token:@"" callback:callback];
}

- (void)sendMessage:(ZIMMessage *)message
    toConversationID:(NSString *)toConversationID
    conversationType:(ZIMConversationType)conversationType
              config:(ZIMMessageSendConfig *)config
        notification:(ZIMMessageSendNotification *)notification
            callback:(ZIMMessageSentCallback)callback {
    @autoreleasepool {
        ZIM_SCRATCH(scratch);
        ZIMPendingSend *pending = ZIM_AUTORELEASE([[ZIMPendingSend alloc] init]);
        pending->message = ZIM_RETAIN(message);
        pending->notification = ZIM_RETAIN(notification);
        pending->callback = ZIM_COPY_BLOCK(callback);
        pending->client = ZIM_RETAIN(self.client);
        zim_send_callback held = {.struct_size = sizeof(held),
                                  .on_attached = onAttached,
                                  .on_done = onSent,
                                  .release = ZIMReleaseObject};
        held.user_data = ZIM_RETAINED(pending);
        zim_status status = ZIM_STATUS_DESTROYED;
        if (pending->client) {
            status = zim_client_send_message(pending->client.raw, ZIMMessageToC(message, scratch),
                                             ZIMStringToC(toConversationID, scratch), (int32_t)conversationType,
                                             ZIMMessageSendConfigToC(config, scratch), &held);
        }
        if (status != ZIM_STATUS_OK) {
            ZIMReleaseObject(held.user_data);
            ZIMError *errorInfo = ZIMErrorRefused(status);
            ZIMTell(^{
                if (callback) {
                    callback(message, errorInfo);
                }
            });
        }
    }
}

- (void)sendPeerMessage:(ZIMMessage *)message
               toUserID:(NSString *)toUserID
                 config:(ZIMMessageSendConfig *)config
               callback:(ZIMMessageSentCallback)callback {
    [self sendMessage:message
        toConversationID:toUserID
        conversationType:ZIMConversationTypePeer
                  config:config
            notification:nil
                callback:callback];
}

- (void)sendGroupMessage:(ZIMMessage *)message
               toGroupID:(NSString *)toGroupID
                  config:(ZIMMessageSendConfig *)config
                callback:(ZIMMessageSentCallback)callback {
    [self sendMessage:message
        toConversationID:toGroupID
        conversationType:ZIMConversationTypeGroup
                  config:config
            notification:nil
                callback:callback];
}

- (void)sendGroupMesage:(ZIMMessage *)message
              toGroupID:(NSString *)toGroupID
                 config:(ZIMMessageSendConfig *)config
               callback:(ZIMMessageSentCallback)callback {
    [self sendGroupMessage:message toGroupID:toGroupID config:config callback:callback];
}

#if !ZIM_ARC
- (void)dealloc {
    [_client release];
    [super dealloc];
}
#endif

@end
