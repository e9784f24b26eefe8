/**
 * What a credential of each kind consists of: the form of the page, and the members of the request. Names are those of a
 * `[[credential]]` table of the configuration file.
 */
import { ApiError } from '../api/client';
import type { Key } from '../i18n';

export type Input = { name: string; label: Key; hint?: Key; required?: boolean; isAdvanced?: boolean } & (
  /** A list is typed with commas. */
  | { kind: 'text' | 'secret' | 'number' | 'flag' | 'list' }
  /** `accept` as of a file input. */
  | { kind: 'file'; accept: string }
  /** Written as a list; `undefined` = left out. */
  | { kind: 'choice'; choices: { value: string; label: Key; written: string | string[] | undefined }[] }
);

export interface Form {
  id: string;
  vendor: string;
  title: Key;
  inputs: Input[];
}

/** What was typed, by the name of the input; files apart. */
export type Values = Record<string, string>;
export type Files = Record<string, { name: string; base64: string }>;

const text = (name: string, label: Key, hint?: Key): Input => ({ kind: 'text', name, label, hint });
const required = (input: Input): Input => ({ ...input, required: true });
const advanced = (input: Input): Input => ({ ...input, isAdvanced: true });
const secret = (name: string, label: Key): Input => ({ kind: 'secret', name, label, required: true });
const file = (name: string, label: Key, accept: string): Input => ({ kind: 'file', name, label, accept, required: true });

const roots = advanced({ kind: 'file', name: 'root_certificates', label: 'certificates.roots', accept: '.pem,.crt' });
const endpoint = advanced(text('endpoint', 'certificates.endpoint', 'certificates.endpointHint'));
const loginEndpoint = advanced(text('login_endpoint', 'certificates.loginEndpoint'));
const anyPackage = text('package', 'certificates.package', 'certificates.anyPackage');
const appName = text('app_name', 'certificates.appName', 'certificates.appNameHint');
const badge: Input = { kind: 'flag', name: 'badge', label: 'certificates.badge' };

const pushes: Input = {
  kind: 'choice',
  name: 'pushes',
  label: 'certificates.pushes',
  choices: [
    { value: 'both', label: 'certificates.alertAndVoip', written: undefined },
    { value: 'alert', label: 'certificates.alertOnly', written: ['alert'] },
    { value: 'voip', label: 'certificates.voipOnly', written: ['voip'] },
  ],
};

type Choices = Extract<Input, { kind: 'choice' }>['choices'];

const oneEnvironment: Choices = [
  { value: 'production', label: 'certificates.production', written: ['production'] },
  { value: 'sandbox', label: 'certificates.sandbox', written: ['sandbox'] },
];

const anyEnvironment: Choices = [
  { value: 'both', label: 'certificates.bothEnvironments', written: ['production', 'sandbox'] },
  ...oneEnvironment,
];

const environments = (choices: Choices): Input => ({
  kind: 'choice',
  name: 'environments',
  label: 'certificates.environments',
  choices,
});

const priority: Input = {
  kind: 'choice',
  name: 'priority',
  label: 'strategy.priority',
  choices: [
    { value: '', label: 'strategy.priorityDefault', written: undefined },
    { value: 'normal', label: 'strategy.priorityNormal', written: 'normal' },
    { value: 'high', label: 'strategy.priorityHigh', written: 'high' },
  ],
};

