// A small whole program: reads commands on standard input, and plays one user.
//
//   login URL APPID USER TOKEN | send USER TEXT… | quit
import { createInterface } from 'node:readline';
import { ZIM } from '@zego/ZIM';

let zim = null;
const say = (line) => process.stdout.write(`${line}\n`);

const commands = {
  async login(url, appID, user, token) {
    zim = ZIM.create({ appID: Number(appID), serverURL: url });
    zim.on('peerMessageReceived', (_, { messageList, fromConversationID }) => {
      messageList.forEach((message) => say(`message ${fromConversationID} ${message.message}`));
    });
    await zim.login(user, { token });
    return 'ok login';
  },
  async send(user, ...words) {
    const { message } = await zim.sendMessage({ type: 1, message: words.join(' ') }, user, 0, { priority: 1 });
    return `ok send ${message.messageID}`;
  },
  async quit() {
    await zim?.logout();
    zim?.destroy();
    return 'ok quit';
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const [command, ...words] = line.split(' ');
  try {
    say(await commands[command](...words));
  } catch (error) {
    say(`error ${error.code ?? 1} ${error.message}`);
  }
  if (command === 'quit') {
    process.exit(0);
  }
}
