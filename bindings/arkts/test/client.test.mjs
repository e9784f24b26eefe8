// One client against the real server: errors, listeners, values, concurrency, life cycle.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, afterEach, before, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import ZPNs from '@zego/ZPNs';
import { ZIM, ZIMError, ZIMErrorCode, ZPNsErrorCode } from '@zego/ZIM';
import { Events, Peer, Testbed } from './testbed.mjs';

let bed;
before(async () => {
  bed = await Testbed.start();
});
after(() => bed.stop());
afterEach(() => ZIM.getInstance()?.destroy());

async function online(user) {
  const zim = ZIM.create({ appID: bed.app_id, serverURL: bed.url });
  await zim.login(user, { token: await bed.token(user) });
  return zim;
}

const failing = (code, text = '') => (error) => {
  assert.ok(error instanceof ZIMError);
  assert.equal(error.code, code);
  assert.ok(error.message.includes(text), error.message);
  return true;
};

test('errors have their published number and name the parameter', async () => {
  assert.equal(ZIMErrorCode.CommonModuleParamsInvalid, 6000001);
  assert.equal(ZIMErrorCode.NetworkModuleUserIsNotLogged, 6000121);
  assert.equal(ZPNsErrorCode.UnregisterFailed, 6000405);
  assert.throws(() => ZIM.create(0), failing(6000003, 'appID'));
  assert.throws(() => ZIM.create({ appID: 1, appSign: 'short' }), failing(6000001, 'appSign'));
  const zim = ZIM.create({ appID: bed.app_id, serverURL: bed.url });
  await assert.rejects(zim.joinGroup('g'), failing(6000121));
  await assert.rejects(zim.login('alice', { token: '04AAAA' }), failing(6000103));
  await zim.login('alice', { token: await bed.token('alice') });
  const text = { type: 1, message: 'x' };
  await assert.rejects(zim.sendMessage({ message: 'x' }, 'bob', 0, {}), failing(6000001, 'type'));
  await assert.rejects(zim.sendMessage(text, 'bob', 77, {}), failing(6000001, 'conversationType'));
  await assert.rejects(zim.sendMessage(text, 'bob', 0, { priority: 'high' }), failing(6000001, 'priority'));
  await assert.rejects(zim.sendMessage(text, 'bob', 0, { pushConfig: { title: 7 } }), failing(6000001, 'title'));
  await assert.rejects(zim.sendMessage({ ...text, messageID: 2 ** 53 }, 'bob', 0, {}), failing(6000001, 'messageID'));
  await assert.rejects(zim.sendMessage({ ...text, messageID: 1.5 }, 'bob', 0, {}), failing(6000001, 'messageID'));
  await assert.rejects(zim.sendMessage(text, 'nobody', 0, {}), failing(6000204));
  await assert.rejects(zim.callAccept(undefined, {}), failing(6000001, 'callID'));
  const { groupInfo } = await zim.createGroup({ groupName: undefined, groupID: 'team' }, [], undefined);
  assert.equal(groupInfo.baseInfo.groupID, 'team', 'undefined is as good as absent');
  await assert.rejects(zim.updateUserBadge(-1), failing(6000001, 'badge'));
  const cycle = {};
  cycle.message = cycle;
  await assert.rejects(zim.sendMessage(cycle, 'bob', 0, {}), failing(6000001, 'sendMessage'));
});

// covers: E-03
test('an app may log in by its AppSign, and a wrong one is refused', async () => {
  const zim = ZIM.create({ appID: bed.app_id, appSign: bed.app_sign, serverURL: bed.url });
  await zim.login('erin', {});
  assert.equal((await zim.querySelfUserInfo()).selfUserInfo.userFullInfo.baseInfo.userID, 'erin');
  zim.destroy();
  const wrong = ZIM.create({ appID: bed.app_id, appSign: '0'.repeat(64), serverURL: bed.url });
  await assert.rejects(wrong.login('erin', {}), ZIMError);
});

test('unicode, empty and large values arrive as they were sent', async () => {
  const bob = await Peer.login(bed, 'bob');
  const zim = await online('alice');
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
  const zim = await online('alice');
  const told = [];
  zim.on('messageSentStatusChanged', (_, { infos }) => told.push(...infos.map((info) => info.status)));
  const notification = { onMessageAttached: (message) => told.push(`attached ${message.localMessageID > 0}`) };
  await zim.sendMessage({ type: 1, message: 'x' }, 'bob', 0, {}, notification).then(() => told.push('answer'));
  assert.equal(told[0], 'attached true');
  assert.ok(told.includes('answer'));
});

