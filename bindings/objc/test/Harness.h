// SPDX-License-Identifier: Apache-2.0
//
// What the tests share: checks, waiting for answers, other processes, the test bed.

#import <ZIM/ZIM.h>

/// Ends the test with what was expected.
#define CHECK(condition) \
    do { \
        if (!(condition)) { \
            [NSException raise:@"Check" format:@"%s:%d: %s", __FILE__, __LINE__, #condition]; \
        } \
    } while (0)

#define CHECK_EQUAL(found, expected) \
    do { \
        id is = (found), wanted = (expected); \
        if (![is isEqual:wanted]) { \
            [NSException raise:@"Check" format:@"%s:%d: %@ is not %@", __FILE__, __LINE__, is, wanted]; \
        } \
    } while (0)

/// Answers and events of other threads, in order; whoever takes one waits for it at most a minute.
@interface Box : NSObject {
    NSCondition *_changed;
    NSMutableArray *_items;
}
+ (Box *)box;
- (void)put:(id)item;
- (id)take;
/// What is there now.
- (NSUInteger)count;
@end

/// A child process that is spoken to by lines.
@interface Process : NSObject {
    pid_t _pid;
    int _in;
    int _out;
    NSMutableData *_buffer;
}
+ (Process *)start:(NSArray<NSString *> *)command;
- (void)say:(NSString *)line;
/// The next line, waited for at most a minute; nil at the end.
- (NSString *)hear;
/// The power is cut.
- (void)kill;
/// Its exit code.
- (int)wait;
@end

/// The real server and the doubles of the vendors (`zim-testbed`).
@interface Testbed : NSObject {
    Process *_process;
    NSDictionary *_facts;
}
/// The one that tests use, with `ws://`.
+ (Testbed *)shared;
/// The one of the story, with `wss://` and an authority that no system trusts.
+ (Testbed *)sealed;
/// Ends those that were started.
+ (void)stopAll;
- (NSString *)url;
/// File with the certificate of its authority; empty for `ws://`.
- (NSString *)authorityFile;
- (unsigned int)appID;
- (NSString *)bundleID;
- (NSDictionary *)ask:(NSString *)line;
- (NSString *)token:(NSString *)user;
@end

/// The peer program with this user logged in.
Process *PeerOf(NSString *user);
/// A client of this process for the test bed, not logged in.
ZIM *NewClient(void);
/// The same for another address; `authorityFile` is what it trusts beside the system's, if it is not empty.
ZIM *NewClientAt(NSString *url, unsigned int appID, NSString *authorityFile);
/// Makes the user known to the server.
void Register(NSString *user);
/// Logs in and waits; checks that it succeeded.
void Login(ZIM *zim, NSString *user);
/// Logs in and waits: the error.
ZIMError *LoginWithToken(ZIM *zim, NSString *user, NSString *token);
/// Sends a text and waits: the error.
ZIMError *SendText(ZIM *zim, NSString *text, NSString *user);

/// One test: a function that raises an exception on failure.
typedef struct Test {
    const char *name;
    void (*run)(void);
} Test;
extern const Test LifeTests[], CallTests[], RecallTests[], PushTests[], UniAppTests[], StoryTests[];
/// The other program in this one: a phone with these arguments.
int Phone(NSArray<NSString *> *arguments);
/// Likewise: somebody who reads.
int Reader(NSArray<NSString *> *arguments);
