// The example programs: one receives what the other sends.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { service } from './client.mjs';
import { Lines } from './testbed.mjs';

const bed = service();
const example = (name) => fileURLToPath(new URL(`../examples/node/${name}.mjs`, import.meta.url));

test('receiver and sender', async () => {
  const account = async (user) => [bed.url, String(bed.app_id), user, await bed.token(user)];
  const options = { stdio: ['pipe', 'pipe', 'inherit'] };
  const receiver = spawn(process.execPath, [example('receiver'), ...(await account('bob'))], options);
  const lines = new Lines(receiver.stdout);
  assert.equal(await lines.next(), 'connected');
  const sender = [example('sender'), ...(await account('alice'))];
  const sent = spawnSync(process.execPath, [...sender, 'bob', 'Grüße 🐼'], { encoding: 'utf8' });
  assert.match(sent.stdout + sent.stderr, /^sent \d+\n$/);
  assert.equal(await lines.next(), 'alice: Grüße 🐼');
  const refused = spawnSync(process.execPath, [...sender, 'nobody', 'x'], { encoding: 'utf8' });
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /^6000204: /);
  receiver.stdin.end();
  assert.equal((await once(receiver, 'exit'))[0], 0);
});
