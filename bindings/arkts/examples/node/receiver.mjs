// Receives texts and accepts calls until standard input ends.
//
//   node receiver.mjs URL APPID USER TOKEN
import { ZIM, ZIMConnectionState } from '@zego/ZIM';

const [serverURL, appID, user, token] = process.argv.slice(2);
const zim = ZIM.create({ appID: Number(appID), serverURL });

zim.on('connectionStateChanged', (_, { state }) => {
  if (state === ZIMConnectionState.Connected) {
    console.log('connected');
  }
});
zim.on('peerMessageReceived', (_, { messageList, fromConversationID }) => {
  messageList.forEach((message) => console.log(`${fromConversationID}: ${message.message}`));
});
zim.on('groupMessageReceived', (_, { messageList, fromConversationID }) => {
  messageList.forEach((message) => console.log(`${message.senderUserID} in ${fromConversationID}: ${message.message}`));
});
zim.on('messageRevokeReceived', (_, { messageList }) => {
  messageList.forEach((message) => console.log(`${message.operatedUserID} took back: ${message.originalTextMessageContent}`));
});
zim.on('callInvitationReceived', (_, { callID, inviter }) => {
  console.log(`${inviter} calls`);
  zim.callAccept(callID, {}).catch((error) => console.error(error.message));
});

await zim.login(user, { userName: user, token });
// A client does not keep the process: its input does.
process.stdin.resume().once('end', async () => {
  await zim.logout();
  zim.destroy();
});
