// The published samples of HarmonyOS, end to end: two users, the real server, the double of the vendor.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ZIM } from '@zego/ZIM';
import { notificationManager } from '@kit.NotificationKit';
import { app, online, service } from './client.mjs';
import { call, requestPermission, sendGroupMessage, sendPeerMessage } from './dist/sample.js';
import { Events, Lines } from './testbed.mjs';

const bed = service();
const install = mkdtempSync(join(tmpdir(), 'zim-phone-'));
after(() => rmSync(install, { recursive: true }));

// HarmonyOS's packages register at Push Kit; those of Node at what the app names, here FCM.
const isHarmonyOS = (process.env.NODE_OPTIONS ?? '').includes('--conditions=harmonyos');
const vendor = isHarmonyOS ? 'harmonyos' : 'fcm';

/** What a push shows and carries, and whom it is for, by vendor. */
const reads = {
  fcm: ({ body: { message } }) => ({ token: message.token, title: message.data.title ?? message.notification.title, data: message.data }),
  harmonyos: ({ body: { payload: { notification }, target } }) =>
    ({ token: target.token[0], title: notification.title, data: notification.clickAction.data }),
};

/** Bob's phone: a process of its own (`phone.mjs`), so that it can lose power. */
async function phone(mode) {
  const program = fileURLToPath(new URL('phone.mjs', import.meta.url));
  const account = { ...app(bed), vendor, url: bed.url, token: await bed.token('bob'), cachePath: install };
  const options = { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, BUNDLE_NAME: bed.package } };
  const child = spawn(process.execPath, [program, mode, JSON.stringify(account)], options);
  const lines = new Lines(child.stdout);
  const next = async () => {
    const line = await lines.next();
    assert.ok(line, 'the phone ended');
    return JSON.parse(line);
  };
  return { child, next };
}

// covers: E-06, E-12, E-13, E-14, E-19, E-20, E-22, E-23, E-24, E-25, E-26
test('register, offline, three pushes, back online, unregister', { timeout: 120_000 }, async () => {
  const first = await phone('register');
  const registered = await first.next();
  assert.equal(registered.errorCode, 0, registered.msg);
  assert.match(registered.pushID, /^z1\./);
  const debugged = await bed.debugPush(registered.pushID, 'of the chain');
  assert.ok(debugged.delivered, JSON.stringify(debugged));
  const [{ token: device }] = (await bed.wait(vendor, 1)).map(reads[vendor]);
  await bed.ask('forget');
  const lost = once(first.child, 'exit');
  first.child.kill('SIGKILL');
  await lost;

  const zim = await online(bed, 'alice');
  const events = new Events(zim, ['callUserStateChanged', 'messageSentStatusChanged']);
  sendPeerMessage(zim, 'bob');
  const { groupInfo } = await zim.createGroup({ groupName: 'Friday' }, ['bob']);
  sendGroupMessage(zim, groupInfo.baseInfo.groupID);
  call(zim, ['bob', 'nobody']);

  const pushes = await bed.wait(vendor, 3);
  assert.deepEqual(pushes.map((push) => push.violation), [null, null, null]);
  const sent = pushes.map(reads[vendor]);
  assert.equal(device, `${isHarmonyOS ? 'push-kit' : 'fcm'}-token`);
  assert.ok(sent.every((push) => push.token === device), JSON.stringify(sent));
  assert.deepEqual(sent.map((push) => [push.title, push.data.payload]), Array(3).fill(['Title', 'Payload']));
  const calls = sent.flatMap((push) => push.data.call_id ?? []);
  assert.equal(calls.length, 1, 'one push names the call');

  const second = await phone('online');
  const got = { peer: ['Message text'], group: ['Group text'], call: calls[0], caller: 'alice' };
  assert.deepEqual(await second.next(), got);
  await events.until('callUserStateChanged', ({ callUserList }) =>
    callUserList.some((user) => user.userID === 'bob' && user.state === 1));

  second.child.stdin.write('unregister\n');
  assert.deepEqual(await second.next(), { unregistered: true });
  assert.equal((await once(second.child, 'exit'))[0], 0, 'the process ends by itself');
  await bed.ask('forget');
  const pushConfig = { title: 'Alice', content: 'Still there?' };
  await zim.sendMessage({ type: 1, message: 'Still there?' }, 'bob', 0, { priority: 1, pushConfig });
  assert.deepEqual((await bed.ask(`requests ${vendor}`)).requests, [], 'no push after unregister and logout');
});

// covers: E-10, E-11
test('a refused permission leads to the settings', async () => {
  const context = { filesDir: '/data' };
  await requestPermission(context);
  notificationManager.refusal = 1600004;
  await requestPermission(context);
  assert.deepEqual(notificationManager.asked.map(([what]) => what),
    ['requestEnableNotification', 'requestEnableNotification', 'openNotificationSettings']);
  assert.ok(notificationManager.asked.every(([, asked]) => asked === context));
});

test('one client at a time', async () => {
  const zim = ZIM.create(app(bed));
  assert.equal(ZIM.create(app(bed)), null);
  assert.equal(ZIM.getInstance(), zim);
});
