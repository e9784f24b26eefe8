import { describe, expect, test } from 'vitest';
import type { World } from './world';

export function debugging(world: () => World) {
  describe('offline push debugging', () => {
    //
    test('a debug push goes through every stage to the vendor', async () => {
      const { bed } = world();
      const { push_id, vendor_token } = await bed.phone('dora', 'apns');
      await bed.forget();
      const page = await world().enter('Offline push debugging');
      await page.getByLabel('PushID').fill(push_id);
      await page.getByLabel('Title').fill('Hello');
      await page.getByLabel('Content').fill('from the console');
      await page.getByLabel('Payload').fill('{"k":1}');
      await page.getByLabel('Push strategy').selectOption('ringing');
      await page.getByRole('button', { name: 'Send the push' }).click();
      await page.getByText('The vendor accepted the push.').waitFor();

      const [request] = await bed.requests('apns', 1);
      expect(request!.body).toMatchObject({
        aps: { alert: { title: 'Hello', body: 'from the console' }, sound: 'ring.caf', 'mutable-content': 1 },
        payload: '{"k":1}',
      });
      const stages = page.locator('.steps > li');
      expect(await stages.locator('.head strong').allTextContents()).toEqual([
        'registration',
        'strategy',
        'credential',
        'render',
        'vendor',
      ]);
      const vendor = await stages.last().innerText();
      expect(vendor).toContain('from the console');
      expect(vendor, 'the vendor token is masked').not.toContain(vendor_token);
      await world().picture(page, 'debug');
      await page.context().close();
    });

    test('what cannot be sent is explained', async () => {
      const page = await world().enter('Offline push debugging');
      await page.getByLabel('PushID').fill('z1.wrong');
      await page.getByLabel('Content').fill('x');
      await page.getByRole('button', { name: 'Send the push' }).click();
      await page.getByRole('alert').getByText('push_id: is not a PushID').waitFor();
      await page.getByLabel('PushID').fill(`z1.${'A'.repeat(43)}`);
      await page.getByRole('button', { name: 'Send the push' }).click();
      await page.getByRole('alert').getByText('no device is registered').waitFor();

      const { push_id } = await world().bed.phone('hanna', 'huawei');
      await page.getByLabel('PushID').fill(push_id);
      await page.getByRole('button', { name: 'Send the push' }).click();
      await page.getByText('The push did not get through').waitFor();
      expect(await page.locator('.steps > li.bad .tag').allTextContents()).toEqual(['misconfigured']);
      await page.context().close();
    });
  });
}
