// Recalled messages: the answer of the sender, the event of the receiver, online and after it was away, and refusals.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ZIMErrorCode, ZIMMessageRevokeStatus, ZIMMessageType, ZIMRevokeType } from '@zego/ZIM';
import { app, failing, online, service } from './client.mjs';
import { recall, recallAsBefore } from './dist/recall.js';
import { Events, Lines } from './testbed.mjs';

const bed = service();
const store = mkdtempSync(join(tmpdir(), 'zim-recall-'));
const devices = [];
after(() => {
  devices.forEach((device) => device.kill('SIGKILL'));
  rmSync(store, { recursive: true });
});
const { Text, Revoke } = ZIMMessageType;

/** Bob's device (`reader.mjs`), logged in. */
async function bob() {
  const program = fileURLToPath(new URL('reader.mjs', import.meta.url));
  const account = { ...app(bed), token: await bed.token('bob'), cachePath: store };
  const child = spawn(process.execPath, [program, JSON.stringify(account)], { stdio: ['pipe', 'pipe', 'inherit'] });
  devices.push(child);
  const lines = new Lines(child.stdout);
  const until = async (what, messageID) => {
    for (;;) {
      const line = await lines.next();
      assert.ok(line, `the device ended before ${what}`);
      const told = JSON.parse(line);
      if (what in told && told[what].messageID === messageID) {
        return told;
      }
    }
  };
  const lose = async () => {
    const lost = once(child, 'exit');
    child.kill('SIGKILL');
    await lost;
  };
  return { until, lose };
}

const send = async (zim, message, receiver = 'bob') =>
  (await zim.sendMessage({ type: Text, message }, receiver, 0, { priority: 1 })).message;

test('a recalled message changes for both, online and after the receiver was away', { timeout: 120_000 }, async () => {
  const zim = await online(bed, 'alice');
  const events = new Events(zim, ['messageRevokeReceived']);
  const first = await bob();
  await first.until('in');
  const wrong = await send(zim, 'wrong');
  await first.until('got', wrong.messageID);

  const left = await recall(zim, wrong);
  assert.equal(left.type, Revoke);
  const place = ({ messageID, localMessageID, messageSeq, orderKey, timestamp, senderUserID }) =>
    ({ messageID, localMessageID, messageSeq, orderKey, timestamp, senderUserID });
  assert.deepEqual(place(left), place(wrong));
  const { revokeTimestamp, ...why } = Object.fromEntries(
    Object.entries(left).filter(([name]) => /^(revoke|operated|original)/.test(name)));
  assert.ok(revokeTimestamp >= wrong.timestamp);
  assert.deepEqual(why, {
    revokeType: ZIMRevokeType.TwoWay,
    operatedUserID: 'alice',
    originalMessageType: Text,
    originalTextMessageContent: 'wrong',
    revokeExtendedData: 'typo',
    revokeStatus: ZIMMessageRevokeStatus.SelfRevoke,
  });
  const told = await first.until('recalled', wrong.messageID);
  assert.deepEqual({ ...told.recalled, ...why, revokeTimestamp }, told.recalled);
  assert.deepEqual(told.history, [Revoke]);
  const { messageList } = await zim.queryHistoryMessage('bob', 0, { count: 10, reverse: true });
  assert.deepEqual(messageList, [left]);

  await first.lose();
  const later = await send(zim, 'later');
  await recall(zim, later);
  const second = await bob();
  const back = await second.until('recalled', later.messageID);
  assert.equal(back.recalled.originalTextMessageContent, 'later');
  assert.deepEqual(back.history, [Revoke, Revoke]);
  await second.lose();
  assert.equal(events.all.length, 0, 'the answer tells the sender');
});

test('a second recall and what was never sent are refused', async () => {
  (await online(bed, 'bob')).destroy();
  const alice = await online(bed, 'alice');
  const message = await send(alice, 'once');
  const left = await recall(alice, message);
  await assert.rejects(recall(alice, message), failing(6000279));
  await assert.rejects(recall(alice, left), failing(ZIMErrorCode.MessageModuleMessageHasBeenRevoked));
  await assert.rejects(recall(alice, { type: Text, message: 'never sent' }), failing(6000001, 'message'));
  await assert.rejects(alice.revokeMessage(undefined), failing(6000001, 'message'));
});

test('a recall has a push of its own, by its name of before 3.0.0 too', async () => {
  await bed.ask('phone carol fcm');
  const zim = await online(bed, 'alice');
  const [first, second] = [await send(zim, 'one', 'carol'), await send(zim, 'two', 'carol')];
  await bed.ask('forget');
  await recall(zim, first);
  await bed.wait('fcm', 1);
  await recallAsBefore(zim, second);
  const pushes = await bed.wait('fcm', 2);
  assert.deepEqual(pushes.map(({ violation }) => violation), [null, null]);
  assert.deepEqual(pushes.map(({ body: { message } }) => message.data.title ?? message.notification.title), ['Title', 'Title']);
});
