// The published samples of the uni-app document. Each function is one of its steps.
// covers: F-19, F-20, F-23, F-24, F-25, F-26, F-30, F-33, F-43, F-44, F-45, F-46, F-47, F-48, F-51, F-53
import ZPNs, { ZPNsIOSEnvironment } from '@/js_sdk/zego-ZPNsUniPlugin-JS/lib';
import type {
  ZIM,
  ZIMCallInvitationSentResult,
  ZIMCallInviteConfig,
  ZIMError,
  ZIMMessage,
  ZIMMessageSendConfig,
  ZIMMessageSentResult,
  ZIMPushConfig,
} from '@zego/ZIM';

export function applyNotificationPermission(): void {
  ZPNs.getInstance().applyNotificationPermission();
}

export function listen(): void {
  ZPNs.getInstance().on('registered', (message) => {
    console.log('registered', message.pushID, message.errorCode);
  });
  ZPNs.getInstance().on('notificationArrived', (message) => {
    console.log('notificationArrived', message.title, message.extras.payload);
  });
  ZPNs.getInstance().on('throughMessageReceived', (message) => {
    console.log('throughMessageReceived', message.content, message.extras.payload);
  });
}

export function register(): void {
  ZPNs.setPushConfig({
    "enableFCMPush": false,
    "enableHWPush": true,
    "enableMiPush": true,
    "enableOppoPush": true,
    "enableVivoPush": true,
  });
  ZPNs.getInstance().registerPush({
    iOSEnvironment: ZPNsIOSEnvironment.Development,
    iOSNotificationArrivedConfig: { isPresentAlert: true, isPresentSound: true, isPresentBadge: true },
  });
}

export function sendPeerMessage(zim: ZIM, toUserID: string): void {
  const pushConfig: ZIMPushConfig = { title: 'Title', content: 'Content', payload: 'Payload', resourcesID: '' };
  const sendConfig: ZIMMessageSendConfig = { priority: 2, pushConfig };
  const messageTextObj: ZIMMessage = { type: 1, message: 'Message text' };
  zim.sendMessage(messageTextObj, toUserID, 0, sendConfig)
    .then((res: ZIMMessageSentResult) => {
      console.log('peer', res.message.messageID);
    })
    .catch((err: ZIMError) => {
      console.log(err);
    });
}

export function sendGroupMessage(zim: ZIM, toGroupID: string): void {
  const pushConfig: ZIMPushConfig = { title: 'Title', content: 'Content', payload: 'Payload', resourcesID: '' };
  const sendConfig: ZIMMessageSendConfig = { priority: 2, pushConfig };
  const messageTextObj: ZIMMessage = { type: 1, message: 'Group text' };
  zim.sendMessage(messageTextObj, toGroupID, 2, sendConfig)
    .then((res: ZIMMessageSentResult) => {
      console.log('group', res.message.messageID);
    })
    .catch((err: ZIMError) => {
      console.log(err);
    });
}

export function call(zim: ZIM, invitees: string[]): void {
  const pushConfig: ZIMPushConfig = { title: 'Title', content: 'Content', payload: 'Payload', resourcesID: '' };
  const callInviteConfig: ZIMCallInviteConfig = { mode: 0, timeout: 90, extendedData: '', pushConfig };
  zim.callInvite(invitees, callInviteConfig)
    .then((res: ZIMCallInvitationSentResult) => {
      console.log('call', res.callID);
    })
    .catch((err: ZIMError) => {
      console.log(err);
    });
}

export function unregister(): void {
  ZPNs.getInstance().unregisterPush();
}
