// A server with a certificate of its own authority: what the client accepts, and what it refuses.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, test } from 'node:test';
import { ZIM } from '@zego/ZIM';
import { failing, online, service } from './client.mjs';

const bed = service([]);
afterEach(() => ZIM.setAdvancedConfig('ca_certificates', ''));

test('the authority that the app names is trusted', async () => {
  assert.ok(bed.url.startsWith('wss://'), bed.url);
  ZIM.setAdvancedConfig('ca_certificates', readFileSync(bed.ca_file, 'utf8'));
  const zim = await online(bed, 'alice');
  const { selfUserInfo } = await zim.querySelfUserInfo();
  assert.equal(selfUserInfo.userFullInfo.baseInfo.userID, 'alice');
});

test('an authority that nobody named is refused', async () => {
  await assert.rejects(online(bed, 'alice'), failing(6000104));
});
