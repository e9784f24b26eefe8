import { describe, expect, test } from 'vitest';
import type { World } from './world';

export function users(world: () => World) {
  describe('users and devices', () => {
    // covers: A-28, C-45
    test('a user is found, and the vendor token of the device is shown on demand', async () => {
      const { vendor_token, push_id } = await world().bed.phone('ursula', 'apns');
      const page = await world().enter('Users and devices');
      await page.getByLabel('User ID begins with').fill('urs');
      await page.getByRole('button', { name: 'Show' }).click();
      await page.getByRole('link', { name: 'ursula' }).click();
      await page.getByText(push_id).waitFor();
      await page.getByText('iOS').first().waitFor();
      expect(await page.content(), 'not before it is asked for').not.toContain(vendor_token);

      await page.getByRole('button', { name: 'Show the vendor token' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('button', { name: 'Show the token' }).click();
      await dialog.getByText(vendor_token).waitFor();
      await dialog.getByRole('button', { name: 'Close' }).last().click();
      await dialog.waitFor({ state: 'hidden' });
      expect(await page.content(), 'gone with the dialog').not.toContain(vendor_token);

      await page.getByRole('main').getByRole('link', { name: 'Delivery log' }).last().click();
      await page.getByRole('row').filter({ hasText: 'revealed' }).waitFor();
      await page.context().close();
    });

    test('many users come page by page, and one leads to its log, to a debug push and back', async () => {
      const { bed } = world();
      const ids = ['paul', 'paula', 'pauline'];
      const phones = [];
      for (const id of ids) {
        phones.push(await bed.phone(id, 'fcm'));
      }
      const page = await world().enter('Users and devices');
      // Pages of two users; the rest is the real server.
      await page.route('**/admin/v1/users?*', (route) =>
        route.continue({ url: route.request().url().replace('limit=50', 'limit=2') }),
      );
      await page.getByLabel('User ID begins with').fill('paul');
      await page.getByRole('button', { name: 'Show' }).click();
      const shown = page.locator('tbody a');
      await expect.poll(() => shown.allInnerTexts()).toEqual(['paul', 'paula']);
      await page.getByRole('link', { name: 'More users' }).click();
      await expect.poll(() => shown.allInnerTexts()).toEqual(['pauline']);
      expect(await page.getByRole('link', { name: 'More users' }).count()).toBe(0);
      await page.getByRole('link', { name: 'From the start' }).click();
      await expect.poll(() => shown.allInnerTexts()).toEqual(['paul', 'paula']);

      await page.getByRole('link', { name: 'paula', exact: true }).click();
      await page.getByText(phones[1]!.push_id).waitFor();
      await page.getByRole('row').filter({ hasText: 'Android' }).getByText('offline').waitFor();
      await page.getByRole('link', { name: 'Debug push' }).click();
      expect(await page.getByLabel('PushID').inputValue()).toBe(phones[1]!.push_id);
      await page.goBack();
      await page.getByRole('link', { name: 'All users' }).click();
      await page.getByRole('heading', { level: 1, name: 'Users and devices' }).waitFor();
      await page.context().close();
    });

    test('nobody found is said in words', async () => {
      const page = await world().enter('Users and devices');
      await page.getByLabel('User ID begins with').fill('nobody-of-that-name');
      await page.getByRole('button', { name: 'Show' }).click();
      await page.getByText('No users').waitFor();
      await page.context().close();
    });
  });
}
