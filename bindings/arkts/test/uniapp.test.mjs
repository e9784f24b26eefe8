// uni-app's package over a double of its bridge, which the real library is behind: each call, then the published samples
// end to end on a Xiaomi phone.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import Native, { ZPNsPushSourceType } from '@zego/ZPNs';
import { app, online, service } from './client.mjs';
import { call, sendGroupMessage, sendPeerMessage } from './dist/uniapp/sample.js';
import { Events, Lines } from './testbed.mjs';
import { install } from './uniapp/bridge.mjs';

const bed = service();
const store = mkdtempSync(join(tmpdir(), 'zim-uniapp-'));
after(() => rmSync(store, { recursive: true }));
afterEach(() => Native.getInstance().destroy());

/** The package, fresh, as in an app that starts on `phone`. */
let starts = 0;
async function start(phone) {
  const { calls } = install(phone && { ...phone, bundleID: bed.package });
  starts += 1;
  const lib = new URL('../../uniapp/js_sdk/dist/zego-ZPNsUniPlugin-JS/lib/', import.meta.url);
  const { ZPNs } = await import(new URL(`ZPNs.js?${starts}`, lib).href);
  return { ZPNs, calls };
}

// covers: F-22, F-30, F-33, F-53
test('each call crosses the bridge as it was made', async () => {
  const { ZPNs, calls } = await start({ manufacturer: 'Xiaomi' });
  const zpns = ZPNs.getInstance();
  assert.equal(ZPNs.getInstance(), zpns);
  assert.equal(await ZPNs.getVersion(), Native.getVersion());
  ZPNs.enableDebug(true);
  const switches = { enableFCMPush: false, enableHWPush: true, enableMiPush: true, enableOppoPush: true, enableVivoPush: true };
  ZPNs.setPushConfig(switches);
  zpns.applyNotificationPermission();
  zpns.applyNotificationPermission();
  const options = { iOSEnvironment: 1, iOSNotificationArrivedConfig: { isPresentAlert: true }, enableIOSVoIP: true };
  zpns.registerPush(options);
  const channel = { channelID: 'chat', channelName: 'Chat', androidSound: '/raw/ring' };
  zpns.createNotificationChannel(channel);
  const local = { title: 'T', content: 'C', payload: 'P', channelID: 'chat' };
  zpns.addLocalNotification(local);
  assert.deepEqual(calls.filter(([name]) => name !== 'getVersion'), [
    ['enableDebug', true],
    ['setPushConfig', switches],
    ['applyNotificationPermission', undefined],
    ['registerPush', options],
    ['createNotificationChannel', channel],
    ['addLocalNotification', local],
  ]);
  ZPNs.enableDebug(false);
});

// covers: F-27, F-31, F-41
test('the vendor follows the phone and the switches, and FCM wins', async () => {
  const zim = await online(bed, 'alice');
  const ids = new Set();
  const all = { enableHWPush: true, enableMiPush: true, enableOppoPush: true, enableVivoPush: true };
  for (const [manufacturer, more] of [['HUAWEI', {}], ['Xiaomi', {}], ['OPPO', {}], ['vivo', {}], ['HUAWEI', { enableFCMPush: true }]]) {
    const { ZPNs } = await start({ manufacturer });
    const zpns = ZPNs.getInstance();
    const events = new Events(zpns, ['registered']);
    ZPNs.setPushConfig({ ...all, ...more });
    zpns.registerPush();
    const { errorCode, pushID } = await events.until('registered');
    assert.equal(errorCode, 0, manufacturer);
    ids.add(pushID);
  }
  assert.equal(ids.size, 5, 'each is a device of its own');
  await zim.logout();
});

