// Sends one text, pushed to the receiver's devices if they are offline.
//
//   node sender.mjs URL APPID USER TOKEN RECEIVER TEXT
import { ZIM, ZIMMessagePriority, ZIMMessageType } from '@zego/ZIM';

const [serverURL, appID, user, token, receiver, text] = process.argv.slice(2);
const zim = ZIM.create({ appID: Number(appID), serverURL });
try {
  await zim.login(user, { userName: user, token });
  const pushConfig = { title: user, content: text, payload: JSON.stringify({ from: user }) };
  const config = { priority: ZIMMessagePriority.Medium, pushConfig };
  const { message } = await zim.sendMessage({ type: ZIMMessageType.Text, message: text }, receiver, 0, config);
  console.log(`sent ${message.messageID}`);
  await zim.logout();
} catch (error) {
  // A ZIMError: `code` is one of ZIMErrorCode.
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 1;
} finally {
  zim.destroy();
}
