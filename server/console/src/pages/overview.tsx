/** What the server does now, and did in the last hours. */
import { useEffect, useState } from 'preact/hooks';
import type { Overview as Answer } from '../api/types';
import { useConsole, useLoad } from '../console';
import { useText, type Key } from '../i18n';
import { buckets, byTone, byVendor, vendorsOf } from '../overview/buckets';
import { href } from '../router';
import { Chart } from '../ui/chart';
import { Expiry } from '../ui/expiry';
import { Card, Empty, PageHead, Ready, SelectField, Tag, Time } from '../ui/parts';
import { Table } from '../ui/table';
import { toneOf } from '../ui/tone';

/** Pause between two looks. */
const REFRESH_MS = 10_000;

const SPANS: { minutes: string; label: Key }[] = [
  { minutes: '60', label: 'overview.hour' },
  { minutes: '360', label: 'overview.sixHours' },
  { minutes: '1440', label: 'overview.day' },
];

export function Overview() {
  const t = useText();
  const { api } = useConsole();
  const [minutes, setMinutes] = useState('60');
  const overview = useLoad(minutes, () => api.get<Answer>('/overview', { minutes }));
  useEffect(() => {
    const timer = setInterval(() => document.hidden || overview.reload(), REFRESH_MS);
    return () => clearInterval(timer);
  }, [overview.reload]);
  return (
    <>
      <PageHead title={t('nav.overview')} about={t('overview.about')}>
        <SelectField
          id="span"
          label={t('overview.span')}
          value={minutes}
          options={SPANS.map(({ minutes, label }) => ({ value: minutes, label: t(label) }))}
          onValue={setMinutes}
        />
      </PageHead>
      <Ready of={overview}>{(data) => <Content of={data} />}</Ready>
    </>
  );
}

function Content(props: { of: Answer }) {
  const t = useText();
  const { of } = props;
  const [vendor, setVendor] = useState('');
  const points = buckets(of.points);
  const times = points.map((point) => point.time);
  const vendors = vendorsOf(of);
  const tones = { good: t('overview.delivered'), waiting: t('overview.again'), bad: t('overview.failed') };
  const figures: [Key, number][] = [
    ['overview.connections', of.connections],
    ['overview.sessions', of.user_sessions],
    ['overview.queued', of.queued_pushes],
    ['overview.users', of.users],
    ['overview.pushIds', of.push_ids],
  ];
  return (
    <div class="stack">
      <dl class="figures">
        {figures.map(([label, value]) => (
          <div class="figure" key={label}>
            <dt>{t(label)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <div class="two even">
        <Card>
          <Chart
            title={t('overview.byOutcome')}
            kind="columns"
            times={times}
            series={byTone(points, vendor, tones)}
            control={
              <select aria-label={t('overview.vendor')} value={vendor} onChange={(event) => setVendor(event.currentTarget.value)}>
                <option value="">{t('overview.allVendors')}</option>
                {vendors.map((name) => (
                  <option key={name}>{name}</option>
                ))}
              </select>
            }
          />
        </Card>
        <Card>
          <Chart title={t('overview.byVendor')} kind="columns" times={times} series={byVendor(points, vendors)} />
        </Card>
        <Card>
          <Chart
            title={t('overview.messages')}
            kind="columns"
            times={times}
            series={[
              { name: t('overview.messagesOnly'), colour: 'c-a', values: points.map((point) => point.messages) },
              { name: t('overview.calls'), colour: 'c-b', values: points.map((point) => point.calls) },
            ]}
          />
        </Card>
        <Card>
          <Chart
            title={t('overview.connections')}
            kind="lines"
            times={times}
            series={[{ name: t('overview.connections'), colour: 'c-c', values: points.map((point) => point.connections) }]}
          />
        </Card>
      </div>
      <Credentials of={of} />
      <p class="muted">
        {t('overview.since')} <Time at={of.started_at} />
      </p>
    </div>
  );
}

function Credentials(props: { of: Answer }) {
  const t = useText();
  const { credentials } = props.of;
  if (credentials.length === 0) {
    return (
      <Card>
        <Empty title={t('certificates.emptyTitle')}>
          <a href={href('certificates')}>{t('overview.toCertificates')}</a>
        </Empty>
      </Card>
    );
  }
  return (
    <Card class="flush">
      <Table
        rows={credentials}
        idOf={(one) => one.name}
        columns={[
          { label: 'overview.credential', class: 'break', cell: (one) => one.name },
          {
            label: 'overview.state',
            cell: (one) => (
              <Tag tone={one.breaker_open ? 'bad' : 'good'}>
                {one.breaker_open ? t('overview.resting') : t('overview.working')}
              </Tag>
            ),
          },
          {
            label: 'overview.answers',
            cell: (one) => (
              <span class="chips">
                {Object.entries(one.answers).map(([outcome, count]) => (
                  <Tag key={outcome} tone={toneOf(outcome)}>
                    {outcome} {count}
                  </Tag>
                ))}
                {Object.keys(one.answers).length === 0 && <span class="muted">{t('overview.noneYet')}</span>}
              </span>
            ),
          },
          { label: 'overview.inFlight', class: 'number', cell: (one) => one.in_flight },
          {
            label: 'certificates.expires',
            cell: (one) => <Expiry at={one.expires_at} now={props.of.now} />,
          },
        ]}
      />
    </Card>
  );
}
