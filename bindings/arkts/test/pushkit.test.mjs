// The package of HarmonyOS and Push Kit (its double): tokens, refusals, the end of a registration.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { pushService } from '@kit.PushKit';
import ZPNs from '../zpns/dist/Index.js';
import { online, service } from './client.mjs';
import { Events } from './testbed.mjs';

const bed = service();
afterEach(() => ZPNs.getInstance().destroy());

// covers: E-12, E-13
test('each refusal of Push Kit is a published code with its text', async () => {
  const zpns = ZPNs.getInstance();
  const events = new Events(zpns, ['registered']);
  for (const [code, published] of [[1000900011, 6000401], [1000900010, 6000402], [1000900012, 6000402], [1000900009, 6000403]]) {
    pushService.answer = Object.assign(new Error(`kit says ${code}`), { code });
    zpns.registerPush({});
    const told = await events.until('registered', ({ msg }) => msg.includes(`kit says ${code}`));
    assert.deepEqual([told.errorCode, told.pushID], [published, '']);
  }
});

// covers, E-14, E-25
test('a registration before or after login is bound, and its end gives the token back', async () => {
  pushService.answer = 'push-kit-token';
  const zpns = ZPNs.getInstance();
  const events = new Events(zpns, ['registered']);
  zpns.registerPush({});
  const zim = await online(bed, 'alice');
  const { errorCode, pushID } = await events.until('registered');
  assert.equal(errorCode, 0);
  zpns.registerPush({ appType: 2 });
  await events.until('registered', (told) => told.pushID !== '' && told.pushID !== pushID);
  const deleted = pushService.deleted;
  zpns.unregisterPush();
  await zim.logout();
  assert.equal(pushService.deleted, deleted + 1);
});