/** Registers on a phone and delivers `kinds` of its vendor; what the app is told, once there are `count` of them. */
async function told(phone, kinds, count) {
  const { ZPNs } = await start({ manufacturer: phone.manufacturer });
  const names = ['notificationArrived', 'throughMessageReceived', 'notificationClicked'];
  const events = new Events(ZPNs.getInstance(), names);
  phone.off?.forEach((event) => ZPNs.getInstance().off(event));
  ZPNs.setPushConfig(phone.config);
  ZPNs.getInstance().registerPush();
  const custom = { payload: 'P' };
  const message = { title: 'T', description: 'C', extra: custom, data: custom, dataOfMap: custom, ...custom };
  kinds.forEach((kind) => Native.getInstance().delivered(kind, phone.vendor, message));
  await events.until(kinds.at(-1), () => events.all.length >= count);
  assert.ok(events.all.every(({ data }) => data.extras.payload === 'P' && data.payload === 'P'));
  assert.ok(events.all.every(({ data }) => data.pushSourceType === phone.source), phone.vendor);
  return events.all.map(({ name }) => name);
}

// covers: F-24, F-25, F-26, F-28, F-29
test('events come from the vendors that have them, until off', async () => {
  const [arrived, through, clicked] = ['notificationArrived', 'throughMessageReceived', 'notificationClicked'];
  const xiaomi = { manufacturer: 'Xiaomi', vendor: 'xiaomi', source: ZPNsPushSourceType.XiaoMi, config: { enableMiPush: true } };
  const huawei = { manufacturer: 'HUAWEI', vendor: 'huawei', source: ZPNsPushSourceType.HuaWei, config: { enableHWPush: true } };
  const oppo = { manufacturer: 'OPPO', vendor: 'oppo', source: ZPNsPushSourceType.Oppo, config: { enableOppoPush: true } };
  const vivo = { manufacturer: 'vivo', vendor: 'vivo', source: ZPNsPushSourceType.Vivo, config: { enableVivoPush: true } };
  const google = { manufacturer: 'Google', vendor: 'fcm', source: ZPNsPushSourceType.FCM, config: { enableFCMPush: true } };
  const kinds = [arrived, through, clicked];
  assert.deepEqual(await told(xiaomi, kinds, 2), [arrived, clicked]);
  assert.deepEqual(await told(huawei, kinds, 2), [through, clicked]);
  assert.deepEqual(await told(oppo, kinds, 1), [clicked]);
  assert.deepEqual(await told(vivo, kinds, 1), [clicked]);
  assert.deepEqual(await told(google, [arrived, clicked, through], 1), [through]);
  assert.deepEqual(await told({ ...xiaomi, off: [arrived] }, kinds, 1), [clicked]);
});

test('without the native part nothing throws, and a registration fails with 6000404', async () => {
  const { ZPNs } = await start(null);
  const told = [];
  ZPNs.getInstance().on('registered', (message) => told.push(message));
  ZPNs.setPushConfig({ enableHWPush: true });
  ZPNs.enableDebug(true);
  ZPNs.getInstance().applyNotificationPermission();
  ZPNs.getInstance().registerPush();
  ZPNs.getInstance().unregisterPush();
  assert.equal(await ZPNs.getVersion(), '');
  assert.deepEqual(told.map(({ errorCode, pushID }) => [errorCode, pushID]), [[6000404, '']]);
});

