// SPDX-License-Identifier: Apache-2.0
//
// ZIM for Objective-C: the published classes over libzim. Import this file.

#import <ZIM/ZIMCallbacks.h>
#import <ZIM/ZIMClient.h>
#import <ZIM/ZIMEntities.h>
#import <ZIM/ZIMEnums.h>
#import <ZIM/ZIMError.h>
#import <ZIM/ZIMEventHandler.h>
#import <ZIM/ZIMMessage.h>
#import <ZIM/ZIMOperations.h>
