// Bob's phone, a uni-app of the published samples. `register`: registers for push, logs in, and stays. `online`: comes
// back and tells what it gets; after a line on standard input it unregisters, logs out and ends by itself.
import { ZIM } from '@zego/ZIM';
import { listen, register, unregister } from '../dist/uniapp/sample.js';
import { Events } from '../testbed.mjs';
import { install } from './bridge.mjs';

const [mode, text] = process.argv.slice(2);
const account = JSON.parse(text);
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);
// The sample logs its registration.
const registered = new Promise((resolve) => {
  console.log = (what, pushID, errorCode) => what === 'registered' && resolve({ pushID, errorCode });
});

install({ manufacturer: 'Xiaomi', bundleID: account.bundleID });
ZIM.setAdvancedConfig('platform', '3');
ZIM.setCacheConfig({ cachePath: account.cachePath });
const zim = ZIM.create({ appID: account.appID, serverURL: account.serverURL });
const events = new Events(zim, ['peerMessageReceived', 'groupMessageReceived', 'callInvitationReceived']);
listen();
register();
await zim.login('bob', { token: account.token });
if (mode === 'register') {
  say(await registered);
  process.stdin.resume();
} else {
  const peer = await events.until('peerMessageReceived');
  const group = await events.until('groupMessageReceived');
  const { callID } = await events.until('callInvitationReceived');
  await zim.callReject(callID, {});
  const first = ({ messageList }) => messageList[0].message;
  say({ peer: first(peer), group: first(group), callID });
  process.stdin.once('data', async () => {
    unregister();
    await zim.logout();
    say({ unregistered: true });
    process.stdin.destroy();
  });
}
