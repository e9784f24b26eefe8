/** Push strategies: the list, and a form with the resulting requests beside it. */
import { useState } from 'preact/hooks';
import type { StrategyEntry, StrategyList } from '../api/types';
import { useConsole, useLoad } from '../console';
import { useText } from '../i18n';
import { Editor } from '../strategy/editor';
import { BLOCKS, type Strategy } from '../strategy/fields';
import { LivePreview } from '../strategy/preview';
import { Confirm } from '../ui/dialog';
import { Card, Empty, Fault, Notice, PageHead, Ready, Tag, TextField } from '../ui/parts';
import { Table } from '../ui/table';

/** A strategy that is looked at; without a name a new one. */
type Edited = Pick<StrategyEntry, 'resources_id' | 'strategy'> & { source?: StrategyEntry['source'] };

export function Strategies() {
  const t = useText();
  const { api, appId } = useConsole();
  const list = useLoad('strategies', () => api.get<StrategyList>('/strategies', { app_id: appId }));
  const [edited, setEdited] = useState<Edited>();
  const [leaving, setLeaving] = useState<StrategyEntry>();
  const [done, setDone] = useState('');
  const finish = (what: string) => {
    setEdited(undefined);
    setDone(what);
    list.reload();
  };
  const edit = (edited: Edited) => {
    setDone('');
    setEdited(edited);
  };

  if (edited) {
    return <Edit of={edited} onBack={() => setEdited(undefined)} onSaved={(name) => finish(t('strategy.saved', { name }))} />;
  }
  return (
    <>
      <PageHead title={t('nav.strategies')} about={t('strategy.about')}>
        <button type="button" onClick={() => edit({ resources_id: '', strategy: {} })}>
          {t('strategy.new')}
        </button>
      </PageHead>
      {done && <Notice kind="good">{done}</Notice>}
      <Card class="flush">
        <Ready of={list}>
          {({ strategies }) =>
            strategies.length === 0 ? (
              <Empty title={t('strategy.emptyTitle')}>{t('strategy.empty')}</Empty>
            ) : (
              <Rows of={strategies} onEdit={edit} onDelete={setLeaving} />
            )
          }
        </Ready>
      </Card>
      {leaving && (
        <Confirm
          title={t('strategy.deleteTitle')}
          text={t('strategy.deleteText', { name: leaving.resources_id })}
          action={t('delete')}
          onConfirm={() =>
            api
              .delete(`/strategies/${encodeURIComponent(leaving.resources_id)}`, { app_id: appId })
              .then(() => finish(t('strategy.deleted', { name: leaving.resources_id })))
          }
          onClose={() => setLeaving(undefined)}
        />
      )}
    </>
  );
}

function Rows(props: {
  of: StrategyEntry[];
  onEdit: (entry: StrategyEntry) => void;
  onDelete: (entry: StrategyEntry) => void;
}) {
  const t = useText();
  return (
    <Table
      rows={props.of}
      idOf={(entry) => entry.resources_id}
      columns={[
        { label: 'strategy.name', cell: (entry) => <strong>{entry.resources_id}</strong> },
        {
          label: 'strategy.blocks',
          cell: (entry) => (
            <span class="chips">
              {BLOCKS.filter((one) => entry.strategy[one.block]).map((one) => (
                <Tag key={one.block}>{one.title}</Tag>
              ))}
            </span>
          ),
        },
        {
          label: 'certificates.source',
          cell: (entry) => <Tag>{entry.source === 'config' ? t('source.config') : t('source.uploaded')}</Tag>,
        },
        {
          label: 'edit',
          isForActions: true,
          cell: (entry) => (
            <span class="actions">
              <button
                type="button"
                class="quiet small"
                aria-label={`${entry.source === 'config' ? t('strategy.look') : t('edit')}: ${entry.resources_id}`}
                onClick={() => props.onEdit(entry)}
              >
                {entry.source === 'config' ? t('strategy.look') : t('edit')}
              </button>
              {entry.source === 'uploaded' && (
                <button
                  type="button"
                  class="quiet small"
                  aria-label={`${t('delete')}: ${entry.resources_id}`}
                  onClick={() => props.onDelete(entry)}
                >
                  {t('delete')}
                </button>
              )}
            </span>
          ),
        },
      ]}
    />
  );
}

function Edit(props: { of: Edited; onBack: () => void; onSaved: (name: string) => void }) {
  const t = useText();
  const { api, appId } = useConsole();
  const isNew = props.of.source === undefined;
  const isFixed = props.of.source === 'config';
  const [name, setName] = useState(props.of.resources_id);
  const [strategy, setStrategy] = useState<Strategy>(props.of.strategy);
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);

  const save = (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    api.put(`/strategies/${encodeURIComponent(name.trim())}`, strategy, { app_id: appId }).then(
      () => props.onSaved(name.trim()),
      (fault: unknown) => {
        setError(fault);
        setBusy(false);
      },
    );
  };

  return (
    <>
      <PageHead title={isNew ? t('strategy.new') : props.of.resources_id} about={t('strategy.editAbout')}>
        <button type="button" class="quiet" onClick={props.onBack}>
          {t('strategy.back')}
        </button>
      </PageHead>
      {isFixed && <Notice kind="info">{t('strategy.fixed')}</Notice>}
      <div class="two">
        <Card>
          <form class="form" onSubmit={save}>
            {isNew && (
              <TextField
                id="name"
                label={t('strategy.name')}
                hint={t('strategy.nameHint')}
                required
                value={name}
                onValue={setName}
              />
            )}
            <Editor of={strategy} onChange={setStrategy} />
            <Fault error={error} />
            {!isFixed && (
              <button type="submit" disabled={isBusy}>
                {t('save')}
              </button>
            )}
          </form>
        </Card>
        <Card title={t('preview.title')} class="beside">
          <LivePreview of={strategy} />
        </Card>
      </div>
    </>
  );
}
