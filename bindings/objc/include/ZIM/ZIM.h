// SPDX-License-Identifier: Apache-2.0
//
// ZIM for Objective-C: the published classes over libzim. Import this file.

#import "ZIMCallbacks.h"
#import "ZIMClient.h"
#import "ZIMEntities.h"
#import "ZIMEnums.h"
#import "ZIMError.h"
#import "ZIMEventHandler.h"
#import "ZIMMessage.h"
#import "ZIMOperations.h"
