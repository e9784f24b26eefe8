/** Minutes made into as many columns as a chart can show. */
import type { Counts, Overview, Point } from '../api/types';
import type { Series } from '../ui/chart';
import { toneOf, type Tone } from '../ui/tone';

/** Columns a chart shows at most. */
const COLUMNS = 60;

/** Neighbouring points as one: connections at their height, everything else added up. */
export function buckets(points: Point[], columns: number = COLUMNS): Point[] {
  const size = Math.max(1, Math.ceil(points.length / columns));
  return Array.from({ length: Math.ceil(points.length / size) }, (_, index) =>
    points.slice(index * size, (index + 1) * size).reduce(together),
  );
}

function together(one: Point, other: Point): Point {
  const pushes = structuredClone(one.pushes);
  for (const [vendor, counts] of Object.entries(other.pushes)) {
    pushes[vendor] = added(pushes[vendor] ?? {}, counts);
  }
  return {
    time: one.time,
    connections: Math.max(one.connections, other.connections),
    messages: one.messages + other.messages,
    calls: one.calls + other.calls,
    pushes,
  };
}

function added(one: Counts, other: Counts): Counts {
  const sum = { ...one };
  for (const [outcome, count] of Object.entries(other)) {
    sum[outcome] = (sum[outcome] ?? 0) + count;
  }
  return sum;
}

const total = (counts: Counts | undefined): number => Object.values(counts ?? {}).reduce((sum, count) => sum + count, 0);

/** Every vendor there is a credential for or a push through, in the order of their names. */
export function vendorsOf(overview: Overview): string[] {
  const pushed = overview.points.flatMap((point) => Object.keys(point.pushes));
  return [...new Set([...overview.credentials.map((one) => one.vendor), ...pushed])].sort();
}

const COLOURS = ['c-a', 'c-b', 'c-c', 'c-d', 'c-good', 'c-waiting', 'c-bad', 'c-e'];

/** Pushes of each vendor, whatever became of them. */
export function byVendor(points: Point[], vendors: string[]): Series[] {
  return vendors.map((vendor, index) => ({
    name: vendor,
    colour: COLOURS[index % COLOURS.length]!,
    values: points.map((point) => total(point.pushes[vendor])),
  }));
}

/** What became of the pushes of one vendor, or of all: three colours, since there are a dozen outcomes. */
export function byTone(points: Point[], vendor: string, names: Record<'good' | 'waiting' | 'bad', string>): Series[] {
  const count = (point: Point, tone: Tone) =>
    Object.entries(point.pushes)
      .filter(([name]) => !vendor || name === vendor)
      .flatMap(([, counts]) => Object.entries(counts))
      .filter(([outcome]) => (toneOf(outcome) === 'plain' ? 'bad' : toneOf(outcome)) === tone)
      .reduce((sum, [, count]) => sum + count, 0);
  return (['good', 'waiting', 'bad'] as const).map((tone) => ({
    name: names[tone],
    colour: `c-${tone}`,
    values: points.map((point) => count(point, tone)),
  }));
}
