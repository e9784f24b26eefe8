// SPDX-License-Identifier: Apache-2.0
//
// Compiled by the module that the package brings along: no header is imported by its path.

@import ZIMObjectiveC;

void Register(NSData *deviceToken);

void Register(NSData *deviceToken) {
    ZIMTextMessage *message = [[ZIMTextMessage alloc] initWithMessage:@"Dinner?"];
    [[ZIM getInstance] sendPeerMessage:message
                              toUserID:@"bob"
                                config:[[ZIMMessageSendConfig alloc] init]
                              callback:nil];
    [[ZPNs shared] setDeviceToken:deviceToken isProduct:NO];
}
