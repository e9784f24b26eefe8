/** Users by the beginning of their id; one of them with devices and PushIDs. */
import { useState } from 'preact/hooks';
import type { User, UserDetail } from '../api/types';
import { useConsole, useLoad } from '../console';
import { useText } from '../i18n';
import { go, href } from '../router';
import { Card, Empty, PageHead, Ready, Tag, TextField, Time } from '../ui/parts';
import { Table } from '../ui/table';
import { Devices, PushIds } from '../users/devices';

interface Answer {
  users: User[];
  /** For the next ones; absent at the end. */
  next_after?: string;
}

export function Users(props: { query: Record<string, string> }) {
  const { user_id, ...query } = props.query;
  return user_id ? <OneUser key={user_id} id={user_id} /> : <Search key={JSON.stringify(query)} query={query} />;
}

function Search(props: { query: Record<string, string> }) {
  const t = useText();
  const { api, appId } = useConsole();
  const { search = '', after } = props.query;
  const [typed, setTyped] = useState(search);
  const users = useLoad('users', () => api.get<Answer>('/users', { app_id: appId, search, after, limit: 50 }));
  return (
    <>
      <PageHead title={t('nav.users')} about={t('users.about')} />
      <Card>
        <form
          class="form"
          role="search"
          onSubmit={(event) => {
            event.preventDefault();
            go('users', { search: typed.trim() });
          }}
        >
          <TextField id="search" label={t('users.search')} value={typed} onValue={setTyped} />
          <div class="actions">
            <button type="submit">{t('log.search')}</button>
          </div>
        </form>
      </Card>
      <Card class="flush">
        <Ready of={users}>
          {(answer) =>
            answer.users.length === 0 ? (
              <Empty title={t('users.emptyTitle')}>{t('users.empty')}</Empty>
            ) : (
              <>
                <Rows of={answer.users} />
                {(after || answer.next_after) && (
                  <div class="pager">
                    {after && <a href={href('users', { search })}>{t('users.first')}</a>}
                    {answer.next_after && <a href={href('users', { search, after: answer.next_after })}>{t('users.more')}</a>}
                  </div>
                )}
              </>
            )
          }
        </Ready>
      </Card>
    </>
  );
}

function State(props: { of: User }) {
  const t = useText();
  const { of } = props;
  return (
    <Tag tone={of.online ? 'good' : 'plain'}>
      {of.online ? t('users.online') : of.has_logged_in ? t('users.offline') : t('users.neverLoggedIn')}
    </Tag>
  );
}

function Rows(props: { of: User[] }) {
  return (
    <Table
      rows={props.of}
      idOf={(user) => user.user_id}
      columns={[
        {
          label: 'users.id',
          cell: (user) => <a href={href('users', { user_id: user.user_id })}>{user.user_id}</a>,
        },
        { label: 'users.name', class: 'break', cell: (user) => user.user_name || '–' },
        { label: 'overview.state', cell: (user) => <State of={user} /> },
        { label: 'users.since', cell: (user) => <Time at={user.created_at} /> },
      ]}
    />
  );
}

function OneUser(props: { id: string }) {
  const t = useText();
  const { api, appId } = useConsole();
  const user = useLoad('user', () =>
    api.get<UserDetail>(`/users/${encodeURIComponent(props.id)}`, { app_id: appId }),
  );
  return (
    <>
      <PageHead title={props.id} about={user.data?.user_name ?? ''}>
        <a class="button quiet" href={href('users')}>
          {t('users.back')}
        </a>
        <a class="button quiet" href={href('log', { user_id: props.id })}>
          {t('nav.log')}
        </a>
      </PageHead>
      <Ready of={user}>
        {(found) => (
          <div class="stack">
            <p class="chips">
              <State of={found} />
              <span class="muted">
                {t('users.since')} <Time at={found.created_at} />
              </span>
            </p>
            <PushIds of={found.push_ids} />
            <Devices of={found.devices} />
          </div>
        )}
      </Ready>
    </>
  );
}
