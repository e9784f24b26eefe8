/** Certificate set, and on Android the vendors with the app's credentials at them. */
export interface ZPNsConfig {
  /** 1 or 2; 0 counts as 1. */
  appType?: number;
  enableFCMPush?: boolean;
  enableHWPush?: boolean;
  enableMiPush?: boolean;
  enableOppoPush?: boolean;
  enableVivoPush?: boolean;
  enableHWBadge?: boolean;
  hwAppID?: string;
  miAppID?: string;
  miAppKey?: string;
  oppoAppID?: string;
  oppoAppKey?: string;
  oppoAppSecret?: string;
  vivoAppID?: string;
  vivoAppKey?: string;
}

/** Result of a registration. */
export interface ZPNsRegisterMessage {
  /** 0, or a `ZPNsErrorCode`. */
  errorCode: number;
  /** For developers. */
  msg: string;
  /** The push id; empty after a failure. */
  pushID: string;
}

/** A push the device got. */
export interface ZPNsMessage {
  title: string;
  content: string;
  payload: string;
  extras: Record<string, unknown>;
  pushSourceType: number;
}

export interface ZPNsEventHandler {
  /** A registration succeeded or failed. */
  registered: (message: ZPNsRegisterMessage) => void;
  notificationArrived: (message: ZPNsMessage) => void;
  notificationClicked: (message: ZPNsMessage) => void;
  throughMessageReceived: (message: ZPNsMessage) => void;
}

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
