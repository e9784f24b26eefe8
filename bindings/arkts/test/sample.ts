// The published HarmonyOS sample; `tsc --strict` checks it against the declarations.
// covers: E-09, E-13, E-14, E-16, E-17, E-18, E-19, E-20, E-21, E-22
import ZPNs, { ZPNsRegisterMessage } from '@zego/ZPNs';
import { ZIM, ZIMCallInviteConfig, ZIMMessage, ZIMMessageSendConfig, ZIMPushConfig } from '@zego/ZIM';

export function register(): void {
  try {
    ZPNs.getInstance().on('registered', (message: ZPNsRegisterMessage) => {
      const code: number = message.errorCode;
      const texts: string[] = [message.msg, message.pushID];
      console.log(code, texts);
    });
    ZPNs.getInstance().registerPush({});
  } catch (e) {
    console.log(e);
  }
}

export function send(zim: ZIM, toUserID: string, toGroupID: string): void {
  const pushConfig: ZIMPushConfig = { title: 'title', content: 'content', payload: 'payload', resourcesID: 'id' };
  const sendConfig: ZIMMessageSendConfig = { priority: 2, pushConfig };
  const msg: ZIMMessage = { type: 1, message: 'text' };
  zim.sendMessage(msg, toUserID, 0, sendConfig)
    .then(({ message }) => console.log(message.messageID))
    .catch((err) => console.log(err));
  zim.sendMessage(msg, toGroupID, 2, sendConfig).catch((err) => console.log(err));
}

export function call(zim: ZIM, invitees: string[]): void {
  const pushConfig: ZIMPushConfig = { title: 'title', content: 'content', payload: 'payload' };
  const callInviteConfig: ZIMCallInviteConfig = { timeout: 90, pushConfig };
  zim.callInvite(invitees, callInviteConfig)
    .then(({ callID, timeout, errorInvitees }) => console.log(callID, timeout, errorInvitees.length))
    .catch((err) => console.log(err));
  zim.on('callInvitationReceived', (_, { callID, inviter }) => {
    console.log(inviter);
    zim.callAccept(callID, { extendedData: '' }).catch((err) => console.log(err));
  });
}

export function unregister(): void {
  ZPNs.getInstance().unregisterPush();
}
