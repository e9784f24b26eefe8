import { describe, expect, test } from 'vitest';
import type { World } from './world';

export function signing(world: () => World) {
  describe('signing in', () => {
    test('a wrong token is refused in words, the right one opens the console', async () => {
      const page = await world().visit();
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
      const token = page.getByLabel('Admin token');
      await token.fill('not-the-token');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('alert').getByText('This is not the admin token').waitFor();

      await token.fill(world().bed.about.admin_token);
      await token.press('Enter');
      await page.getByRole('navigation').getByRole('link', { name: 'Delivery log' }).waitFor();
      expect(page.url()).not.toContain(world().bed.about.admin_token);

      await page.reload();
      await page.getByRole('navigation').waitFor();
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
      await page.reload();
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
      await page.context().close();
    });

    test('a token the server no longer takes leads back to the gate', async () => {
      const page = await world().enter('Delivery log');
      await page.evaluate(() => sessionStorage.setItem('zim-console-token', 'stale'));
      await page.reload();
      await page.getByText('The server no longer accepts the token').waitFor();
      await page.context().close();
    });

    test('the page speaks the language of the browser, and the other one at a click', async () => {
      const page = await world().visit({ language: 'zh-CN' });
      await page.getByRole('heading', { name: '登录' }).waitFor();
      expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
      await page.getByRole('button', { name: 'English' }).click();
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
      await page.reload();
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
      await page.getByRole('button', { name: '中文' }).click();
      await page.getByLabel('管理员令牌').fill('wrong');
      await page.getByRole('button', { name: '登录' }).click();
      await page.getByRole('alert').getByText('这不是此服务器的管理员令牌').waitFor();
      await page.context().close();
    });
  });
}
