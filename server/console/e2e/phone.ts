import { describe, expect, test } from 'vitest';
import type { World } from './world';

const PHONE = { width: 360, height: 740 };

export function phone(world: () => World) {
  describe('on a phone', () => {
    for (const [language, menu] of [
      ['en-US', 'Menu'],
      ['zh-CN', '菜单'],
    ] as const) {
      test(`every page fits the screen (${language})`, async () => {
        const page = await world().enter(language === 'zh-CN' ? '概览' : 'Overview', { language, size: PHONE });
        const links = page.locator('nav a');
        for (let index = 0; index < (await links.count()); index += 1) {
          await page.getByRole('button', { name: menu }).click();
          const title = await links.nth(index).innerText();
          await links.nth(index).click();
          await page.getByRole('heading', { level: 1, name: title }).waitFor();
          await expect.poll(() => page.locator('[aria-busy=true]').count()).toBe(0);
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          expect(overflow, title).toBeLessThanOrEqual(0);
        }
        await page.context().close();
      });
    }

    test('the keyboard reaches the content past the navigation', async () => {
      const page = await world().enter('Overview');
      await page.reload();
      await page.getByRole('heading', { name: 'Overview' }).waitFor();
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
      await page.context().close();
    });
  });
}
