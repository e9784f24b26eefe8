// SPDX-License-Identifier: Apache-2.0
//
// What the sources of ZIM and ZPNs share.

#import "ZIMClient.h"
#import "ZIMConvert.h"

/// A client of libzim, freed with the last who holds it.
@interface ZIMClient : NSObject {
    zim_client *_raw;
    BOOL _isDestroyed;
}
@property (nonatomic, assign, readonly) zim_client *raw;
/// Takes over `raw`.
- (instancetype)initWithRaw:(zim_client *)raw;
/// Ends it: nothing is told any more.
- (void)destroy;
/// Runs the app's code with what C has just told, in order; not if the client was destroyed meanwhile.
- (void)deliver:(void (^)(void))block;
@end

@interface ZIM ()
/// Nil after destroy.
@property (atomic, strong) ZIMClient *client;
@end

/// Runs the app's code with the reason of a refusal.
void ZIMTell(void (^block)(void));
/// For libzim: gives back ZIM_RETAINED_BLOCK.
void ZIMReleaseBlock(void *block);
/// For libzim: gives back ZIM_RETAINED.
void ZIMReleaseObject(void *object);
/// Does nothing. Its caller makes the linker take the operations from an archive, which a category alone does not.
void ZIMLinkOperations(void);
/// Tells of the client there is, and of each that is made from now on, under a lock.
void ZIMObserveClients(void (*made)(const zim_client *client));
