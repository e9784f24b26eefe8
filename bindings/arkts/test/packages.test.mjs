// The npm packages as an app of Node gets them: packed, installed, type-checked, run.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { app, online, service } from './client.mjs';

const bed = service();
const binding = fileURLToPath(new URL('..', import.meta.url));
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const folder = mkdtempSync(join(tmpdir(), 'zim-npm-'));
after(() => rmSync(folder, { recursive: true }));

const PROGRAM = `
import ZPNs, { ZPNsErrorCode, type ZPNsRegisterMessage } from '@zego/ZPNs';
import { ZIM } from '@zego/ZIM';

declare const process: { argv: string[] };
const [appID, serverURL, token] = process.argv.slice(2);
const zpns = ZPNs.getInstance();
const told = new Promise<ZPNsRegisterMessage>((resolve) => zpns.on('registered', resolve));
ZPNs.setVendorChannel({ os: 'android', bundleID: 'im.example', requestToken: async () => 'token' });
ZPNs.setPushConfig({ enableFCMPush: true });
zpns.registerPush({});
const zim = ZIM.create({ appID: Number(appID), serverURL })!;
await zim.login('alice', { token });
const pushConfig = { title: 'Alice', content: 'Dinner?', payload: '' };
const { message } = await zim.sendMessage({ type: 1, message: 'Dinner?' }, 'bob', 0, { priority: 2, pushConfig });
console.log((await told).errorCode === ZPNsErrorCode.Success, message.message);
zim.destroy();
zpns.destroy();
`;

test('an app that installs the packages compiles with its own types and runs', async () => {
  const { NODE_OPTIONS, ...env } = process.env;
  const run = (file, parameters, cwd) => execFileSync(file, parameters, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  run('npm', ['pack', '--silent', '--workspaces', '--pack-destination', folder], binding);
  const archives = readdirSync(folder).map((name) => join(folder, name));
  assert.equal(archives.length, 3);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  run('npm', ['install', '--offline', '--no-audit', '--no-fund', '--silent', ...archives], folder);
  writeFileSync(join(folder, 'app.ts'), PROGRAM);
  run(process.execPath, [tsc, '--strict', '--target', 'es2022', '--module', 'nodenext', 'app.ts'], folder);
  const account = app(bed);
  await online(bed, 'bob');
  const printed = run(process.execPath, ['app.js', account.appID, account.serverURL, await bed.token('alice')].map(String), folder);
  assert.equal(printed, 'true Dinner?\n');
});
