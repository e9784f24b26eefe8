// Bob's phone, an app of the published samples. `register`: registers for push, logs in, and stays. `online`: comes back
// and tells what it gets; after a line on standard input it unregisters, logs out and ends by itself.
import ZPNs from '@zego/ZPNs';
import { ZIM } from '@zego/ZIM';
import { register, unregister } from './dist/sample.js';
import { Events } from './testbed.mjs';

const [mode, text] = process.argv.slice(2);
const account = JSON.parse(text);
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);
// The sample logs its registration.
const registered = new Promise((resolve) => {
  console.log = (what, errorCode, msg, pushID) => what === 'registered' && resolve({ errorCode, msg, pushID });
});

ZIM.setAdvancedConfig('platform', account.vendor === 'harmonyos' ? '10' : '3');
// What the device received and what it has yet to get is in its local store, as on a phone.
ZIM.setCacheConfig({ cachePath: account.cachePath });
const zim = ZIM.create({ appID: account.appID, serverURL: account.url });
if (account.vendor === 'fcm') {
  ZPNs.setVendorChannel({ os: 'android', bundleID: process.env.BUNDLE_NAME, requestToken: async () => 'fcm-token' });
  ZPNs.setPushConfig({ enableFCMPush: true });
}
const events = new Events(zim, ['peerMessageReceived', 'groupMessageReceived', 'callInvitationReceived']);
register();
await zim.login('bob', { token: account.token });
if (mode === 'register') {
  say(await registered);
  process.stdin.resume();
} else {
  await events.until('groupMessageReceived');
  await events.until('peerMessageReceived');
  const call = await events.until('callInvitationReceived');
  await zim.callAccept(call.callID, {});
  const texts = (name) => events.all.filter((event) => event.name === name)
    .flatMap((event) => event.data.messageList.map((message) => message.message));
  say({ peer: texts('peerMessageReceived'), group: texts('groupMessageReceived'), call: call.callID, caller: call.caller });
  process.stdin.once('data', async () => {
    unregister();
    await zim.logout();
    say({ unregistered: true });
    // Neither client is destroyed: they do not keep the process.
    process.stdin.destroy();
  });
}
