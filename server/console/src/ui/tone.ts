/** The colour of an outcome of the delivery log. */
export type Tone = 'good' | 'waiting' | 'bad' | 'plain';

const TONES: Record<Exclude<Tone, 'plain'>, string[]> = {
  good: ['ok', 'delivered'],
  waiting: ['adapted', 'strategy_warning', 'queued', 'awaiting_ack', 'retry', 'rate_limited', 'deferred', 'auth_expired', 'unknown'],
  bad: [
    'token_invalid',
    'token_suspect',
    'misconfigured',
    'too_large',
    'payload_too_large',
    'rejected',
    'gave_up',
    'not_available',
  ],
};

const BY_OUTCOME = new Map(
  Object.entries(TONES).flatMap(([tone, outcomes]) => outcomes.map((outcome) => [outcome, tone as Tone] as const)),
);

/** A decision not to push is plain: it is no fault. */
export const toneOf = (outcome: string): Tone => BY_OUTCOME.get(outcome) ?? 'plain';
