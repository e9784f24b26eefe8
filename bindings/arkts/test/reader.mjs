// Bob's device: a line when it is logged in, for each message it gets and each recall, until it is killed. Its local store outlives it.
import { ZIM } from '@zego/ZIM';
import { listen } from './dist/recall.js';

const { appID, serverURL, token, cachePath } = JSON.parse(process.argv[2]);
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

ZIM.setCacheConfig({ cachePath });
const zim = ZIM.create({ appID, serverURL });
zim.on('peerMessageReceived', (_, { messageList }) => messageList.forEach((message) => say({ got: message })));
listen(zim, async (recalled) => {
  const { messageList } = await zim.queryHistoryMessage('alice', 0, { count: 10, reverse: true });
  say({ recalled, history: messageList.map(({ type }) => type) });
});
await zim.login('bob', { token });
say({ in: {} });
process.stdin.resume();
