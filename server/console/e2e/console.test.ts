/** The console by clicks: a real server, doubles of the vendors, headless Chromium. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { debugging } from './debugging';
import { guards } from './guards';
import { log } from './log';
import { signing } from './signing';
import { World } from './world';

let world: World;

beforeAll(async () => {
  world = await World.start();
});

afterAll(() => world.stop());

const parts = [signing, debugging, log, guards];
parts.forEach((part) => part(() => world));

test('no page complained about a script or the policy', () => {
  expect(world.complaints).toEqual([]);
});
