// Recall in the published TypeScript API, as an app writes it.
import type { ZIM, ZIMMessage, ZIMMessageRevokeConfig, ZIMMessageRevokedResult, ZIMRevokeMessage } from '@zego/ZIM';

/** Tells `shown` of each recall by somebody else. */
export function listen(zim: ZIM, shown: (message: ZIMRevokeMessage) => void): void {
  zim.on('messageRevokeReceived', (_, { messageList }) => messageList.forEach(shown));
}

export function recall(zim: ZIM, message: ZIMMessage): Promise<ZIMMessage> {
  const pushConfig = { title: 'Title', content: 'Content', payload: 'Payload' };
  const config: ZIMMessageRevokeConfig = { revokeExtendedData: 'typo', pushConfig };
  return zim.revokeMessage(message, config).then((result: ZIMMessageRevokedResult) => result.message);
}

/** Up to 2.29 the push of a recall was called `config`. */
export function recallAsBefore(zim: ZIM, message: ZIMMessage): Promise<ZIMMessage> {
  return zim.revokeMessage(message, { config: { title: 'Title', content: 'Content' } }).then(({ message }) => message);
}
