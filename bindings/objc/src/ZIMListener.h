// SPDX-License-Identifier: Apache-2.0
//
// Who is told of the events of a client.

#import "ZIMInternal.h"

@interface ZIMListener : NSObject {
    ZIM *_zim;
    ZIMClient *_client;
    id<ZIMEventHandler> _handler;
}
@property (nonatomic, strong, readonly) ZIM *zim;
@property (nonatomic, strong, readonly) ZIMClient *client;
@property (nonatomic, strong, readonly) id<ZIMEventHandler> handler;
- (instancetype)initWithZIM:(ZIM *)zim client:(ZIMClient *)client handler:(id<ZIMEventHandler>)handler;
- (void)tellError:(ZIMError *)error;
/// One batch, under the names of all versions.
- (void)tellMessages:(NSArray<ZIMMessage *> *)messages info:(ZIMMessageReceivedInfo *)info;
@end

/// The functions that libzim calls; they hold the listener until they are replaced.
zim_event_handler ZIMEventsForListener(ZIMListener *listener);
