// Errors: every published code by name and number, and which one a call answers.
import assert from 'node:assert/strict';
import { appendFileSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ZPNsErrorCode } from '@zego/ZPNs';
import { ZIM, ZIMError, ZIMErrorCode } from '@zego/ZIM';
import { app, failing, online, service } from './client.mjs';

const bed = service();

/** The entries of one table of `api/errors.toml`. */
function published(table) {
  const text = readFileSync(new URL('../../../api/errors.toml', import.meta.url), 'utf8');
  const [, entries] = new RegExp(`^${table} = \\[\n(.*?)^\\]`, 'ms').exec(text);
  return [...entries.matchAll(/code = (\d+), name = "(\w+)"/g)].map(([, code, name]) => [name, Number(code)]);
}

test('every published code is there by name and number', () => {
  const zim = published('zim');
  assert.ok(zim.length > 170, String(zim.length));
  assert.deepEqual(Object.entries(ZIMErrorCode), zim);
  assert.deepEqual(Object.entries(ZPNsErrorCode), published('zpns'));
  assert.ok(Object.isFrozen(ZIMErrorCode));
});

test('errors have their published number and name the parameter', async () => {
  assert.throws(() => ZIM.create(0), failing(6000003, 'appID'));
  assert.throws(() => ZIM.create({ appID: 1, appSign: 'short' }), failing(6000001, 'appSign'));
  const zim = ZIM.create(app(bed));
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
  await assert.rejects(zim.updateUserBadge(-1), failing(6000001, 'badge'));
  const cycle = {};
  cycle.message = cycle;
  await assert.rejects(zim.sendMessage(cycle, 'bob', 0, {}), failing(6000001, 'sendMessage'));
});

// covers: E-03
test('an app may log in by its AppSign, and a wrong one is refused', async () => {
  const zim = ZIM.create({ ...app(bed), appSign: bed.app_sign });
  await zim.login('erin', {});
  assert.equal((await zim.querySelfUserInfo()).selfUserInfo.userFullInfo.baseInfo.userID, 'erin');
  zim.destroy();
  const wrong = ZIM.create({ ...app(bed), appSign: '0'.repeat(64) });
  await assert.rejects(wrong.login('erin', {}), ZIMError);
});

test('undefined is as good as absent', async () => {
  const zim = await online(bed, 'alice');
  const { groupInfo } = await zim.createGroup({ groupName: undefined, groupID: 'team' }, [], undefined);
  assert.equal(groupInfo.baseInfo.groupID, 'team');
});

// covers: E-04, F-06
test('an application that is switched off at the server refuses its users with the published code', async () => {
  appendFileSync(bed.config_file, '\n[[app]]\nid = 7\nserver_secret = "0123456789abcdef0123456789abcdef"\nenabled = false\n');
  await bed.ask('kill');
  await bed.ask('restart');
  const zim = ZIM.create({ ...app(bed), appID: 7 });
  await assert.rejects(zim.login('alice', { token: await bed.token('alice') }), failing(6000014));
});
