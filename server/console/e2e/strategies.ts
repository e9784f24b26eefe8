import { describe, expect, test } from 'vitest';
import type { World } from './world';

export function strategies(world: () => World) {
  describe('push strategies', () => {
    test('a strategy is made by form, and what the vendor gets is shown while it is typed', async () => {
      const page = await world().enter('Push strategies');
      await page.getByRole('button', { name: 'New strategy' }).click();
      await page.getByLabel('Name (resourcesID)').fill('ringing');
      const request = page.getByLabel('Request to the vendor');
      await request.getByText('apns-push-type: alert').waitFor();

      await page.getByLabel('Apple (APNs)').check();
      await page.getByLabel('Push type').selectOption('silent');
      await request.getByText('"content-available": 1').waitFor();
      expect(await request.innerText()).toContain('apns-push-type: background');

      await page.getByLabel('Push type').selectOption('alert');
      await page.getByLabel('Sound').fill('ring.caf');
      await page.getByLabel('mutable-content').check();
      await request.getByText('"sound": "ring.caf"').waitFor();
      await request.getByText('"mutable-content": 1').waitFor();
      await page.locator('#preview-title').fill('Dinner');
      await request.getByText('"title": "Dinner"').waitFor();
      await world().picture(page, 'strategy');

      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('ringing is in use from the next push on').waitFor();
      await page.getByRole('row').filter({ hasText: 'ringing' }).getByText('Apple').waitFor();
      await page.context().close();
    });

    test('a value that does not fit is named', async () => {
      const page = await world().enter('Push strategies');
      await page.getByRole('button', { name: 'New strategy' }).click();
      await page.getByLabel('Name (resourcesID)').fill('wrong');
      await page.getByLabel('vivo').check();
      await page.getByLabel('Category').fill('im');
      await page.getByRole('alert').getByText('vivo.category').waitFor();
      await page.getByRole('button', { name: 'Save' }).click();
      await expect.poll(() => page.getByRole('alert').count()).toBeGreaterThanOrEqual(2);
      await page.getByRole('button', { name: 'Back to the list' }).click();
      expect(await page.getByText('wrong').count()).toBe(0);
      await page.context().close();
    });

    test('one of the configuration file can be looked at and not changed', async () => {
      const page = await world().enter('Push strategies');
      await page.getByRole('button', { name: 'View: quiet' }).click();
      await page.getByText('is changed there').waitFor();
      expect(await page.getByRole('button', { name: 'Save' }).count()).toBe(0);
      await page.getByRole('button', { name: 'Back to the list' }).click();
      await page.context().close();
    });

    test('an own one is edited, and deleted after a question', async () => {
      const page = await world().enter('Push strategies');
      await page.getByRole('button', { name: 'New strategy' }).click();
      await page.getByLabel('Name (resourcesID)').fill('short-lived');
      await page.getByLabel('FCM').check();
      await page.getByLabel('Channel ID').fill('chat');
      await page.getByRole('button', { name: 'Save' }).click();

      await page.getByRole('button', { name: 'Edit: short-lived' }).click();
      await page.getByRole('heading', { name: 'short-lived' }).waitFor();
      expect(await page.getByLabel('Channel ID').inputValue()).toBe('chat');
      await page.getByLabel('Channel ID').fill('calls');
      await page.getByLabel('Priority').selectOption('high');
      await page.getByLabel('OPPO').check();
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('short-lived is in use from the next push on').waitFor();
      const row = page.getByRole('row').filter({ hasText: 'short-lived' });
      await row.getByText('OPPO').waitFor();
      await row.getByRole('button', { name: 'Edit' }).click();
      expect(await page.getByLabel('Channel ID').first().inputValue()).toBe('calls');
      await page.getByLabel('OPPO').uncheck();
      await page.getByRole('button', { name: 'Save' }).click();
      await row.getByText('OPPO').waitFor({ state: 'hidden' });

      await row.getByRole('button', { name: 'Delete' }).click();
      const dialog = page.getByRole('dialog', { name: 'Delete this strategy?' });
      await dialog.getByRole('button', { name: 'Cancel' }).click();
      await dialog.waitFor({ state: 'hidden' });
      await row.getByRole('button', { name: 'Delete' }).click();
      await dialog.getByRole('button', { name: 'Delete' }).click();
      await page.getByText('short-lived was deleted').waitFor();
      await row.waitFor({ state: 'hidden' });
      await page.context().close();
    });
  });
}
