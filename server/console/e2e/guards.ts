/** What other sites, and other windows, cannot do. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { World } from './world';

/** Another site in the same browser: `localhost` is another one than `127.0.0.1`. */
async function otherSite(html: string): Promise<{ url: string; server: Server }> {
  const server = createServer((_, response) => response.setHeader('Content-Type', 'text/html').end(html));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return { url: `http://localhost:${(server.address() as AddressInfo).port}/`, server };
}

export function guards(world: () => World) {
  describe('guards', () => {
    test('a page of another site cannot call the server, even with the token', async () => {
      const { http_url, admin_token } = world().bed.about;
      const { url, server } = await otherSite('<h1>other</h1>');
      const page = await world().enter('Delivery log');
      await page.goto(url);
      const call = await page.evaluate(
        async ([target, token]) => {
          const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
          const body = JSON.stringify({ push_id: '', content: 'x' });
          return fetch(`${target}/admin/v1/push/debug`, { method: 'POST', headers, body }).then(
            (response) => `answered ${response.status}`,
            () => 'refused',
          );
        },
        [http_url, admin_token] as const,
      );
      expect(call).toBe('refused');
      await page.context().close();
      server.close();
    });

    test('a form of another site, or one without the token, is refused', async () => {
      const { http_url } = world().bed.about;
      for (const headers of [{ Origin: 'http://evil.example' }, { Cookie: 'token=x' }] as Record<string, string>[]) {
        const response = await fetch(`${http_url}/admin/v1/push/log`, { headers });
        expect([401, 403]).toContain(response.status);
        expect(response.headers.get('access-control-allow-origin')).toBeNull();
      }
    });

    test('the console cannot be put into a frame', async () => {
      const { url, server } = await otherSite(`<iframe src="${world().url}"></iframe>`);
      const page = await world().visit();
      await page.goto(url);
      await page.waitForLoadState('load');
      const frame = page.frames()[1]!;
      expect(await frame.locator('#token').count()).toBe(0);
      expect(frame.url()).not.toBe(world().url);
      await page.context().close();
      server.close();
    });

    test('the page is asked for each time, its assets never again', async () => {
      const { http_url } = world().bed.about;
      const moved = await fetch(`${http_url}/console`, { redirect: 'manual' });
      expect([moved.status, moved.headers.get('location')]).toEqual([308, '/console/']);
      const page = await fetch(world().url);
      expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(page.headers.get('cache-control')).toBe('no-cache');
      const [, asset] = /src="([^"]+\.js)"/.exec(await page.text())!;
      const script = await fetch(http_url + asset);
      expect(script.headers.get('cache-control')).toContain('immutable');
      const again = await fetch(http_url + asset, { headers: { 'If-None-Match': script.headers.get('etag')! } });
      expect(again.status).toBe(304);
      expect((await fetch(world().url, { method: 'POST' })).status).toBe(405);
    });

    // The last one: it shuts this address out for a minute.
    test('whoever guesses tokens is told to wait', async () => {
      const page = await world().visit();
      const refusal = page.getByRole('alert');
      for (let guess = 0; !(await refusal.getByText('Too many attempts').isVisible()); guess += 1) {
        expect(guess).toBeLessThan(20);
        await page.getByLabel('Admin token').fill(`guess-${guess}`);
        const [answer] = await Promise.all([
          page.waitForResponse('**/admin/v1/apps'),
          page.getByRole('button', { name: 'Sign in' }).click(),
        ]);
        expect([401, 429]).toContain(answer.status());
        await refusal.waitFor();
      }
      await page.context().close();
    });
  });
}
