/** The delivery log: why a device did or did not get a push. */
import { useState } from 'preact/hooks';
import type { LogAnswer, LogEntry, LogRow } from '../api/types';
import { useConsole, useLoad } from '../console';
import { useText, type Key } from '../i18n';
import { go, href } from '../router';
import { BLOCKS } from '../strategy/fields';
import { Dialog } from '../ui/dialog';
import { ExchangeView } from '../ui/exchange';
import { Card, Empty, PageHead, Ready, SelectField, Tag, TextField, Time } from '../ui/parts';
import { Table } from '../ui/table';
import { toneOf } from '../ui/tone';

const PAGE_ROWS = 50;

const FILTERS: { name: string; label: Key; hint?: string }[] = [
  { name: 'user_id', label: 'log.user' },
  { name: 'push_id', label: 'log.pushId', hint: 'z1.…' },
  { name: 'request_id', label: 'log.request' },
  { name: 'subject', label: 'log.subject', hint: 'message:42, call:7, badge, debug' },
  { name: 'outcome', label: 'log.outcome', hint: 'delivered, token_invalid, do_not_disturb' },
];

/** Choices of the other two filters; empty is all. */
const STAGES = ['', 'decision', 'dispatch', 'vendor', 'admin'];
const VENDORS = ['', ...BLOCKS.map((one) => one.vendor)];

export function Log(props: { query: Record<string, string> }) {
  const t = useText();
  const { api, appId } = useConsole();
  const { before, ...filters } = props.query;
  const query = { app_id: appId, ...filters, before, limit: PAGE_ROWS };
  const log = useLoad(JSON.stringify(query), () => api.get<LogAnswer>('/push/log', query));
  const [shown, setShown] = useState<LogRow>();
  return (
    <>
      <PageHead title={t('nav.log')} about={t('log.about')}>
        <button type="button" class="quiet" onClick={log.reload}>
          {t('refresh')}
        </button>
      </PageHead>
      <Filters key={JSON.stringify(filters)} of={filters} />
      <Card class="flush">
        <Ready of={log}>
          {({ rows, next_before }) =>
            rows.length === 0 ? (
              <Empty title={t('log.emptyTitle')}>{t('log.empty')}</Empty>
            ) : (
              <>
                <Rows of={rows} onShow={setShown} />
                {(before || next_before) && (
                  <div class="pager">
                    {before && <a href={href('log', filters)}>{t('log.newest')}</a>}
                    {next_before && <a href={href('log', { ...filters, before: next_before })}>{t('log.older')}</a>}
                  </div>
                )}
              </>
            )
          }
        </Ready>
      </Card>
      {shown && <Entry of={shown} onClose={() => setShown(undefined)} />}
    </>
  );
}

function Filters(props: { of: Record<string, string> }) {
  const t = useText();
  const [typed, setTyped] = useState(props.of);
  const choices: { name: string; label: Key; values: string[] }[] = [
    { name: 'vendor', label: 'certificates.vendor', values: VENDORS },
    { name: 'stage', label: 'log.stage', values: STAGES },
  ];
  const isFiltered = Object.values(props.of).some(Boolean);
  return (
    <Card>
      <form
        class="form"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          go('log', typed);
        }}
      >
        <div class="columns">
          {FILTERS.map(({ name, label, hint }) => (
            <TextField
              key={name}
              id={`filter-${name}`}
              label={t(label)}
              placeholder={hint}
              value={typed[name] ?? ''}
              onValue={(value) => setTyped({ ...typed, [name]: value.trim() })}
            />
          ))}
          {choices.map(({ name, label, values }) => (
            <SelectField
              key={name}
              id={`filter-${name}`}
              label={t(label)}
              value={typed[name] ?? ''}
              options={values.map((value) => ({ value, label: value || t('log.any') }))}
              onValue={(value) => setTyped({ ...typed, [name]: value })}
            />
          ))}
        </div>
        <div class="actions">
          <button type="submit">{t('log.search')}</button>
          {isFiltered && (
            <a class="button quiet" href={href('log')}>
              {t('log.clear')}
            </a>
          )}
        </div>
      </form>
    </Card>
  );
}

function Rows(props: { of: LogRow[]; onShow: (row: LogRow) => void }) {
  const t = useText();
  return (
    <Table
      rows={props.of}
      idOf={(row) => row.id}
      columns={[
        { label: 'log.time', cell: (row) => <Time at={row.time} /> },
        { label: 'log.user', cell: (row) => row.user_id || '–' },
        { label: 'log.subject', cell: (row) => row.subject || '–' },
        { label: 'certificates.vendor', cell: (row) => row.vendor || '–' },
        { label: 'log.stage', cell: (row) => row.stage },
        { label: 'log.outcome', cell: (row) => <Tag tone={toneOf(row.outcome)}>{row.outcome}</Tag> },
        { label: 'log.detail', class: 'detail', cell: (row) => row.detail },
        {
          label: 'log.open',
          isForActions: true,
          cell: (row) => (
            <button
              type="button"
              class="quiet small"
              aria-label={`${t('log.open')}: ${row.user_id} ${row.subject} ${row.outcome}`}
              onClick={() => props.onShow(row)}
            >
              {t('log.open')}
            </button>
          ),
        },
      ]}
    />
  );
}

/** Everything the server noted about the push a row belongs to, oldest first. */
function Entry(props: { of: LogRow; onClose: () => void }) {
  const t = useText();
  const { api, appId } = useConsole();
  const { of } = props;
  const full = (row: LogRow): Promise<LogEntry> | LogEntry =>
    row.has_exchange ? api.get<LogEntry>(`/push/log/${row.id}`, { app_id: appId }) : row;
  const push = useLoad(`${of.id}`, async () => {
    const query = { app_id: appId, request_id: of.request_id, limit: PAGE_ROWS };
    const rows = of.request_id ? (await api.get<LogAnswer>('/push/log', query)).rows.reverse() : [of];
    return Promise.all(rows.map(full));
  });
  const facts: [Key, string][] = [
    ['log.user', of.user_id],
    ['log.subject', of.subject],
    ['log.pushId', of.push_id],
    ['log.request', of.request_id],
  ];
  return (
    <Dialog wide title={t('log.entry')} onClose={props.onClose}>
      <dl class="facts">
        {facts.map(
          ([label, value]) =>
            value && (
              <div key={label}>
                <dt>{t(label)}</dt>
                <dd class="break">{value}</dd>
              </div>
            ),
        )}
      </dl>
      <h3>{t('log.steps')}</h3>
      <Ready of={push}>
        {(rows) => (
          <ol class="steps">
            {rows.map((row) => (
              <li key={row.id} class={toneOf(row.outcome)}>
                <div class="head">
                  <strong>{row.stage}</strong>
                  <Tag tone={toneOf(row.outcome)}>{row.outcome}</Tag>
                  <span class="muted">
                    <Time at={row.time} />
                  </span>
                </div>
                {row.detail && <p class="break">{row.detail}</p>}
                {row.exchange && <ExchangeView of={row.exchange} />}
              </li>
            ))}
          </ol>
        )}
      </Ready>
      {of.push_id && (
        <footer>
          <a class="button quiet" href={href('debug', { push_id: of.push_id })}>
            {t('log.toDebug')}
          </a>
        </footer>
      )}
    </Dialog>
  );
}
