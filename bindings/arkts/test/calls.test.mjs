// Calls and events of one client: values, order, many at once, a host that is slow.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { ZIM } from '@zego/ZIM';
import { app, failing, online, service } from './client.mjs';
import { Events, PEER, Peer } from './testbed.mjs';

const bed = service();

test('unicode, empty and large values arrive as they were sent', async () => {
  const bob = await Peer.login(bed, 'bob');
  const zim = await online(bed, 'alice');
  for (const message of ['Grüße 🐼 \u{1F468}‍👩‍👧 日本語', 'x'.repeat(2048)]) {
    await zim.sendMessage({ type: 1, message }, 'bob', 0, { priority: 1 });
    assert.equal(await bob.until('message'), `message alice ${message}`);
  }
  await assert.rejects(zim.sendMessage({ type: 1, message: '' }, 'bob', 0, {}), failing(6000001));
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
  const { message } = await zim.sendMessage({ type: 2, message: bytes }, 'bob', 0, {});
  assert.deepEqual(message.message, bytes);
  assert.equal(await bob.quit(), 0);
});

test('an attached message is told before the answer, in order with events', async () => {
  await (await Peer.login(bed, 'bob')).quit();
  const zim = await online(bed, 'alice');
  const told = [];
  zim.on('messageSentStatusChanged', (_, { infos }) => told.push(...infos.map((info) => info.status)));
  const notification = { onMessageAttached: (message) => told.push(`attached ${message.localMessageID > 0}`) };
  await zim.sendMessage({ type: 1, message: 'x' }, 'bob', 0, {}, notification).then(() => told.push('answer'));
  assert.equal(told[0], 'attached true');
  assert.ok(told.includes('answer'));
});

test('two hundred calls at once are each answered', async () => {
  const bob = await Peer.login(bed, 'bob');
  const zim = await online(bed, 'alice');
  const sends = Array.from({ length: 200 }, (_, index) =>
    zim.sendMessage({ type: 1, message: `n${index}` }, 'bob', 0, { priority: 1 }).then(({ message }) => message.message));
  assert.deepEqual(await Promise.all(sends), Array.from({ length: 200 }, (_, index) => `n${index}`));
  for (let index = 0; index < 200; index += 1) {
    assert.equal(await bob.until('message'), `message alice n${index}`);
  }
  await bob.quit();
});

test('a host that is busy loses nothing, and gets everything in order', async () => {
  const zim = await online(bed, 'alice');
  const events = new Events(zim, ['peerMessageReceived']);
  const texts = Array.from({ length: 300 }, (_, index) => `n${index}`);
  const sends = texts.map((text) => `send alice ${text}\n`).join('');
  const input = `login ${bed.url} ${bed.app_id} bob ${await bed.token('bob')}\n${sends}quit\n`;
  // Nothing runs here until bob has sent everything and is gone.
  const bob = spawnSync(process.execPath, [PEER], { input, encoding: 'utf8', timeout: 60_000 });
  assert.equal(bob.stdout.match(/^ok send/gm).length, texts.length);
  assert.equal(events.all.length, 0);
  await events.until('peerMessageReceived', ({ messageList }) => messageList.at(-1).message === texts.at(-1));
  const got = events.all.flatMap(({ data }) => data.messageList.map(({ message }) => message));
  assert.deepEqual(got, texts);
});

test('one listener per event, and off removes it', async () => {
  const zim = ZIM.create(app(bed));
  const told = [];
  zim.on('connectionStateChanged', () => told.push('first'));
  zim.on('connectionStateChanged', (client) => told.push(client === zim));
  await zim.login({ userID: 'alice', userName: 'Alice' }, await bed.token('alice'));
  assert.ok(told.length > 0 && told.every((entry) => entry === true), String(told));
  zim.off('connectionStateChanged');
  const before = told.length;
  await zim.logout();
  assert.equal(told.length, before);
});
