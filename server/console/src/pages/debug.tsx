/** One push to one PushID, past the queue, with every stage it went through. */
import { useState } from 'preact/hooks';
import type { DebugAnswer, StrategyList } from '../api/types';
import { useConsole, useLoad } from '../console';
import { useText } from '../i18n';
import { href } from '../router';
import { Stages } from '../ui/exchange';
import { Card, Empty, Fault, Field, Notice, PageHead, SelectField, TextField } from '../ui/parts';

export function Debug(props: { query: Record<string, string> }) {
  const t = useText();
  const { api, appId } = useConsole();
  const [pushId, setPushId] = useState(props.query.push_id ?? '');
  const [title, setTitle] = useState('');
  const [content, setContent] = useState('');
  const [payload, setPayload] = useState('');
  const [strategy, setStrategy] = useState('');
  const [answer, setAnswer] = useState<DebugAnswer>();
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);

  const strategies = useLoad('strategies', () => api.get<StrategyList>('/strategies', { app_id: appId }));
  const names = strategies.data?.strategies.map((one) => one.resources_id) ?? [];

  const send = (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    setAnswer(undefined);
    const push = { app_id: appId, push_id: pushId.trim(), title, content, payload, resources_id: strategy };
    api
      .post<DebugAnswer>('/push/debug', push)
      .then(setAnswer, setError)
      .finally(() => setBusy(false));
  };

  return (
    <>
      <PageHead title={t('nav.debug')} about={t('debug.about')} />
      <div class="two">
        <Card>
          <form class="form" onSubmit={send}>
            <TextField id="app-id" label={t('debug.appId')} value={String(appId)} />
            <TextField
              id="push-id"
              label="PushID"
              hint={t('debug.pushIdHint')}
              required
              value={pushId}
              onValue={setPushId}
            />
            <TextField id="title" label={t('push.title')} value={title} onValue={setTitle} />
            <TextField id="content" label={t('push.content')} required value={content} onValue={setContent} />
            <Field id="payload" label={t('push.payload')} hint={t('push.payloadHint')}>
              <textarea id="payload" value={payload} onInput={(event) => setPayload(event.currentTarget.value)} />
            </Field>
            <SelectField
              id="strategy"
              label={t('push.strategy')}
              value={strategy}
              options={['', ...names].map((name) => ({ value: name, label: name || t('push.noStrategy') }))}
              onValue={setStrategy}
            />
            <Fault error={error} />
            <button type="submit" disabled={isBusy}>
              {isBusy ? t('debug.busy') : t('debug.action')}
            </button>
          </form>
        </Card>
        <Card title={t('debug.stages')}>
          {answer ? (
            <div class="stack">
              <Notice kind={answer.delivered ? 'good' : 'error'}>
                {answer.delivered ? t('debug.delivered') : t('debug.notDelivered')}
              </Notice>
              <Stages of={answer.stages} />
              <a href={href('log', { push_id: pushId.trim() })}>{t('debug.toLog')}</a>
            </div>
          ) : (
            <Empty title={t('debug.emptyTitle')}>{t('debug.empty')}</Empty>
          )}
        </Card>
      </div>
    </>
  );
}
