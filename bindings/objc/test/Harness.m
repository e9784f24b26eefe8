// SPDX-License-Identifier: Apache-2.0

#import "Harness.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { patience = 60 };

@implementation Box

+ (Box *)box {
    return [[[Box alloc] init] autorelease];
}

- (instancetype)init {
    self = [super init];
    if (self) {
        _changed = [[NSCondition alloc] init];
        _items = [[NSMutableArray alloc] init];
    }
    return self;
}

- (void)put:(id)item {
    [_changed lock];
    [_items addObject:item];
    [_changed signal];
    [_changed unlock];
}

- (id)take {
    NSDate *deadline = [NSDate dateWithTimeIntervalSinceNow:patience];
    id item = nil;
    [_changed lock];
    while ([_items count] == 0 && [_changed waitUntilDate:deadline]) {
    }
    if ([_items count] > 0) {
        item = [[[_items objectAtIndex:0] retain] autorelease];
        [_items removeObjectAtIndex:0];
    }
    [_changed unlock];
    CHECK(item != nil);
    return item;
}

- (NSUInteger)count {
    [_changed lock];
    NSUInteger count = [_items count];
    [_changed unlock];
    return count;
}

- (void)dealloc {
    [_changed release];
    [_items release];
    [super dealloc];
}

@end

@implementation Process

+ (Process *)start:(NSArray<NSString *> *)command {
    Process *process = [[[Process alloc] init] autorelease];
    [process launch:command];
    return process;
}

- (void)launch:(NSArray<NSString *> *)command {
    int toChild[2], fromChild[2];
    CHECK(pipe(toChild) == 0 && pipe(fromChild) == 0);
    char *arguments[[command count] + 1];
    for (NSUInteger at = 0; at < [command count]; at++) {
        arguments[at] = (char *)[[command objectAtIndex:at] UTF8String];
    }
    arguments[[command count]] = NULL;
    _pid = fork();
    CHECK(_pid >= 0);
    if (_pid == 0) {
        dup2(toChild[0], STDIN_FILENO);
        dup2(fromChild[1], STDOUT_FILENO);
        close(toChild[1]);
        close(fromChild[0]);
        execv(arguments[0], arguments);
        _exit(127);
    }
    close(toChild[0]);
    close(fromChild[1]);
    _in = toChild[1];
    _out = fromChild[0];
    _buffer = [[NSMutableData alloc] init];
}

- (void)say:(NSString *)line {
    NSData *data = [[line stringByAppendingString:@"\n"] dataUsingEncoding:NSUTF8StringEncoding];
    const char *at = [data bytes];
    size_t left = [data length];
    while (left > 0) {
        ssize_t written = write(_in, at, left);
        CHECK(written > 0);
        at += written;
        left -= (size_t)written;
    }
}

- (NSString *)hear {
    for (;;) {
        const char *start = [_buffer bytes];
        const char *end = [_buffer length] ? memchr(start, '\n', [_buffer length]) : NULL;
        if (end) {
            NSString *line = [[[NSString alloc] initWithBytes:start
                                                       length:(NSUInteger)(end - start)
                                                     encoding:NSUTF8StringEncoding] autorelease];
            [_buffer replaceBytesInRange:NSMakeRange(0, (NSUInteger)(end - start) + 1) withBytes:NULL length:0];
            return line;
        }
        struct pollfd readable = {.fd = _out, .events = POLLIN};
        int ready;
        while ((ready = poll(&readable, 1, patience * 1000)) < 0 && errno == EINTR) {
        }
        CHECK(ready == 1);
        char chunk[4096];
        ssize_t got = read(_out, chunk, sizeof(chunk));
        if (got <= 0) {
            return nil;
        }
        [_buffer appendBytes:chunk length:(NSUInteger)got];
    }
}

- (void)kill {
    kill(_pid, SIGKILL);
    [self wait];
}

