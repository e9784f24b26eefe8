// The published HarmonyOS sample, end to end: two users, the real server, a double of FCM.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ZIM, ZIMMessagePriority, ZIMMessageType } from '@zego/ZIM';
import { Events, Testbed } from './testbed.mjs';

let bed;
const install = mkdtempSync(join(tmpdir(), 'zim-phone-'));
before(async () => {
  bed = await Testbed.start();
});
after(async () => {
  await bed.stop();
  rmSync(install, { recursive: true });
});

/** Bob's phone: a process of its own (`phone.mjs`), so that it can lose power. */
async function phone(mode) {
  const program = fileURLToPath(new URL('phone.mjs', import.meta.url));
  const token = await bed.token('bob');
  const account = JSON.stringify({ url: bed.url, appID: bed.app_id, bundleID: bed.package, token, cachePath: install });
  const child = spawn(process.execPath, [program, mode, account], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value } = await lines.next();
    assert.ok(value, 'the phone ended');
    return JSON.parse(value);
  };
  return { child, next };
}

// covers: E-13, E-14, E-19, E-20, E-22, E-24
test('the story', { timeout: 120_000 }, async () => {
  const first = await phone('register');
  const registered = await first.next();
  assert.equal(registered.errorCode, 0, registered.msg);
  assert.notEqual(registered.pushID, '');
  assert.deepEqual(await first.next(), { login: 'bob' });
  const lost = once(first.child, 'exit');
  first.child.kill('SIGKILL');
  await lost;

  const zim = ZIM.create({ appID: bed.app_id, serverURL: bed.url });
  assert.equal(ZIM.create({ appID: bed.app_id }), null, 'one at a time');
  assert.equal(ZIM.getInstance(), zim);
  const events = new Events(zim, ['connectionStateChanged', 'messageSentStatusChanged', 'callUserStateChanged']);
  await zim.login('alice', { userName: 'Alice', token: await bed.token('alice') });

  const pushConfig = { title: 'Alice', content: 'Dinner?', payload: '{"chat":"alice"}' };
  const sendConfig = { priority: ZIMMessagePriority.Medium, pushConfig };
  const { message } = await zim.sendMessage({ type: 1, message: 'Dinner?' }, 'bob', 0, sendConfig);
  assert.equal(message.type, ZIMMessageType.Text);
  assert.ok(Number.isSafeInteger(message.messageID) && message.messageID > 0);
  const { groupInfo } = await zim.createGroup({ groupName: 'Friday' }, ['bob']);
  await zim.sendMessage({ type: 1, message: 'Table at eight' }, groupInfo.baseInfo.groupID, 2, sendConfig);
  const call = await zim.callInvite(['bob', 'nobody'], { timeout: 90, pushConfig });
  assert.equal(call.timeout, 90);
  assert.deepEqual(call.errorInvitees.map((user) => user.userID), ['nobody']);
  assert.deepEqual(call.errorUserList.map((user) => user.userID), ['nobody']);

  const pushes = await bed.wait('fcm', 3);
  assert.deepEqual(pushes.map((push) => push.violation), [null, null, null]);
  assert.ok(pushes.every((push) => push.token === 'fcm-token-of-bob'));
  const sent = pushes.map((push) => push.body.message.data);
  assert.equal(sent.filter((data) => data.call_id === call.callID).length, 1, 'one push names the call');
  assert.ok(sent.every((data) => data.payload === pushConfig.payload));

  const second = await phone('online');
  const got = await second.next();
  assert.deepEqual(got, { peer: ['Dinner?'], group: ['Table at eight'], call: call.callID, caller: 'alice' });
  await events.until('callUserStateChanged', ({ callUserList }) =>
    callUserList.some((user) => user.userID === 'bob' && user.state === 1));

  second.child.stdin.write('unregister\n');
  assert.deepEqual(await second.next(), { unregistered: true });
  assert.equal((await once(second.child, 'exit'))[0], 0, 'the process ends by itself');
  await bed.ask('forget');
  await zim.sendMessage({ type: 1, message: 'Still there?' }, 'bob', 0, sendConfig);
  assert.deepEqual((await bed.ask('requests fcm')).requests, [], 'no push after unregister and logout');
  await zim.logout();
  zim.destroy();
});
