import { engine, listen } from './bridge';
import type { ZPNsMethods } from './published';
import { ZPNsErrorCode } from './types';
import type {
  ZPNsConfig,
  ZPNsEventHandler,
  ZPNsLocalMessage,
  ZPNsNotificationChannel,
  ZPNsRegisterConfig,
} from './types';

const EVENTS: (keyof ZPNsEventHandler)[] = [
  'registered',
  'notificationArrived',
  'notificationClicked',
  'throughMessageReceived',
];

let shared: ZPNs | null = null;

/** The push client of the app. Set the configuration and the listeners, then register. */
export class ZPNs implements ZPNsMethods {
  private readonly listeners: Partial<ZPNsEventHandler> = {};
  private isPermissionAsked = false;

  private constructor() {
    EVENTS.forEach((event) => listen(event, (message: any) => this.listeners[event]?.(message)));
  }

  static getInstance(): ZPNs {
    shared ??= new ZPNs();
    return shared;
  }

  /** Version of the native part; empty in an app that was packaged without it. */
  static getVersion(): Promise<string> {
    const native = engine();
    return native ? new Promise((resolve) => native.getVersion(({ version }) => resolve(version))) : Promise.resolve('');
  }

  /** Vendors and certificate set; before registering, the last call counts. */
  static setPushConfig(config: ZPNsConfig): void {
    engine()?.setPushConfig(config);
  }

  /** True with a development certificate of iOS; before registering. */
  static enableDebug(isDebug: boolean): void {
    engine()?.enableDebug(isDebug);
  }

  /** Sets the listener of one event; a later one replaces it. */
  on<K extends keyof ZPNsEventHandler>(type: K, listener: ZPNsEventHandler[K]): void {
    this.listeners[type] = listener;
  }

  /** Removes the listener of one event. */
  off<K extends keyof ZPNsEventHandler>(type: K): void {
    delete this.listeners[type];
  }

  /** Asks the user for notifications, on iOS and Android 13 and later. Only the first call does something. */
  applyNotificationPermission(): void {
    if (!this.isPermissionAsked) {
      this.isPermissionAsked = true;
      engine()?.applyNotificationPermission();
    }
  }

  /** Registers the device; the result is the event `registered`, 6000404 without the native part. Never throws. */
  registerPush(config: ZPNsRegisterConfig = {}): void {
    const native = engine();
    if (native) {
      native.registerPush(config);
    } else {
      const msg = 'the native plug-in zego-ZPNsUniPlugin is not in this app';
      this.listeners.registered?.({ errorCode: ZPNsErrorCode.RegisterFailed, pushID: '', msg });
    }
  }

  /** Stops alert and silent pushes to this device; after `registerPush`. */
  unregisterPush(): void {
    engine()?.unregisterPush();
  }

  /** The spelling of the guide's text. */
  unRegisterPush(): void {
    this.unregisterPush();
  }

  /** Shows a notification of the app itself. */
  addLocalNotification(message: ZPNsLocalMessage): void {
    engine()?.addLocalNotification(message);
  }

  /** Makes a notification channel; Android 8 and later. */
  createNotificationChannel(channel: ZPNsNotificationChannel): void {
    engine()?.createNotificationChannel(channel);
  }
}