- (int)wait {
    int status = 0;
    waitpid(_pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

- (void)dealloc {
    close(_in);
    close(_out);
    [_buffer release];
    [super dealloc];
}

@end

static NSDictionary *parsed(NSString *line) {
    NSData *data = [line dataUsingEncoding:NSUTF8StringEncoding];
    return data ? [NSJSONSerialization JSONObjectWithData:data options:0 error:NULL] : nil;
}

static NSString *environment(const char *name) {
    const char *value = getenv(name);
    if (!value) {
        [NSException raise:@"Environment" format:@"%s is not set; `cargo xtask test objc` sets it", name];
    }
    return @(value);
}

@implementation Testbed

static Testbed *plain, *sealed;

+ (Testbed *)startWith:(NSArray<NSString *> *)flags {
    Testbed *bed = [[Testbed alloc] init];
    bed->_process = [[Process start:[@[ environment("ZIM_TESTBED") ] arrayByAddingObjectsFromArray:flags]] retain];
    bed->_facts = [parsed([bed->_process hear]) retain];
    CHECK(bed->_facts != nil);
    return bed;
}

+ (Testbed *)shared {
    if (!plain) {
        plain = [self startWith:@[ @"--plain" ]];
    }
    return plain;
}

+ (Testbed *)sealed {
    if (!sealed) {
        sealed = [self startWith:@[]];
    }
    return sealed;
}

+ (void)stopAll {
    [plain stop];
    [sealed stop];
}

- (NSString *)url {
    return [_facts objectForKey:@"url"];
}

- (unsigned int)appID {
    return [[_facts objectForKey:@"app_id"] unsignedIntValue];
}

- (NSString *)bundleID {
    return [_facts objectForKey:@"bundle_id"];
}

- (NSString *)authorityFile {
    id file = [_facts objectForKey:@"ca_file"];
    return file == [NSNull null] ? @"" : file;
}

- (NSDictionary *)ask:(NSString *)line {
    [_process say:line];
    NSDictionary *answer = parsed([_process hear]);
    if (!answer || [answer objectForKey:@"error"]) {
        [NSException raise:@"Testbed" format:@"%@: %@", line, [answer objectForKey:@"error"]];
    }
    return answer;
}

- (NSString *)token:(NSString *)user {
    return [[self ask:[@"token " stringByAppendingString:user]] objectForKey:@"token"];
}

- (void)stop {
    [self ask:@"quit"];
    [_process wait];
}

@end

Process *PeerOf(NSString *user) {
    Testbed *bed = [Testbed shared];
    Process *peer = [Process start:@[ environment("ZIM_PEER") ]];
    [peer say:[NSString stringWithFormat:@"login %@ %u %@ %@", [bed url], [bed appID], user, [bed token:user]]];
    CHECK_EQUAL([peer hear], @"ok login");
    return peer;
}

ZIM *NewClient(void) {
    Testbed *bed = [Testbed shared];
    return NewClientAt([bed url], [bed appID], [bed authorityFile]);
}

ZIM *NewClientAt(NSString *url, unsigned int appID, NSString *authorityFile) {
    NSString *authority = @"";
    if ([authorityFile length] > 0) {
        authority = [NSString stringWithContentsOfFile:authorityFile encoding:NSUTF8StringEncoding error:NULL];
        CHECK([authority length] > 0);
    }
    [ZIM setAdvancedConfigWithKey:@"ca_certificates" value:authority];
    ZIMAppConfig *config = [[[ZIMAppConfig alloc] init] autorelease];
    config.appID = appID;
    config.serverURL = url;
    ZIM *zim = [ZIM createWithAppConfig:config];
    CHECK(zim != nil);
    return zim;
}

void Login(ZIM *zim, NSString *user) {
    ZIMError *error = LoginWithToken(zim, user, [[Testbed shared] token:user]);
    CHECK_EQUAL(@(error.code), @(ZIMErrorCodeSuccess));
}

ZIMError *LoginWithToken(ZIM *zim, NSString *user, NSString *token) {
    Box *answers = [Box box];
    ZIMLoginConfig *config = [[[ZIMLoginConfig alloc] init] autorelease];
    config.token = token;
    [zim loginWithUserID:user
                  config:config
                callback:^(ZIMError *errorInfo) {
                    [answers put:errorInfo];
                }];
    return [answers take];
}

void Register(NSString *user) {
    ZIM *zim = NewClient();
    Login(zim, user);
    [zim destroy];
}

ZIMError *SendText(ZIM *zim, NSString *text, NSString *user) {
    Box *answers = [Box box];
    ZIMTextMessage *message = [[[ZIMTextMessage alloc] initWithMessage:text] autorelease];
    [zim sendMessage:message
        toConversationID:user
        conversationType:ZIMConversationTypePeer
                  config:[[[ZIMMessageSendConfig alloc] init] autorelease]
            notification:nil
                callback:^(ZIMMessage *sent, ZIMError *errorInfo) {
                    (void)sent;
                    [answers put:errorInfo];
                }];
    return [answers take];
}
