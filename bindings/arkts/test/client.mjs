// What the tests of one client share: a test bed for the file, a client that is logged in, and a look at an error.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, afterEach, before } from 'node:test';
import { ZIM, ZIMError } from '@zego/ZIM';
import { Testbed } from './testbed.mjs';

/** The test bed of the tests in this file; its client ends with each test. */
export function service(flags) {
  const bed = new Testbed();
  before(async () => Object.assign(bed, await Testbed.start(flags)));
  after(() => bed.stop());
  afterEach(() => ZIM.getInstance()?.destroy());
  return bed;
}

/** The application with its server, for `ZIM.create`. */
export function app(bed) {
  return { appID: bed.app_id, serverURL: bed.url };
}

export async function online(bed, user) {
  const zim = ZIM.create(app(bed));
  await zim.login(user, { token: await bed.token(user) });
  return zim;
}

/** For `assert.rejects` and `assert.throws`: a ZIMError with this code, and this text in its message. */
export const failing = (code, text = '') => (error) => {
  assert.ok(error instanceof ZIMError, String(error));
  assert.equal(error.code, code, error.message);
  assert.ok(error.message.includes(text), error.message);
  return true;
};

/** Runs a program of its own that has `zim` and a token of carol; its status and what it printed. */
export async function program(bed, body) {
  const start = `import ZPNs from '@zego/ZPNs'; import { ZIM } from '@zego/ZIM';
    const zim = ZIM.create(${JSON.stringify(app(bed))});
    const token = ${JSON.stringify(await bed.token('carol'))};`;
  const options = { input: '', encoding: 'utf8', timeout: 30_000, cwd: new URL('.', import.meta.url).pathname };
  return spawnSync(process.execPath, ['--input-type=module', '-e', start + body], options);
}
