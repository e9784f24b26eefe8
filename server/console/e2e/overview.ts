import { describe, expect, test } from 'vitest';
import type { Overview } from '../src/api/types';
import type { World } from './world';

export function overview(world: () => World) {
  describe('overview', () => {
    test('the pushes so far are plotted by vendor and outcome, with the same numbers as a table', async () => {
      const page = await world().enter('Overview');
      const chart = page.getByRole('figure').filter({ hasText: 'Pushes by outcome' });
      await expect
        .poll(() => chart.getByRole('img').getAttribute('aria-label'), { timeout: 30_000 })
        .toMatch(/delivered: [1-9]/);
      await chart.getByText('As a table').click();
      const delivered = await chart.locator('tbody td:nth-child(2)').allTextContents();
      expect(delivered.map(Number).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0);
      await chart.getByLabel('Vendor of the chart').selectOption('apns');
      const byVendor = page.getByRole('figure').filter({ hasText: 'Pushes by vendor' });
      expect(await byVendor.getByRole('img').getAttribute('aria-label')).toMatch(/apns: [1-9]/);
      await page.getByRole('row').filter({ hasText: 'apns app 1 set 1' }).getByText(/delivered \d/).waitFor();
      await page.getByLabel('Time span').selectOption('24 hours');
      await expect.poll(() => byVendor.getByRole('img').getAttribute('aria-label')).toMatch(/apns: [1-9]/);
      await page.context().close();
    });

    // A server that has just started has nothing to show in a chart.
    const pictures = async () => {
      for (const [name, visit] of [
        ['overview', { size: { width: 1280, height: 1000 } }],
        ['overview-dark', { size: { width: 1280, height: 1000 }, dark: true }],
        ['phone', { size: { width: 390, height: 844 }, language: 'zh-CN' }],
      ] as const) {
        const page = await world().enter(name === 'phone' ? '投递日志' : 'Delivery log', visit);
        await page.route('**/admin/v1/overview*', async (route) => {
          const answer = (await (await route.fetch()).json()) as Overview;
          await route.fulfill({ json: sample(answer) });
        });
        if (name === 'phone') {
          await page.getByRole('button', { name: '菜单' }).click();
        }
        await page.getByRole('navigation').getByRole('link').first().click();
        await page.getByRole('img').first().waitFor();
        await world().picture(page, name);
        await page.context().close();
      }
    };
    if (process.env.ZIM_SCREENSHOTS) {
      test('pictures of a busy hour, with sample numbers', pictures);
    }
  });
}

/** An hour as a busy server might have had it. */
function sample(of: Overview): Overview {
  const wave = (place: number, period: number) => 1 + Math.sin(place / period) / 2 + ((place * 7) % 5) / 10;
  const points = Array.from({ length: 60 }, (_, place) => ({
    time: Math.floor(of.now / 60_000) * 60_000 - (59 - place) * 60_000,
    connections: Math.round(1840 + 260 * wave(place, 14)),
    messages: Math.round(540 * wave(place, 9)),
    calls: Math.round(26 * wave(place, 5)),
    pushes: {
      apns: { delivered: Math.round(64 * wave(place, 9)), token_invalid: place % 11 === 0 ? 3 : 0 },
      fcm: { delivered: Math.round(52 * wave(place, 8)), retry: place > 30 && place < 36 ? 21 : 0 },
      huawei: { delivered: Math.round(23 * wave(place, 7)) },
      xiaomi: { delivered: Math.round(17 * wave(place, 6)), rate_limited: place % 13 === 0 ? 4 : 0 },
    },
  }));
  const vendors = Object.keys(points[0]!.pushes) as (keyof (typeof points)[0]['pushes'])[];
  const credentials = vendors.map((vendor) => ({
    name: `${vendor} app 1 set 1 com.example.app`,
    vendor,
    in_flight: vendor === 'fcm' ? 2 : 0,
    breaker_open: false,
    ...(vendor === 'apns' && { expires_at: of.now + 212 * 86_400_000 }),
    answers: points.reduce<Record<string, number>>((sum, point) => {
      for (const [outcome, count] of Object.entries(point.pushes[vendor])) {
        if (count > 0) sum[outcome] = (sum[outcome] ?? 0) + count;
      }
      return sum;
    }, {}),
  }));
  const figures = { connections: points.at(-1)!.connections, user_sessions: 1987, users: 6120, push_ids: 5431 };
  return { ...of, ...figures, started_at: of.now - 9 * 86_400_000, queued_pushes: 3, credentials, points };
}
