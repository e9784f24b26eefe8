/** Numbers over time as an inline SVG that follows the page's colours, with the same numbers as a table below. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useLanguage, useText } from '../i18n';
import { labelled, short, stack, ticks } from './scale';

export interface Series {
  /** What it is called in the legend. */
  name: string;
  /** Class of its colour, see `chart.css`. */
  colour: string;
  values: number[];
}

interface Props {
  title: string;
  /** Start of each bucket, UTC ms. */
  times: number[];
  series: Series[];
  kind: 'columns' | 'lines';
  /** What chooses the series, beside the title. */
  control?: ComponentChildren;
}

const HEIGHT = 210;
const MARGIN = { top: 10, right: 8, bottom: 24, left: 40 };
/** Room one time needs on the axis. */
const LABEL_WIDTH = 70;

/** The width the page gives; a chart is drawn in real pixels, so that its text stays readable on a phone. */
function useWidth() {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(640);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => entry && setWidth(Math.round(entry.contentRect.width)));
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, []);
  return { box, width };
}

export function Chart(props: Props) {
  const t = useText();
  const language = useLanguage();
  const { box, width } = useWidth();
  const { times, series } = props;
  const isLong = times.length > 1 && times.at(-1)! - times[0]! > 36 * 3_600_000;
  const axis: Intl.DateTimeFormatOptions = isLong
    ? { month: 'numeric', day: 'numeric' }
    : { hour: '2-digit', minute: '2-digit', hour12: false };
  const label = (time: number) => new Date(time).toLocaleString(language, axis);
  const full = (time: number) =>
    new Date(time).toLocaleString(language, { dateStyle: 'short', timeStyle: 'short' });
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  const summary = series.map(({ name, values }) => `${name}: ${props.kind === 'columns' ? sum(values) : (values.at(-1) ?? 0)}`);
  return (
    <figure class="chart">
      <figcaption>
        <h2>{props.title}</h2>
        {props.control}
        <ul class="legend">
          {series.map((one) => (
            <li key={one.name} class={one.colour}>
              {one.name}
            </li>
          ))}
        </ul>
      </figcaption>
      <div ref={box}>
        <Drawing {...props} width={width} label={label} full={full} summary={`${props.title}. ${summary.join(', ')}`} />
      </div>
      <details>
        <summary>{t('chart.table')}</summary>
        <Numbers {...props} full={full} />
      </details>
    </figure>
  );
}

type Words = { label: (time: number) => string; full: (time: number) => string };

function Drawing(props: Props & Words & { width: number; summary: string }) {
  const { times, series, width } = props;
  const isStacked = props.kind === 'columns';
  const stacked = stack(series.map((one) => one.values));
  const tops = isStacked ? (stacked.at(-1) ?? []).map(([, to]) => to) : series.flatMap((one) => one.values);
  const steps = ticks(Math.max(0, ...tops), 4);
  const max = steps.at(-1)!;
  const inner = { width: Math.max(0, width - MARGIN.left - MARGIN.right), height: HEIGHT - MARGIN.top - MARGIN.bottom };
  const slot = inner.width / Math.max(1, times.length);
  const x = (place: number) => MARGIN.left + place * slot;
  const y = (value: number) => MARGIN.top + inner.height * (1 - value / max);
  return (
    <svg width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} role="img" aria-label={props.summary}>
      {steps.map((step) => (
        <g key={step}>
          <line class="grid" x1={MARGIN.left} x2={width - MARGIN.right} y1={y(step)} y2={y(step)} />
          <text class="axis" x={MARGIN.left - 6} y={y(step) + 4} text-anchor="end">
            {short(step)}
          </text>
        </g>
      ))}
      {labelled(times.length, Math.max(1, Math.floor(inner.width / LABEL_WIDTH))).map((place) => (
        <text key={place} class="axis" x={x(place)} y={HEIGHT - 6}>
          {props.label(times[place]!)}
        </text>
      ))}
      {isStacked
        ? series.map((one, index) => (
            <g key={one.name} class={one.colour}>
              {stacked[index]!.map(
                ([from, to], place) =>
                  to > from && (
                    <rect key={place} x={x(place) + slot * 0.12} width={slot * 0.76} y={y(to)} height={y(from) - y(to)} />
                  ),
              )}
            </g>
          ))
        : series.map((one) => (
            <polyline
              key={one.name}
              class={`line ${one.colour}`}
              points={one.values.map((value, place) => `${x(place) + slot / 2},${y(value)}`).join(' ')}
            />
          ))}
      {times.map((time, place) => (
        <rect key={time} class="hover" x={x(place)} width={slot} y={MARGIN.top} height={inner.height}>
          <title>{[props.full(time), ...series.map((one) => `${one.name}: ${one.values[place] ?? 0}`)].join('\n')}</title>
        </rect>
      ))}
    </svg>
  );
}

/** Only rows where something happened. */
function Numbers(props: Props & Pick<Words, 'full'>) {
  const t = useText();
  const rows = props.times
    .map((time, place) => ({ time, values: props.series.map((one) => one.values[place] ?? 0) }))
    .filter((row) => row.values.some((value) => value > 0));
  return (
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>{t('log.time')}</th>
            {props.series.map((one) => (
              <th key={one.name} class="number">
                {one.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.time}>
              <td>{props.full(row.time)}</td>
              {row.values.map((value, index) => (
                <td key={index} class="number">
                  {value}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
