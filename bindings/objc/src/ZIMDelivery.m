// SPDX-License-Identifier: Apache-2.0
//
// How the app's code is run: where, and what becomes of its exceptions.

#import "ZIMInternal.h"

static void run(void (^block)(void)) {
    @autoreleasepool {
        @try {
            block();
        } @catch (id thrown) {
            // It must not unwind through the library, and whoever threw it has to learn of it.
            NSLog(@"ZIM: the app threw in a block or event: %@", thrown);
        }
    }
}

#if ZIM_HAS_DISPATCH

static dispatch_queue_t customQueue;

static void enqueue(void (^block)(void)) {
    dispatch_queue_t queue;
    @synchronized([ZIM class]) {
        queue = customQueue ? customQueue : dispatch_get_main_queue();
    }
    dispatch_async(queue, ^{
        run(block);
    });
}

@implementation ZIM (Queue)

+ (void)setCustomDispatchQueue:(dispatch_queue_t)queue {
    @synchronized([ZIM class]) {
        customQueue = queue;
    }
}

@end

#else

static void enqueue(void (^block)(void)) {
    run(block);
}

#endif

void ZIMTell(void (^block)(void)) {
    enqueue(block);
}

void ZIMReleaseBlock(void *block) {
    Block_release(block);
}

void ZIMReleaseObject(void *object) {
#if ZIM_ARC
    (void)(__bridge_transfer id)object;
#else
    [(id)object release];
#endif
}

@implementation ZIMClient
@synthesize raw = _raw;

- (instancetype)initWithRaw:(zim_client *)raw {
    self = [super init];
    if (self) {
        _raw = raw;
    }
    return self;
}

- (void)destroy {
    @synchronized(self) {
        _isDestroyed = YES;
    }
    zim_client_destroy(_raw);
}

- (BOOL)isDestroyed {
    @synchronized(self) {
        return _isDestroyed;
    }
}

- (void)deliver:(void (^)(void))block {
    enqueue(^{
        if (![self isDestroyed]) {
            block();
        }
    });
}

- (void)dealloc {
    zim_client_free(_raw);
#if !ZIM_ARC
    [super dealloc];
#endif
}

@end
