// SPDX-License-Identifier: Apache-2.0
//
// Runs the tests, those whose name contains an argument if there is one, and counts them as TAP does.

#import "Harness.h"

#include <stdlib.h>
#include <string.h>

static BOOL passes(const Test *test) {
    @autoreleasepool {
        @try {
            test->run();
            printf("ok %s\n", test->name);
        } @catch (NSException *exception) {
            printf("not ok %s: %s\n", test->name, [[exception reason] UTF8String]);
            // The next test starts without the client of this one.
            [[ZIM getInstance] destroy];
            return NO;
        }
        fflush(stdout);
        return YES;
    }
}

static int other(int (*program)(NSArray<NSString *> *arguments)) {
    @autoreleasepool {
        NSArray<NSString *> *arguments = [NSProcessInfo processInfo].arguments;
        return program([arguments subarrayWithRange:NSMakeRange(2, [arguments count] - 2)]);
    }
}

int main(int count, char **arguments) {
    if (count > 2 && strcmp(arguments[1], "phone") == 0) {
        return other(Phone);
    }
    if (count > 2 && strcmp(arguments[1], "reader") == 0) {
        return other(Reader);
    }
    static const Test *const suites[] = {LifeTests, CallTests, RecallTests, UniAppTests, PushTests, StoryTests};
    int passed = 0, failed = 0;
    for (size_t at = 0; at < sizeof(suites) / sizeof(*suites); at++) {
        for (const Test *test = suites[at]; test->name; test++) {
            if (count > 1 && !strstr(test->name, arguments[1])) {
                continue;
            }
            fflush(stdout);
            passes(test) ? passed++ : failed++;
        }
    }
    @autoreleasepool {
        [Testbed stopAll];
    }
    printf("# pass %d\n# fail %d\n", passed, failed);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
