import { expect, test } from 'vitest';
import type { Point } from '../src/api/types';
import { buckets, byTone, byVendor } from '../src/overview/buckets';

const point = (time: number, connections: number, pushes: Point['pushes'] = {}): Point => ({
  time,
  connections,
  messages: 1,
  calls: 0,
  pushes,
});

const points = [
  point(0, 5, { apns: { delivered: 2 } }),
  point(60, 9, { apns: { delivered: 1, rejected: 1 }, fcm: { retry: 4 } }),
  point(120, 1),
];

test('minutes become columns: connections at their height, the rest added up', () => {
  expect(buckets(points, 2)).toEqual([
    { time: 0, connections: 9, messages: 2, calls: 0, pushes: { apns: { delivered: 3, rejected: 1 }, fcm: { retry: 4 } } },
    { time: 120, connections: 1, messages: 1, calls: 0, pushes: {} },
  ]);
  expect(buckets(points, 60)).toEqual(points);
  expect(points[0]!.pushes, 'nothing is changed in place').toEqual({ apns: { delivered: 2 } });
  expect(buckets([], 60)).toEqual([]);
});

test('every push is in exactly one series, by vendor as by outcome', () => {
  const vendors = byVendor(points, ['apns', 'fcm']).map((one) => one.values);
  expect(vendors).toEqual([
    [2, 2, 0],
    [0, 4, 0],
  ]);
  const names = { good: 'good', waiting: 'again', bad: 'failed' };
  expect(byTone(points, '', names).map((one) => one.values)).toEqual([
    [2, 1, 0],
    [0, 4, 0],
    [0, 1, 0],
  ]);
  expect(byTone(points, 'fcm', names).map((one) => one.values)).toEqual([
    [0, 0, 0],
    [0, 4, 0],
    [0, 0, 0],
  ]);
});