export const FORMS: Form[] = [
  {
    id: 'apns-key',
    vendor: 'apns',
    title: 'certificates.apnsKey',
    inputs: [
      required(text('bundle_id', 'certificates.bundleId')),
      file('key_file', 'certificates.keyFile', '.p8'),
      required(text('key_id', 'certificates.keyId')),
      required(text('team_id', 'certificates.teamId')),
      environments(anyEnvironment),
      pushes,
      endpoint,
      advanced(text('sandbox_endpoint', 'certificates.sandboxEndpoint')),
      roots,
    ],
  },
  {
    id: 'apns-certificate',
    vendor: 'apns',
    title: 'certificates.apnsCertificate',
    inputs: [
      required(text('bundle_id', 'certificates.bundleId')),
      file('certificate_file', 'certificates.certificateFile', '.p12,.pfx,.pem'),
      { kind: 'secret', name: 'certificate_password', label: 'certificates.password' },
      environments(anyEnvironment),
      pushes,
      endpoint,
      advanced(text('sandbox_endpoint', 'certificates.sandboxEndpoint')),
      roots,
    ],
  },
  {
    id: 'fcm',
    vendor: 'fcm',
    title: 'certificates.fcm',
    inputs: [
      file('service_account_file', 'certificates.serviceAccount', '.json'),
      anyPackage,
      priority,
      endpoint,
      roots,
    ],
  },
  {
    id: 'fcm-web',
    vendor: 'fcm',
    title: 'certificates.fcmWeb',
    inputs: [
      file('service_account_file', 'certificates.serviceAccount', '.json'),
      required(text('web_link', 'certificates.webLink', 'certificates.webLinkHint')),
      endpoint,
      roots,
    ],
  },
  {
    id: 'huawei',
    vendor: 'huawei',
    title: 'certificates.huawei',
    inputs: [
      required(text('huawei_app_id', 'certificates.appId')),
      secret('app_secret', 'certificates.appSecret'),
      anyPackage,
      appName,
      text('badge_class', 'certificates.badgeClass', 'certificates.badgeClassHint'),
      endpoint,
      loginEndpoint,
      roots,
    ],
  },
  {
    id: 'harmonyos',
    vendor: 'harmonyos',
    title: 'certificates.harmonyos',
    inputs: [file('service_account_file', 'certificates.serviceAccount', '.json'), anyPackage, appName, endpoint, roots],
  },
  {
    id: 'xiaomi',
    vendor: 'xiaomi',
    title: 'certificates.xiaomi',
    inputs: [
      required(text('package', 'certificates.package')),
      secret('app_secret', 'certificates.appSecret'),
      appName,
      endpoint,
      roots,
    ],
  },
  {
    id: 'oppo',
    vendor: 'oppo',
    title: 'certificates.oppo',
    inputs: [
      required(text('app_key', 'certificates.appKey')),
      secret('master_secret', 'certificates.masterSecret'),
      anyPackage,
      appName,
      badge,
      { kind: 'flag', name: 'template_parameters_as_text', label: 'certificates.templateText' },
      endpoint,
      roots,
    ],
  },
  {
    id: 'vivo',
    vendor: 'vivo',
    title: 'certificates.vivo',
    inputs: [
      required({ kind: 'number', name: 'vivo_app_id', label: 'certificates.appId' }),
      required(text('app_key', 'certificates.appKey')),
      secret('app_secret', 'certificates.appSecret'),
      anyPackage,
      appName,
      badge,
      endpoint,
      roots,
    ],
  },
  {
    id: 'web',
    vendor: 'web',
    title: 'certificates.web',
    inputs: [
      file('key_file', 'certificates.vapidKey', '.pem,.key,.txt'),
      required(text('subject', 'certificates.subject', 'certificates.subjectHint')),
      anyPackage,
      advanced({ kind: 'list', name: 'hosts', label: 'certificates.hosts', hint: 'certificates.hostsHint' }),
      advanced({ kind: 'flag', name: 'private_addresses', label: 'certificates.privateAddresses' }),
      roots,
    ],
  },
];

/** The body of the upload. */
export function upload(form: Form, appId: number, appType: number, values: Values, files: Files) {
  const credential: Record<string, unknown> = { vendor: form.vendor, app_id: appId, app_type: appType };
  const sent: Record<string, string> = {};
  for (const input of form.inputs) {
    const value = written(input, values[input.name] ?? '');
    const chosen = files[input.name];
    if (input.kind === 'file' && chosen) {
      // Two files may have been given the same name by different vendors.
      const name = chosen.name in sent ? `${input.name}-${chosen.name}` : chosen.name;
      sent[name] = chosen.base64;
      credential[input.name] = name;
    } else if (value !== undefined) {
      credential[input.name] = value;
    }
  }
  return { credential, files: sent };
}

/** The input that the server blames for a refusal, if it is one of the form. */
export function faulty(form: Form, error: unknown): Input | undefined {
  const parameter = error instanceof ApiError ? error.parameter : '';
  return form.inputs.find((input) => parameter === `credential.${input.name}`);
}

function written(input: Input, value: string): unknown {
  switch (input.kind) {
    case 'file':
      return undefined;
    case 'flag':
      return value ? true : undefined;
    case 'list': {
      const items = value.split(',').map((item) => item.trim());
      return value ? items.filter(Boolean) : undefined;
    }
    case 'number':
      return value ? Number(value) : undefined;
    case 'choice':
      return (input.choices.find((choice) => choice.value === value) ?? input.choices[0]!).written;
    default:
      return value || undefined;
  }
}

/** The chosen files with their bytes as the request carries them. */
export async function encoded(files: Record<string, File>): Promise<Files> {
  const entries = Object.entries(files).map(
    async ([input, file]) => [input, { name: file.name, base64: await base64(file) }] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

async function base64(file: File): Promise<string> {
  let binary = '';
  for (const byte of new Uint8Array(await file.arrayBuffer())) {
    binary += String.fromCharCode(byte);
  }
  return btoa(binary);
}
