/**
 * The parameters of a push strategy, as a table: what the form shows and what it writes. Names and values are the
 * published ones (`docs/push.md`); what is left at its default is not written.
 */
import type { Key } from '../i18n';

export type Block = 'apple' | 'fcm' | 'huawei' | 'harmonyos' | 'xiaomi' | 'oppo' | 'vivo' | 'web';

/** What a tap does. */
export type Click = 'open_app' | { open_url: { url: string } } | { open_page: { intent?: string } };

/** A strategy as the server keeps it. */
export type Strategy = Partial<Record<Block, Record<string, unknown>>>;

export interface Choice {
  /** `undefined` is the default and not written. */
  value: string | number | undefined;
  label: Key;
}

export type Parameter = { name: string; label: Key; hint?: Key } & (
  | { kind: 'text' | 'flag' | 'click' | 'pairs' }
  | { kind: 'choice'; choices: Choice[] }
);

const text = (name: string, label: Key, hint?: Key): Parameter => ({ kind: 'text', name, label, hint });

const choice = (name: string, label: Key, choices: [Choice['value'], Key][]): Parameter => ({
  kind: 'choice',
  name,
  label,
  choices: choices.map(([value, label]) => ({ value, label })),
});

const click: Parameter = { kind: 'click', name: 'click', label: 'strategy.click' };

const formalOrTest = (name: string): Parameter =>
  choice(name, 'strategy.audience', [
    [undefined, 'strategy.formal'],
    [1, 'strategy.test'],
  ]);

export interface BlockOf {
  block: Block;
  /** Of the vendor, in every language the same. */
  title: string;
  /** As the server names it. */
  vendor: string;
  parameters: Parameter[];
}

export const BLOCKS: BlockOf[] = [
  {
    block: 'apple',
    title: 'Apple (APNs)',
    vendor: 'apns',
    parameters: [
      choice('push_type', 'strategy.pushType', [
        [undefined, 'strategy.alert'],
        ['silent', 'strategy.silent'],
        ['voip', 'strategy.voip'],
      ]),
      text('sound', 'strategy.sound', 'strategy.appleSound'),
      { kind: 'flag', name: 'mutable_content', label: 'strategy.mutableContent' },
    ],
  },
  {
    block: 'fcm',
    title: 'FCM',
    vendor: 'fcm',
    parameters: [
      choice('push_type', 'strategy.pushType', [
        [undefined, 'strategy.notification'],
        ['data', 'strategy.data'],
      ]),
      choice('priority', 'strategy.priority', [
        [undefined, 'strategy.priorityDefault'],
        ['normal', 'strategy.priorityNormal'],
        ['high', 'strategy.priorityHigh'],
      ]),
      text('channel_id', 'strategy.channel'),
      text('sound', 'strategy.sound', 'strategy.fcmSound'),
    ],
  },
  {
    block: 'huawei',
    title: 'Huawei',
    vendor: 'huawei',
    parameters: [
      text('channel_id', 'strategy.channel'),
      text('category', 'strategy.category', 'strategy.huaweiCategory'),
      formalOrTest('target_user_type'),
      click,
    ],
  },
  {
    block: 'harmonyos',
    title: 'HarmonyOS',
    vendor: 'harmonyos',
    parameters: [
      choice('push_type', 'strategy.pushType', [
        [undefined, 'strategy.notification'],
        [6, 'strategy.background'],
        [10, 'strategy.voip'],
      ]),
      text('category', 'strategy.category', 'strategy.harmonyCategory'),
      choice('click_type', 'strategy.click', [
        [undefined, 'strategy.openApp'],
        [1, 'strategy.openPage'],
      ]),
      text('uri', 'strategy.uri', 'strategy.uriHint'),
      { kind: 'flag', name: 'test_message', label: 'strategy.testMessage' },
    ],
  },
  {
    block: 'xiaomi',
    title: 'Xiaomi',
    vendor: 'xiaomi',
    parameters: [
      text('channel_id', 'strategy.channel', 'strategy.xiaomiChannel'),
      text('channel_name', 'strategy.channelName'),
      text('channel_description', 'strategy.channelDescription'),
      text('template_id', 'strategy.template'),
      { kind: 'pairs', name: 'template_param', label: 'strategy.templateParam', hint: 'strategy.templateParamHint' },
      click,
    ],
  },
  {
    block: 'oppo',
    title: 'OPPO',
    vendor: 'oppo',
    parameters: [
      text('channel_id', 'strategy.channel', 'strategy.oppoChannel'),
      text('category', 'strategy.category', 'strategy.oppoCategory'),
      choice('notify_level', 'strategy.notifyLevel', [
        [undefined, 'strategy.vendorDefault'],
        [1, 'strategy.level1'],
        [2, 'strategy.level2'],
        [16, 'strategy.level16'],
      ]),
      click,
    ],
  },
  {
    block: 'vivo',
    title: 'vivo',
    vendor: 'vivo',
    parameters: [
      text('category', 'strategy.category', 'strategy.vivoCategory'),
      choice('classification', 'strategy.classification', [
        [undefined, 'strategy.vendorDefault'],
        [0, 'strategy.operational'],
        [1, 'strategy.system'],
      ]),
      formalOrTest('push_mode'),
      click,
    ],
  },
  {
    block: 'web',
    title: 'Web Push',
    vendor: 'web',
    parameters: [
      choice('push_type', 'strategy.pushType', [
        [undefined, 'strategy.webNotification'],
        ['silent', 'strategy.silent'],
      ]),
      choice('urgency', 'strategy.urgency', [
        [undefined, 'strategy.priorityDefault'],
        ['very-low', 'strategy.urgencyVeryLow'],
        ['low', 'strategy.urgencyLow'],
        ['normal', 'strategy.urgencyNormal'],
        ['high', 'strategy.urgencyHigh'],
      ]),
    ],
  },
];

/** The strategy with one parameter changed; `undefined` and what is empty is taken out. */
export function changed(strategy: Strategy, block: Block, name: string, value: unknown): Strategy {
  const { [name]: _, ...rest } = strategy[block] ?? {};
  const isEmpty =
    value === undefined ||
    value === '' ||
    value === false ||
    value === 'open_app' ||
    (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
  return { ...strategy, [block]: isEmpty ? rest : { ...rest, [name]: value } };
}

/** The strategy with a vendor's block added empty, or taken out. */
export function toggled(strategy: Strategy, block: Block): Strategy {
  const { [block]: present, ...rest } = strategy;
  return present ? rest : { ...strategy, [block]: {} };
}

/** `a = b` per line, as a template's variables are typed. */
export function pairsOf(lines: string): Record<string, string> {
  const pairs = lines.split('\n').map((line) => line.split(/=(.*)/s, 2).map((part) => part.trim()));
  return Object.fromEntries(pairs.filter(([name]) => name).map(([name, value]) => [name, value ?? '']));
}

export function linesOf(pairs: unknown): string {
  return Object.entries((pairs ?? {}) as Record<string, string>)
    .map(([name, value]) => `${name} = ${value}`)
    .join('\n');
}