test('two hundred calls at once are each answered', async () => {
  const bob = await Peer.login(bed, 'bob');
  const zim = await online('alice');
  const sends = Array.from({ length: 200 }, (_, index) =>
    zim.sendMessage({ type: 1, message: `n${index}` }, 'bob', 0, { priority: 1 }).then(({ message }) => message.message));
  assert.deepEqual(await Promise.all(sends), Array.from({ length: 200 }, (_, index) => `n${index}`));
  for (let index = 0; index < 200; index += 1) {
    assert.equal(await bob.until('message'), `message alice n${index}`);
  }
  await bob.quit();
});

test('destroy in a listener ends everything, and calls under way are refused', async () => {
  const zim = ZIM.create({ appID: bed.app_id, serverURL: bed.url });
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

test('one listener per event, and off removes it', async () => {
  const zim = ZIM.create({ appID: bed.app_id, serverURL: bed.url });
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

/** A program of its own; what it printed. */
async function program(body) {
  const start = `import ZPNs from '@zego/ZPNs'; import { ZIM } from '@zego/ZIM';
    const zim = ZIM.create({ appID: ${bed.app_id}, serverURL: ${JSON.stringify(bed.url)} });
    const token = ${JSON.stringify(await bed.token('carol'))};`;
  const options = { input: '', encoding: 'utf8', timeout: 30_000, cwd: new URL('.', import.meta.url).pathname };
  return spawnSync(process.execPath, ['--input-type=module', '-e', start + body], options);
}

test('a logged-in client does not keep the process alive', async () => {
  const { status, stdout } = await program(`ZPNs.getInstance().on('registered', () => {});
    zim.on('connectionStateChanged', () => {});
    await zim.login('carol', { token }); console.log('in');`);
  assert.equal(stdout, 'in\n');
  assert.equal(status, 0);
});

test('what a listener throws is an uncaught exception, and later events come', async () => {
  const { stdout, status } = await program(`
    process.on('uncaughtException', (error) => console.log('caught', error.message));
    let count = 0;
    zim.on('connectionStateChanged', () => { count += 1; throw new Error('mine'); });
    await zim.login('carol', { token }); await new Promise((done) => setImmediate(done));
    console.log('events', count > 1);`);
  assert.equal(status, 0);
  assert.ok(stdout.includes('caught mine') && stdout.includes('events true'), stdout);
});

test('a worker thread has clients of its own', async () => {
  const zim = await online('alice');
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

// covers: E-13, E-15
test('push: misuse throws, failures come as an event', async () => {
  const zpns = ZPNs.getInstance();
  const events = new Events(zpns, ['registered']);
  assert.throws(() => zpns.unregisterPush(), failing(6000405));
  assert.throws(() => zpns.unRegisterPush(), failing(6000405));
  assert.throws(() => zpns.registerPush({ appType: 'two' }), failing(6000001, 'appType'));
  zpns.registerPush({});
  assert.equal((await events.until('registered')).errorCode, 6000404, 'no vendor on this device');
  const refusing = { os: 'android', bundleID: 'im.example', requestToken: () => Promise.reject(Object.assign(new Error('vendor says no'), { code: 6000403 })) };
  ZPNs.setVendorChannel(refusing);
  ZPNs.setPushConfig({ enableFCMPush: true });
  zpns.registerPush({});
  assert.ok((await events.until('registered', ({ errorCode }) => errorCode === 6000403)).msg.includes('vendor says no'));
  zpns.destroy();
});

test('a thousand rounds of create, call and destroy hold no memory', { timeout: 120_000 }, async () => {
  const round = async () => {
    const zim = ZIM.create({ appID: bed.app_id, serverURL: bed.url });
    zim.on('connectionStateChanged', () => {});
    await assert.rejects(zim.querySelfUserInfo(), failing(6000121));
    zim.destroy();
  };
  for (let index = 0; index < 200; index += 1) await round();
  const before = process.memoryUsage().rss;
  for (let index = 0; index < 1000; index += 1) await round();
  const grown = process.memoryUsage().rss - before;
  assert.ok(grown < 64 << 20, `grew by ${grown} bytes`);
});
