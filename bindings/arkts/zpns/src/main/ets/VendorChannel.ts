import type { ZPNsConfig } from './types';

/** A push service, by its name in the server's configuration. */
export type ZPNsVendor = 'apns' | 'fcm' | 'huawei' | 'xiaomi' | 'oppo' | 'vivo' | 'harmonyos' | 'web';

/** What the device runs. */
export type ZPNsOs = 'android' | 'ios' | 'harmonyos' | 'web';

/** The device and its vendor's SDK, as the host knows them. Ours, not published. */
export interface ZPNsVendorChannel {
  os: ZPNsOs;
  /** Bundle or package name; a part of the push id. */
  bundleID: string;
  manufacturer?: string;
  brand?: string;
  systemProperties?: Record<string, string>;
  /** The vendor's token; an exception (its `code` 6000401 … 6000404) is a failed registration. */
  requestToken(vendor: ZPNsVendor, config: ZPNsConfig): string | void | Promise<string | void>;
  releaseToken?(vendor: ZPNsVendor): void | Promise<void>;
  setLocalBadge?(vendor: ZPNsVendor, badge: number): void;
}
