import { describe, expect, test } from 'vitest';
import type { World } from './world';

export function log(world: () => World) {
  describe('delivery log', () => {
    test('the way of a pushed message is found by its receiver', async () => {
      const { bed } = world();
      await bed.phone('lena', 'apns');
      await bed.forget();
      const { message_id } = await bed.send('max', 'lena', 'dinner at eight');
      await bed.requests('apns', 1);

      const page = await world().enter('Delivery log');
      await page.getByLabel('User', { exact: true }).fill('lena');
      await page.getByRole('button', { name: 'Show' }).click();
      // The answer is noted a moment after the vendor has the request.
      const delivered = page.getByRole('row').filter({ hasText: 'lena' }).filter({ hasText: 'delivered' });
      while (!(await delivered.isVisible())) {
        await page.getByRole('button', { name: 'Refresh' }).click();
        await page.locator('[aria-busy=false]').waitFor();
      }
      const subjects = await page.locator('td[data-label=Subject]').allTextContents();
      expect(new Set(subjects)).toEqual(new Set([`message:${message_id}`]));

      await delivered.getByRole('button').click();
      const dialog = page.getByRole('dialog', { name: 'Delivery log entry' });
      const steps = dialog.locator('.steps > li');
      await steps.last().waitFor();
      expect(await steps.locator('.tag').allTextContents()).toEqual(['queued', 'delivered']);
      const request = await dialog.getByLabel('Request to the vendor').innerText();
      expect(request).toContain('apns-topic');
      expect(request, 'the log holds nobody’s words').not.toContain('dinner at eight');
      expect(await dialog.getByLabel('Answer of the vendor').innerText()).toContain('200');
      await world().picture(page, 'log');
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'hidden' });

      await page.getByRole('link', { name: 'All rows' }).click();
      await page.getByLabel('User', { exact: true }).fill('nobody-of-that-name');
      await page.getByRole('button', { name: 'Show' }).click();
      await page.getByText('No rows').waitFor();
      await page.context().close();
    });

    test('rows are filtered by each of their marks, and older ones follow', async () => {
      const { bed } = world();
      const { push_id } = await bed.phone('nora', 'apns');
      await bed.forget();
      const { message_id } = await bed.send('max', 'nora', 'lunch at one');
      await bed.requests('apns', 1);
      const page = await world().enter('Delivery log');
      const subjects = page.locator('td[data-label=Subject]');
      const outcomes = page.locator('td[data-label=Outcome]');
      const loaded = () => page.locator('[aria-busy=false]').waitFor();
      const show = async () => {
        await page.getByRole('button', { name: 'Show' }).click();
        await loaded();
      };
      await page.getByLabel('Subject').fill(`message:${message_id}`);
      await show();
      // The answer is noted a moment after the vendor has the request.
      while ((await outcomes.allInnerTexts())[0] !== 'delivered') {
        await page.getByRole('button', { name: 'Refresh' }).click();
        await loaded();
      }
      await expect.poll(() => outcomes.allInnerTexts()).toEqual(['delivered', 'queued']);
      await page.getByLabel('Stage').selectOption('decision');
      await show();
      await expect.poll(() => outcomes.allInnerTexts()).toEqual(['queued']);
      await page.getByLabel('Stage').selectOption('');
      await page.getByLabel('Outcome').fill('delivered');
      await show();
      await expect.poll(() => outcomes.allInnerTexts()).toEqual(['delivered']);
      await page.getByLabel('Vendor').selectOption('fcm');
      await show();
      await page.getByText('No rows').waitFor();
      await page.getByLabel('Vendor').selectOption('apns');
      await page.getByLabel('PushID').fill(push_id);
      await show();
      await expect.poll(() => subjects.allInnerTexts()).toEqual([`message:${message_id}`]);
      await page.getByRole('button', { name: 'Details' }).click();
      const dialog = page.getByRole('dialog');
      const request = await dialog.locator('dd').last().innerText();
      await page.keyboard.press('Escape');

      await page.getByRole('link', { name: 'All rows' }).click();
      await page.getByLabel('Push (request id)').fill(request);
      // Pages of one row; the rest is the real server.
      await page.route('**/admin/v1/push/log?*', (route) =>
        route.continue({ url: route.request().url().replace('limit=50', 'limit=1') }),
      );
      await show();
      await expect.poll(() => outcomes.allInnerTexts()).toEqual(['delivered']);
      await page.getByRole('link', { name: 'Older rows' }).click();
      await expect.poll(() => outcomes.allInnerTexts()).toEqual(['queued']);
      await page.getByRole('link', { name: 'Newest' }).click();
      await expect.poll(() => outcomes.allInnerTexts()).toEqual(['delivered']);

      await page.getByRole('button', { name: 'Details' }).click();
      await dialog.getByRole('link', { name: 'Send a debug push to this device' }).click();
      await expect.poll(() => page.getByLabel('PushID').inputValue()).toBe(push_id);
      await page.context().close();
    });
  });
}
