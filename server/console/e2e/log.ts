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
  });
}
