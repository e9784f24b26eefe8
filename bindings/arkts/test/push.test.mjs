// The push client: misuse, failures, exceptions of the app.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import ZPNs from '@zego/ZPNs';
import { failing, program, service } from './client.mjs';
import { Events } from './testbed.mjs';

const bed = service();
afterEach(() => ZPNs.getInstance().destroy());

const phone = (requestToken) => ({ os: 'android', bundleID: bed.package, requestToken });

// covers: E-13, E-15
test('misuse throws, failures come as an event', async () => {
  ZPNs.setVendorChannel(null);
  const zpns = ZPNs.getInstance();
  const events = new Events(zpns, ['registered']);
  assert.throws(() => zpns.unregisterPush(), failing(6000405));
  assert.throws(() => zpns.unRegisterPush(), failing(6000405));
  assert.throws(() => zpns.registerPush({ appType: 'two' }), failing(6000001, 'appType'));
  zpns.registerPush({});
  assert.equal((await events.until('registered')).errorCode, 6000404, 'no vendor on this device');
  const refusal = Object.assign(new Error('vendor says no'), { code: 6000403 });
  ZPNs.setVendorChannel(phone(() => Promise.reject(refusal)));
  ZPNs.setPushConfig({ enableFCMPush: true });
  zpns.registerPush({});
  assert.ok((await events.until('registered', ({ errorCode }) => errorCode === 6000403)).msg.includes('vendor says no'));
});

test('what the app throws in the listener of a registration does not harm the next one', async () => {
  const { stdout, status } = await program(bed, `
    process.on('uncaughtException', (error) => console.log('caught', error.message));
    const zpns = ZPNs.getInstance();
    // A registration does not keep the process.
    const keeper = setInterval(() => {}, 1000);
    const registered = (listener) => new Promise((resolve) => {
      zpns.on('registered', (message) => { resolve(message.errorCode); listener(); });
      zpns.registerPush({});
    });
    ZPNs.setVendorChannel({ os: 'android', bundleID: 'im.example', requestToken: async () => 'token' });
    ZPNs.setPushConfig({ enableFCMPush: true });
    ZPNs.enableDebug(true);
    await zim.login('carol', { token });
    await registered(() => { throw new Error('mine'); });
    console.log('then', await registered(() => {}));
    clearInterval(keeper);`);
  assert.equal(status, 0);
  assert.match(stdout, /caught mine/);
  assert.match(stdout, /then 0/);
});
