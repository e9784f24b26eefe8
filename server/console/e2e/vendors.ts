/** What an owner types for each vendor, and one mistake in it. */
import type { Description } from './bed';

/** A text, or a file: its path, or a name with content. */
export type Typed = string | { file: string | { name: string; mimeType: string; buffer: Buffer } };

export interface Case {
  /** Name of the form. */
  vendor: string;
  /** By label. */
  good: Record<string, Typed>;
  /** In the place of good ones. */
  bad: Record<string, Typed>;
  /** Label of the field that is blamed, and a part of what stands there. */
  at: string;
  says: string;
  /** What the list tells of it. */
  told: string;
}

const file = (name: string, text: string): Typed => ({
  file: { name, mimeType: 'application/octet-stream', buffer: Buffer.from(text) },
});

export function cases({ apns, fcm, makers, bundle_id, package: android }: Description): Case[] {
  const { huawei, harmonyos, xiaomi, oppo, vivo, web } = makers;
  const path = (value: unknown): Typed => ({ file: String(value) });
  return [
    {
      vendor: 'Apple (APNs): key (.p8)',
      good: {
        'Bundle ID': bundle_id,
        'Key file': path(apns.key_file),
        'Key ID': apns.key_id,
        'Team ID': apns.team_id,
      },
      bad: { 'Key ID': 'SHORT' },
      at: 'Key ID',
      says: 'key_id "SHORT" is not 10 letters and digits',
      told: `Team ID ${apns.team_id}`,
    },
    {
      vendor: 'Apple (APNs): certificate (.p12)',
      good: {
        'Bundle ID': bundle_id,
        'Certificate file': path(apns.certificate_file),
        'Password of the file': apns.certificate_password,
        Environments: 'sandbox',
      },
      bad: { 'Password of the file': 'wrong' },
      at: 'Certificate file (.p12, or PEM with its key)',
      says: 'not a .p12 file, or certificate_password is wrong',
      told: `Subject Apple Push Services: ${bundle_id}`,
    },
    {
      vendor: 'FCM, Android',
      good: { 'Service account': path(fcm.service_account_file), 'Package name': android },
      bad: { 'Service account': file('user.json', '{"type":"authorized_user"}') },
      at: 'Service account (JSON)',
      says: 'user.json: "type" is not "service_account"',
      told: 'Project ',
    },
    {
      vendor: 'FCM, browsers',
      good: { 'Service account': path(fcm.service_account_file), 'Address a tap opens': 'https://example.com/chat' },
      bad: { 'Address a tap opens': 'http://example.com' },
      at: 'Address a tap opens',
      says: 'web_link is empty or an https address',
      told: 'Project ',
    },
    {
      vendor: 'Huawei, Android',
      good: { 'AppID of the vendor': String(huawei.huawei_app_id), AppSecret: String(huawei.app_secret) },
      bad: { 'AppID of the vendor': 'a/b' },
      at: 'AppID of the vendor',
      says: 'huawei_app_id is the number of the app at Huawei',
      told: `AppID ${huawei.huawei_app_id}`,
    },
    {
      vendor: 'HarmonyOS',
      good: { 'Service account': path(harmonyos.service_account_file) },
      bad: { 'Service account': file('agconnect.json', '{"project_id":"1"}') },
      at: 'Service account (JSON)',
      says: 'agconnect.json: not the key of a service account',
      told: 'Account ',
    },
    {
      vendor: 'Xiaomi',
      good: { 'Package name': android, AppSecret: String(xiaomi.app_secret) },
      bad: { 'Package name': ' ' },
      at: 'Package name',
      says: 'package is empty',
      told: `Package name ${android}`,
    },
    {
      vendor: 'OPPO',
      good: { AppKey: String(oppo.app_key), MasterSecret: String(oppo.master_secret) },
      bad: { MasterSecret: ' ' },
      at: 'MasterSecret',
      says: 'master_secret is empty',
      told: `AppKey ${oppo.app_key}`,
    },
    {
      vendor: 'vivo',
      good: {
        'AppID of the vendor': String(vivo.vivo_app_id),
        AppKey: String(vivo.app_key),
        AppSecret: String(vivo.app_secret),
        // A further setting: its place opens when it is to blame.
        'Address of the vendor': '',
      },
      bad: { 'Address of the vendor': 'http://localhost' },
      at: 'Address of the vendor',
      says: 'want https://host',
      told: `AppID ${vivo.vivo_app_id}`,
    },
    {
      vendor: 'Web Push, UnifiedPush',
      good: { 'Private key': path(web.key_file), Contact: String(web.subject) },
      bad: { Contact: 'mailto:push@localhost' },
      at: 'Contact',
      says: 'subject is how push services reach you',
      told: `Subject ${web.subject}`,
    },
  ];
}
