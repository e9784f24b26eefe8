/** When something runs out, in days and in colour. */
import { useText } from '../i18n';
import { Tag, Time } from './parts';
import type { Tone } from './tone';

const DAY_MS = 86_400_000;
/** Time enough to order a new certificate. */
const SOON_DAYS = 30;

/** Whole days left, negative when it is over. */
export const daysLeft = (at: number, now: number): number => Math.floor((at - now) / DAY_MS);

export function expiryTone(at: number, now: number): Tone {
  if (at <= now) return 'bad';
  return daysLeft(at, now) < SOON_DAYS ? 'waiting' : 'good';
}

export function Expiry(props: { at?: number; now: number }) {
  const t = useText();
  const { at, now } = props;
  if (at === undefined) {
    return <span class="muted">{t('certificates.never')}</span>;
  }
  const days = daysLeft(at, now);
  return (
    <span class="chips">
      <Tag tone={expiryTone(at, now)}>{at <= now ? t('certificates.expired') : t('certificates.days', { days })}</Tag>
      <span class="muted">
        <Time at={at} />
      </span>
    </span>
  );
}
