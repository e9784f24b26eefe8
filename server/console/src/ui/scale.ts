/** The arithmetic of a chart, without any drawing. */

/** Round steps from 0 to at least `max`, about `count` of them. */
export function ticks(max: number, count: number): number[] {
  const rough = Math.max(max, 1) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, (([1, 2, 5].find((factor) => factor * power >= rough) ?? 10) * power));
  const steps = Math.ceil(Math.max(max, 1) / step);
  return Array.from({ length: steps + 1 }, (_, index) => index * step);
}

/** For each place the running sums over the series: `result[series][place]` is `[from, to]`. */
export function stack(series: number[][]): [number, number][][] {
  const sums: number[] = [];
  return series.map((values) =>
    values.map((value, place) => {
      const from = sums[place] ?? 0;
      sums[place] = from + value;
      return [from, from + value];
    }),
  );
}

/** Places to write a time at: evenly spread, at most `count`. */
export function labelled(length: number, count: number): number[] {
  const stride = Math.max(1, Math.ceil(length / count));
  return Array.from({ length: Math.ceil(length / stride) }, (_, index) => index * stride);
}

/** `1234` → `1.2k`: for axes only, tables have the number itself. */
export function short(value: number): string {
  const units: [number, string][] = [
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ];
  const unit = units.find(([size]) => value >= size);
  return unit ? `${Number((value / unit[0]).toFixed(1))}${unit[1]}` : String(value);
}
