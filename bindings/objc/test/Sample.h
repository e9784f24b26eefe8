// SPDX-License-Identifier: Apache-2.0

#import <UIKit/UIKit.h>
#import <ZIM/ZIM.h>

/// The app of the published sample. What it learns goes into `told`.
@class Box;
@interface AppDelegate : UIResponder <UIApplicationDelegate> {
@public
    Box *told;
}
- (void)registerPush;
- (void)unregisterPush;
@end

/// The three sends of the sample; each answer goes into `told`.
void SamplePeerMessage(ZIM *zim, NSString *toUserID, Box *told);
void SampleGroupMessage(ZIM *zim, NSString *toGroupID, Box *told);
void SampleCall(NSArray<NSString *> *invitees, Box *told);
