/**
 * The console by clicks: a real server, doubles of the vendors, headless Chromium. The parts follow an owner from the
 * empty server on: what the first ones upload, the later ones push with.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { certificates } from './certificates';
import { debugging } from './debugging';
import { guards } from './guards';
import { log } from './log';
import { overview } from './overview';
import { phone } from './phone';
import { signing } from './signing';
import { strategies } from './strategies';
import { users } from './users';
import { World } from './world';

let world: World;

beforeAll(async () => {
  world = await World.start();
});

afterAll(() => world.stop());

const parts = [signing, certificates, strategies, debugging, log, users, overview, phone, guards];
parts.forEach((part) => part(() => world));

test('no page complained about a script or the policy', () => {
  expect(world.complaints).toEqual([]);
});
