// Bob's phone. `register`: registers for push, logs in, and stays. `online`: comes back and tells what it gets; after a
// line on standard input it unregisters, logs out and ends by itself.
import ZPNs from '@zego/ZPNs';
import { ZIM } from '@zego/ZIM';
import { Events } from './testbed.mjs';

const [mode, text] = process.argv.slice(2);
const account = JSON.parse(text);
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

ZIM.setAdvancedConfig('platform', '3');
// What the device received and what it has yet to get is in its local store, as on a phone.
ZIM.setCacheConfig({ cachePath: account.cachePath });
const zim = ZIM.create({ appID: account.appID, serverURL: account.url });
ZPNs.setVendorChannel({ os: 'android', bundleID: account.bundleID, requestToken: async () => 'fcm-token-of-bob' });
ZPNs.setPushConfig({ enableFCMPush: true });
const zpns = ZPNs.getInstance();
const push = new Events(zpns, ['registered']);
const events = new Events(zim, ['peerMessageReceived', 'groupMessageReceived', 'callInvitationReceived']);
zpns.registerPush({});
const registered = await push.until('registered');
if (mode === 'register') {
  say(registered);
  await zim.login('bob', { token: account.token });
  say({ login: 'bob' });
  process.stdin.resume();
} else {
  await zim.login('bob', { token: account.token });
  await events.until('groupMessageReceived');
  await events.until('peerMessageReceived');
  const call = await events.until('callInvitationReceived');
  await zim.callAccept(call.callID, {});
  const texts = (name) => events.all.filter((event) => event.name === name)
    .flatMap((event) => event.data.messageList.map((message) => message.message));
  say({ peer: texts('peerMessageReceived'), group: texts('groupMessageReceived'), call: call.callID, caller: call.caller });
  process.stdin.once('data', async () => {
    zpns.unregisterPush();
    await zim.logout();
    say({ unregistered: true });
    // Neither client is destroyed: they do not keep the process.
    process.stdin.destroy();
  });
}
