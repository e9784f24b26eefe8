import type {
  ZPNsConfig,
  ZPNsEventHandler,
  ZPNsLocalMessage,
  ZPNsNotificationChannel,
  ZPNsRegisterConfig,
} from './types';

// What uni-app gives every script.
declare const uni: { requireNativePlugin(name: string): Engine | null | undefined };
declare const plus: { globalEvent: { addEventListener(name: string, listener: (told: any) => void): void } };

/** The native part; `nativeplugins/zego-ZPNsUniPlugin/README.md` describes it. */
interface Engine {
  getVersion(answer: (told: { version: string }) => void): void;
  enableDebug(isDebug: boolean): void;
  setPushConfig(config: ZPNsConfig): void;
  registerPush(config: ZPNsRegisterConfig): void;
  unregisterPush(): void;
  applyNotificationPermission(): void;
  addLocalNotification(message: ZPNsLocalMessage): void;
  createNotificationChannel(channel: ZPNsNotificationChannel): void;
}

const MODULE = 'zego-ZPNsUniPlugin_ZPNsUniEngine';
const EVENT = 'zego.zpns.';

/** The native part, or null in an app that was packaged without it. */
export function engine(): Engine | null {
  return uni.requireNativePlugin(MODULE) ?? null;
}

/** Has `listener` told of one event of the native part, for the life of the app. */
export function listen<K extends keyof ZPNsEventHandler>(event: K, listener: ZPNsEventHandler[K]): void {
  plus.globalEvent.addEventListener(EVENT + event, listener);
}