async function phone(mode) {
  const program = fileURLToPath(new URL('uniapp/phone.mjs', import.meta.url));
  const account = { ...app(bed), bundleID: bed.package, token: await bed.token('bob'), cachePath: store };
  const child = spawn(process.execPath, [program, mode, JSON.stringify(account)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = new Lines(child.stdout);
  return { child, next: async () => JSON.parse((await lines.next()) ?? '"the phone ended"') };
}

// covers: F-24, F-33, F-41, F-43, F-45, F-46, F-48, F-49, F-50, F-51, F-52
test('the published samples: register, offline, three pushes, back online, unregister', { timeout: 120_000 }, async () => {
  const first = await phone('register');
  const registered = await first.next();
  assert.equal(registered.errorCode, 0);
  assert.match(registered.pushID, /^z1\./);
  assert.ok((await bed.debugPush(registered.pushID, 'of the chain')).delivered);
  await bed.wait('xiaomi', 1);
  await bed.ask('forget');
  const lost = once(first.child, 'exit');
  first.child.kill('SIGKILL');
  await lost;

  const zim = await online(bed, 'alice');
  const events = new Events(zim, ['callUserStateChanged']);
  sendPeerMessage(zim, 'bob');
  const { groupInfo } = await zim.createGroup({ groupName: 'Friday' }, ['bob']);
  sendGroupMessage(zim, groupInfo.baseInfo.groupID);
  call(zim, ['bob']);
  const pushes = await bed.wait('xiaomi', 3);
  assert.deepEqual(pushes.map((push) => [push.violation, push.body.title, push.body.payload]),
    Array(3).fill([null, 'Title', 'Payload']));

  const second = await phone('online');
  const got = await second.next();
  assert.deepEqual([got.peer, got.group], ['Message text', 'Group text']);
  await events.until('callUserStateChanged', ({ callID, callUserList }) =>
    callID === got.callID && callUserList.some((user) => user.userID === 'bob' && user.state === 2));
  second.child.stdin.write('unregister\n');
  assert.deepEqual(await second.next(), { unregistered: true });
  await bed.ask('forget');
  await zim.sendMessage({ type: 1, message: 'x' }, 'bob', 0, { priority: 1, pushConfig: { title: 'T', content: 'C' } });
  assert.deepEqual((await bed.ask('requests xiaomi')).requests, []);
});

// covers: F-42
test('the payload may have its name of before ZIM 2.5.0', async () => {
  const phone = await bed.ask('phone carol xiaomi');
  const zim = await online(bed, 'alice');
  await bed.ask('forget');
  const pushConfig = { title: 'T', content: 'C', extendedData: 'old' };
  await zim.sendMessage({ type: 1, message: 'x' }, 'carol', 0, { priority: 1, pushConfig });
  const [push] = await bed.wait('xiaomi', 1);
  assert.deepEqual([push.token, push.body.payload], [phone.vendor_token, 'old']);
});

// covers: F-01, F-03, F-05, F-13, F-15, F-16
test('the plug-in folder says what the documents say', () => {
  const folder = new URL('../../uniapp/zego-ZPNsUniPlugin/', import.meta.url);
  const plugin = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8'));
  assert.equal(plugin.id, 'zego-ZPNsUniPlugin');
  assert.equal(plugin.name, 'Zego ZPNs 离线推送 SDK');
  const { android, ios } = plugin._dp_nativeplugin;
  assert.deepEqual(Object.keys(android.parameters), ['api_key', 'app_id']);
  assert.equal(android.minSdkVersion, '23', 'Android 6.0');
  assert.equal(ios.deploymentTarget, '12.0');
  assert.equal(android.plugins[0].name, ios.plugins[0].name);
  assert.match(readFileSync(new URL('README.md', folder), 'utf8'), /HBuilder X 3\.0\.5/);
});

// covers: F-02, F-04, F-09, F-10, F-11, F-12, F-14, F-18, F-32, F-38
test('the README says what the documents say', () => {
  const text = readFileSync(new URL('../../uniapp/README.md', import.meta.url), 'utf8').replace(/\s+/g, ' ');
  const facts = [
    'ZIM for uni-app 2.2.0 or newer', 'iOS 12.0 or newer; a real device, no simulator', 'their licences do not let us pass them on',
    'Offline packaging is recommended', 'impossible; a registration with `enableFCMPush` answers 6000404',
    'not on the plug-in market', 'tick Push, do not tick uniPush', 'mainland China sets `enableFCMPush` to false',
    'A new major version of iOS may change', 'notification replacement | a Notification Service Extension | impossible',
  ];
  assert.deepEqual(facts.filter((fact) => !text.includes(fact)), []);
});
