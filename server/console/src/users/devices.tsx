/** The devices of a user, and the channels they can be pushed through. */
import { useState } from 'preact/hooks';
import type { Device, PushId, Tokens } from '../api/types';
import { useConsole } from '../console';
import { useText, type Key } from '../i18n';
import { href } from '../router';
import { Dialog } from '../ui/dialog';
import { Card, Copy, Empty, Fault, Notice, Tag, Time } from '../ui/parts';
import { Table } from '../ui/table';

/** `ZIMPlatformType` in words. */
const PLATFORMS: Record<number, string> = {
  1: 'Windows',
  2: 'iOS',
  3: 'Android',
  4: 'macOS',
  5: 'Linux',
  6: 'Web',
  7: 'Mini program',
  9: 'iPadOS',
  10: 'HarmonyOS',
};

const platformName = (platform: number): string => PLATFORMS[platform] ?? String(platform);

export function Devices(props: { of: Device[] }) {
  const t = useText();
  return (
    <Card title={t('devices.title')} class="flush titled">
      {props.of.length === 0 ? (
        <Empty title={t('devices.none')} />
      ) : (
        <Table
          rows={props.of}
          idOf={(device) => device.device_id}
          columns={[
            { label: 'devices.id', class: 'break', cell: (device) => <code>{device.device_id}</code> },
            { label: 'devices.platform', cell: (device) => platformName(device.platform) },
            {
              label: 'overview.state',
              cell: (device) => (
                <Tag tone={device.online ? 'good' : 'plain'}>
                  {device.online ? t('users.online') : device.logged_in ? t('users.offline') : t('devices.loggedOut')}
                </Tag>
              ),
            },
            { label: 'devices.lastSeen', cell: (device) => <Time at={device.last_seen} /> },
          ]}
        />
      )}
    </Card>
  );
}

export function PushIds(props: { of: PushId[] }) {
  const t = useText();
  if (props.of.length === 0) {
    return (
      <Card title={t('pushIds.title')}>
        <Empty title={t('pushIds.none')}>{t('pushIds.noneWhy')}</Empty>
      </Card>
    );
  }
  return (
    <div class="two">
      {props.of.map((one) => (
        <Channel key={one.push_id} of={one} />
      ))}
    </div>
  );
}

function Channel(props: { of: PushId }) {
  const t = useText();
  const { of } = props;
  const [isRevealing, setRevealing] = useState(false);
  const facts: [Key, string][] = [
    ['certificates.vendor', of.vendor],
    ['pushIds.environment', of.environment],
    ['certificates.forApp', of.bundle_id || t('certificates.any')],
    ['certificates.set', String(of.app_type)],
    ['devices.platform', platformName(of.platform)],
    ['pushIds.badge', of.badge < 0 ? t('pushIds.noBadge') : String(of.badge)],
  ];
  return (
    <Card title={t('pushIds.title')}>
      <div class="actions">
        <code class="break">{of.push_id}</code>
        <Copy text={of.push_id} label={t('pushIds.copy')} />
      </div>
      {of.suspect_count > 0 && <Notice kind="warning">{t('pushIds.suspect', { count: of.suspect_count })}</Notice>}
      <dl class="facts">
        {facts.map(([label, value]) => (
          <div key={label}>
            <dt>{t(label)}</dt>
            <dd class="break">{value}</dd>
          </div>
        ))}
        <div>
          <dt>{t('pushIds.registered')}</dt>
          <dd>
            <Time at={of.registered_at} />
          </dd>
        </div>
      </dl>
      <div class="actions">
        <button type="button" class="quiet" onClick={() => setRevealing(true)}>
          {t('pushIds.reveal')}
        </button>
        <a class="button quiet" href={href('log', { push_id: of.push_id })}>
          {t('nav.log')}
        </a>
        <a class="button quiet" href={href('debug', { push_id: of.push_id })}>
          {t('pushIds.debug')}
        </a>
      </div>
      {isRevealing && <Reveal of={of} onClose={() => setRevealing(false)} />}
    </Card>
  );
}

/** The token is shown only after a second click, and gone with the dialog. */
function Reveal(props: { of: PushId; onClose: () => void }) {
  const t = useText();
  const { api, appId } = useConsole();
  const [tokens, setTokens] = useState<Tokens>();
  const [error, setError] = useState<unknown>();
  const reveal = () =>
    api
      .post<Tokens>(`/push-ids/${encodeURIComponent(props.of.push_id)}/reveal`, {}, { app_id: appId })
      .then(setTokens, setError);
  const shown: [Key, string][] = tokens ? [['pushIds.token', tokens.token], ['pushIds.voipToken', tokens.voip_token]] : [];
  return (
    <Dialog title={t('pushIds.reveal')} onClose={props.onClose}>
      <p>{t('pushIds.revealText')}</p>
      <Fault error={error} />
      {shown.map(
        ([label, token]) =>
          token && (
            <div class="exchange" key={label}>
              <div class="actions">
                <h3>{t(label)}</h3>
                <Copy text={token} label={t('pushIds.copyToken')} />
              </div>
              <pre aria-label={t(label)}>{token}</pre>
            </div>
          ),
      )}
      <footer>
        <button type="button" class="quiet" onClick={props.onClose}>
          {t('close')}
        </button>
        {!tokens && (
          <button type="button" onClick={() => void reveal()}>
            {t('pushIds.revealAction')}
          </button>
        )}
      </footer>
    </Dialog>
  );
}
