/** The vendors' credentials of an app: what there is, when it runs out, and new ones. */
import { useState } from 'preact/hooks';
import type { Certificate, Identity } from '../api/types';
import { Upload } from '../certificates/upload';
import { useConsole, useLoad } from '../console';
import { useText } from '../i18n';
import { Confirm } from '../ui/dialog';
import { Expiry } from '../ui/expiry';
import { Card, Empty, Notice, PageHead, Ready, Tag } from '../ui/parts';
import { Table } from '../ui/table';

export function Certificates() {
  const t = useText();
  const { api, appId } = useConsole();
  const list = useLoad('certificates', () =>
    api.get<{ certificates: Certificate[] }>('/certificates', { app_id: appId }),
  );
  const [isUploading, setUploading] = useState(false);
  const [leaving, setLeaving] = useState<Certificate>();
  const [done, setDone] = useState('');
  const finish = (what: string) => {
    setUploading(false);
    setDone(what);
    list.reload();
  };
  return (
    <>
      <PageHead title={t('nav.certificates')} about={t('certificates.about')}>
        <button type="button" onClick={() => setUploading(true)}>
          {t('certificates.upload')}
        </button>
      </PageHead>
      {done && <Notice kind="good">{done}</Notice>}
      <Card class="flush">
        <Ready of={list}>
          {({ certificates }) =>
            certificates.length === 0 ? (
              <Empty title={t('certificates.emptyTitle')}>{t('certificates.empty')}</Empty>
            ) : (
              <Rows of={certificates} onDelete={setLeaving} />
            )
          }
        </Ready>
      </Card>
      {isUploading && (
        <Upload
          onClose={() => setUploading(false)}
          onDone={(certificate) => finish(t('certificates.uploaded', { name: certificate.name }))}
        />
      )}
      {leaving && (
        <Confirm
          title={t('certificates.deleteTitle')}
          text={t('certificates.deleteText', { name: leaving.name })}
          action={t('delete')}
          onConfirm={() =>
            api
              .delete(`/certificates/${encodeURIComponent(leaving.id)}`)
              .then(() => finish(t('certificates.deleted', { name: leaving.name })))
          }
          onClose={() => setLeaving(undefined)}
        />
      )}
    </>
  );
}

function Rows(props: { of: Certificate[]; onDelete: (certificate: Certificate) => void }) {
  const t = useText();
  const now = Date.now();
  return (
    <Table
      rows={props.of}
      idOf={(one) => one.id}
      columns={[
        {
          label: 'certificates.vendor',
          cell: (one) =>
            one.error ? <Unused name={one.name} error={one.error} /> : <strong>{one.vendor}</strong>,
        },
        { label: 'certificates.setShort', cell: (one) => one.app_type },
        {
          label: 'certificates.forApp',
          class: 'break',
          cell: (one) => one.bundle_id || <span class="muted">{t('certificates.any')}</span>,
        },
        {
          label: 'certificates.kind',
          class: 'break',
          cell: (one) => (
            <>
              {t(`kind.${one.kind}`)} <Facts of={one.identity ?? {}} />
            </>
          ),
        },
        { label: 'certificates.expires', cell: (one) => <Expiry at={one.expires_at} now={now} /> },
        {
          label: 'certificates.source',
          cell: (one) => <Tag>{one.source === 'config' ? t('source.config') : t('source.uploaded')}</Tag>,
        },
        {
          label: 'delete',
          isForActions: true,
          cell: (one) =>
            one.source === 'uploaded' && (
              <button
                type="button"
                class="quiet small"
                aria-label={`${t('delete')}: ${one.name}`}
                onClick={() => props.onDelete(one)}
              >
                {t('delete')}
              </button>
            ),
        },
      ]}
    />
  );
}

/** What the vendor's own console calls it by. */
function Facts(props: { of: Identity }) {
  const t = useText();
  const facts = Object.entries(props.of) as [keyof Identity, string][];
  return (
    <dl class="identity">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{t(`identity.${name}`)}</dt>{' '}
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Unused(props: { name: string; error: string }) {
  const t = useText();
  return (
    <>
      <Tag tone="bad">{t('certificates.unused')}</Tag> {props.name}: {props.error}
    </>
  );
}
