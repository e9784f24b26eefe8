import { expect, test } from 'vitest';
import { labelled, short, stack, ticks } from '../src/ui/scale';

test('an axis begins at nothing, has round steps and room for the largest value', () => {
  expect(ticks(0, 4)).toEqual([0, 1]);
  expect(ticks(3, 4)).toEqual([0, 1, 2, 3]);
  expect(ticks(7, 4)).toEqual([0, 2, 4, 6, 8]);
  expect(ticks(100, 4)).toEqual([0, 50, 100]);
  for (const max of [1, 9, 11, 42, 99, 1001, 123_456]) {
    const steps = ticks(max, 4);
    expect(steps.at(-1), `${max}`).toBeGreaterThanOrEqual(max);
    expect(steps.length, `${max}`).toBeLessThanOrEqual(6);
  }
});

test('columns stand on each other', () => {
  expect(
    stack([
      [1, 0, 2],
      [3, 4, 0],
    ]),
  ).toEqual([
    [[0, 1], [0, 0], [0, 2]],
    [[1, 4], [0, 4], [2, 2]],
  ]);
});

test('times are written where there is room', () => {
  expect(labelled(60, 6)).toEqual([0, 10, 20, 30, 40, 50]);
  expect(labelled(3, 6)).toEqual([0, 1, 2]);
  expect(labelled(0, 6)).toEqual([]);
});

test('large numbers are short on an axis', () => {
  expect([0, 999, 1000, 1500, 2_000_000].map(short)).toEqual(['0', '999', '1k', '1.5k', '2M']);
});
