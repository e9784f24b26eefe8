// Life of a client: destruction at any time, processes and worker threads around it, nothing left behind.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { ZIM } from '@zego/ZIM';
import { app, failing, online, program, service } from './client.mjs';

const bed = service();

test('destroy in a listener ends everything, and calls under way are refused', async () => {
  const zim = ZIM.create(app(bed));
  let after = 0;
  const login = zim.login('alice', { token: await bed.token('alice') });
  const destroyed = new Promise((resolve) => {
    zim.on('connectionStateChanged', () => {
      after += 1;
      zim.destroy();
      resolve();
    });
  });
  await assert.rejects(login, failing(6000002));
  await destroyed;
  assert.equal(after, 1);
  assert.equal(ZIM.getInstance(), null);
  await assert.rejects(zim.logout(), failing(6000002));
  zim.destroy();
});

test('a logged-in client does not keep the process alive', async () => {
  const { status, stdout } = await program(bed, `ZPNs.getInstance().on('registered', () => {});
    zim.on('connectionStateChanged', () => {});
    await zim.login('carol', { token }); console.log('in');`);
  assert.equal(stdout, 'in\n');
  assert.equal(status, 0);
});

test('what a listener throws is an uncaught exception, and later events come', async () => {
  const { stdout, status } = await program(bed, `
    process.on('uncaughtException', (error) => console.log('caught', error.message));
    let count = 0;
    zim.on('connectionStateChanged', () => { count += 1; throw new Error('mine'); });
    await zim.login('carol', { token }); await new Promise((done) => setImmediate(done));
    console.log('events', count > 1);`);
  assert.equal(status, 0);
  assert.ok(stdout.includes('caught mine') && stdout.includes('events true'), stdout);
});

test('a worker thread has clients of its own', async () => {
  const zim = await online(bed, 'alice');
  const url = new URL('worker.mjs', import.meta.url);
  const workerData = { appID: bed.app_id, url: bed.url, token: await bed.token('dave') };
  for (let round = 0; round < 3; round += 1) {
    const worker = new Worker(url, { workerData });
    const answer = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
    assert.equal(answer, 'dave');
    await worker.terminate();
  }
  assert.equal((await zim.querySelfUserInfo()).selfUserInfo.userFullInfo.baseInfo.userID, 'alice');
});

/** Open files and threads of this process. */
const held = () => ['/proc/self/fd', '/proc/self/task'].map((folder) => readdirSync(folder).length);

test('a thousand rounds of create, login and destroy hold no memory, file or thread', { timeout: 120_000 }, async () => {
  const token = await bed.token('alice');
  const round = async () => {
    const zim = ZIM.create(app(bed));
    zim.on('connectionStateChanged', () => {});
    await zim.login('alice', { token });
    zim.destroy();
  };
  for (let index = 0; index < 200; index += 1) await round();
  const [memory, [files, threads]] = [process.memoryUsage().rss, held()];
  for (let index = 0; index < 1000; index += 1) await round();
  const grown = process.memoryUsage().rss - memory;
  assert.ok(grown < 64 << 20, `grew by ${grown} bytes`);
  // The threads of the last clients end beside this one.
  const deadline = performance.now() + 10_000;
  let [filesNow, threadsNow] = held();
  while ((filesNow > files + 4 || threadsNow > threads + 2) && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    [filesNow, threadsNow] = held();
  }
  assert.ok(filesNow <= files + 4, `${filesNow} files after ${files}`);
  assert.ok(threadsNow <= threads + 2, `${threadsNow} threads after ${threads}`);
});
