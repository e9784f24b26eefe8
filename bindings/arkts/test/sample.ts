// The published samples of the HarmonyOS document. Each function is one of its steps.
// covers: E-09, E-12, E-13, E-14, E-15, E-16, E-17, E-18, E-19, E-20, E-21, E-22, E-25
import type { common } from '@kit.AbilityKit';
import type { BusinessError } from '@kit.BasicServicesKit';
import { notificationManager } from '@kit.NotificationKit';
import ZPNs, { ZPNsRegisterMessage } from '@zego/ZPNs';
import { ZIM, ZIMCallInviteConfig, ZIMMessage, ZIMMessageSendConfig, ZIMPushConfig } from '@zego/ZIM';

export function requestPermission(context: common.UIAbilityContext): Promise<void> {
  return notificationManager.requestEnableNotification(context).then(() => {
    console.log('requestEnableNotification success');
  }).catch((err: BusinessError) => {
    if (1600004 == err.code) {
      // The user refused: the settings of the application can change it.
      return notificationManager.openNotificationSettings(context);
    }
    console.error(`requestEnableNotification failed, code is ${err.code}, message is ${err.message}`);
    return undefined;
  });
}

export function register(): void {
  try {
    ZPNs.getInstance().on('registered', (message: ZPNsRegisterMessage) => {
      console.log('registered', message.errorCode, message.msg, message.pushID);
    });
    ZPNs.getInstance().registerPush({});
  } catch (e) {
    console.log(e);
  }
}

export function sendPeerMessage(zim: ZIM, toUserID: string): void {
  const pushConfig: ZIMPushConfig = { title: 'Title', content: 'Content', payload: 'Payload', resourcesID: '' };
  const sendConfig: ZIMMessageSendConfig = { priority: 2, pushConfig };
  const msg: ZIMMessage = { type: 1, message: 'Message text' };
  zim.sendMessage(msg, toUserID, 0, sendConfig).then(({ message }) => {
    console.log('peer', message.messageID);
  }).catch((err) => {
    console.log(err);
  });
}

export function sendGroupMessage(zim: ZIM, toGroupID: string): void {
  const pushConfig: ZIMPushConfig = { title: 'Title', content: 'Content', payload: 'Payload', resourcesID: '' };
  const sendConfig: ZIMMessageSendConfig = { priority: 2, pushConfig };
  const msg: ZIMMessage = { type: 1, message: 'Group text' };
  zim.sendMessage(msg, toGroupID, 2, sendConfig).then(({ message }) => {
    console.log('group', message.messageID);
  }).catch((err) => {
    console.log(err);
  });
}

export function call(zim: ZIM, invitees: string[]): void {
  const pushConfig: ZIMPushConfig = { title: 'Title', content: 'Content', payload: 'Payload', resourcesID: '' };
  const callInviteConfig: ZIMCallInviteConfig = { timeout: 90, pushConfig };
  zim.callInvite(invitees, callInviteConfig).then(({ callID, timeout, errorInvitees }) => {
    console.log('call', callID, timeout, errorInvitees.length);
  }).catch((err) => {
    console.log(err);
  });
}

export function unregister(): void {
  ZPNs.getInstance().unregisterPush();
}
