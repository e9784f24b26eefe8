// SPDX-License-Identifier: Apache-2.0
//
// The published sample, end to end: two users, the real server over `wss`, a double of Apple.

#import "Harness.h"
#import "Sample.h"

#import <ZPNs/ZPNs.h>

#include <unistd.h>

static Process *phone(NSString *mode, NSString *folder) {
    Testbed *bed = [Testbed sealed];
    NSString *program = [[NSProcessInfo processInfo].arguments objectAtIndex:0];
    return [Process start:@[ program, @"phone", mode, [bed url], [@([bed appID]) stringValue], [bed token:@"beth"],
                             folder, [bed bundleID], [bed authorityFile] ]];
}

/// Alice's client, logged in.
static ZIM *alice(void) {
    Testbed *bed = [Testbed sealed];
    CHECK([[bed url] hasPrefix:@"wss://"]);
    ZIM *zim = NewClientAt([bed url], [bed appID], [bed authorityFile]);
    CHECK_EQUAL(@(LoginWithToken(zim, @"alice", [bed token:@"alice"]).code), @(ZIMErrorCodeSuccess));
    return zim;
}

static ZIMErrorCode codeIn(Box *told) {
    return ((ZIMError *)[told take]).code;
}

static NSString *hexadecimal(const char *token) {
    NSMutableString *text = [NSMutableString string];
    for (int at = 0; at < 32; at++) {
        [text appendFormat:@"%02x", (unsigned char)token[at]];
    }
    return text;
}

extern const char VoipToken[33];

static NSString *groupOf(ZIM *zim, NSString *member) {
    Box *answers = [Box box];
    ZIMGroupInfo *info = [[[ZIMGroupInfo alloc] init] autorelease];
    info.groupName = @"Friday";
    [zim createGroup:info
             userIDs:@[ member ]
            callback:^(ZIMGroupFullInfo *groupInfo, NSArray<ZIMGroupMemberInfo *> *userList,
                       NSArray<ZIMErrorUserInfo *> *errorUserList, ZIMError *errorInfo) {
                (void)userList, (void)errorUserList;
                [answers put:errorInfo.code == 0 ? groupInfo.baseInfo.groupID : errorInfo.message];
            }];
    return [answers take];
}

// covers: D-06, D-07, D-09, D-10, D-11, D-14, D-15, D-16, D-17, D-18, D-19, D-20, D-21, D-22
static void theStory(void) {
    char folder[] = "/tmp/zim-phone-XXXXXX";
    CHECK(mkdtemp(folder) != NULL);
    Process *first = phone(@"register", @(folder));
    CHECK([[first hear] hasPrefix:@"registered z1."]);
    CHECK_EQUAL([first hear], @"login");
    [first kill];

    ZIM *zim = alice();
    Box *told = [Box box];
    SamplePeerMessage(zim, @"beth", told);
    CHECK(codeIn(told) == ZIMErrorCodeSuccess);
    SampleGroupMessage(zim, groupOf(zim, @"beth"), told);
    CHECK(codeIn(told) == ZIMErrorCodeSuccess);
    SampleCall(@[ @"beth" ], told);
    CHECK(codeIn(told) == ZIMErrorCodeSuccess);
    NSString *callID = [told take];

    NSArray *pushes = [[[Testbed sealed] ask:@"wait apns 3"] objectForKey:@"requests"];
    NSCountedSet *tokens = [NSCountedSet set];
    for (NSDictionary *push in pushes) {
        CHECK_EQUAL([push objectForKey:@"violation"], [NSNull null]);
        NSDictionary *body = [push objectForKey:@"body"];
        CHECK_EQUAL([body objectForKey:@"payload"], @"{\"chat\":\"alice\"}");
        NSString *token = [push objectForKey:@"token"];
        [tokens addObject:token];
        if ([token isEqual:hexadecimal(VoipToken)]) {
            CHECK_EQUAL([body objectForKey:@"call_id"], callID);
        }
    }
    CHECK([tokens countForObject:hexadecimal(DeviceToken)] == 2);
    CHECK([tokens countForObject:hexadecimal(VoipToken)] == 1);

    Process *second = phone(@"online", @(folder));
    CHECK([[second hear] hasPrefix:@"registered z1."]);
    CHECK_EQUAL([second hear], @"login");
    CHECK_EQUAL([second hear], @"got Dinner? / Table at eight");
    CHECK_EQUAL([second hear], [@"call " stringByAppendingString:callID]);
    [second say:@""];
    CHECK_EQUAL([second hear], @"unregistered");
    [second say:@""];
    CHECK([second wait] == 0);

    [[Testbed sealed] ask:@"forget"];
    SamplePeerMessage(zim, @"beth", told);
    CHECK(codeIn(told) == ZIMErrorCodeSuccess);
    CHECK_EQUAL([[[Testbed sealed] ask:@"requests apns"] objectForKey:@"requests"], @[]);
    [zim destroy];
}

// covers: D-08
static void aDenialLeavesTheRegistration(void) {
    char folder[] = "/tmp/zim-phone-XXXXXX";
    CHECK(mkdtemp(folder) != NULL);
    Process *beth = phone(@"denied", @(folder));
    CHECK([[beth hear] hasPrefix:@"registered z1."]);
    CHECK_EQUAL([beth hear], @"login");
    [beth kill];

    [[Testbed sealed] ask:@"forget"];
    ZIM *zim = alice();
    Box *told = [Box box];
    SamplePeerMessage(zim, @"beth", told);
    CHECK(codeIn(told) == ZIMErrorCodeSuccess);
    // Whether it is shown is the system's matter.
    NSArray *pushes = [[[Testbed sealed] ask:@"wait apns 1"] objectForKey:@"requests"];
    CHECK_EQUAL([[pushes objectAtIndex:0] objectForKey:@"token"], hexadecimal(DeviceToken));
    [zim destroy];
}

static void whoDoesNotKnowTheAuthorityIsNotConnected(void) {
    Testbed *bed = [Testbed sealed];
    ZIM *zim = NewClientAt([bed url], [bed appID], @"");
    ZIMError *refused = LoginWithToken(zim, @"carol", [bed token:@"carol"]);
    CHECK_EQUAL(@(refused.code), @(ZIMErrorCodeNetworkModuleNetworkError));
    [zim destroy];
}

const Test StoryTests[] = {
    {"the story over wss", theStory},
    {"a denial leaves the registration", aDenialLeavesTheRegistration},
    {"who does not know the authority is not connected", whoDoesNotKnowTheAuthorityIsNotConnected},
    {NULL, NULL},
};
