import { callApp, checked, native, setLiveZpns } from '@zego/ZIM/src/main/ets/shared';
import type { NativeItem, NativeZpns } from '@zego/ZIM/src/main/ets/shared';
import type { ZPNsMethods } from './published';
import { ZPNsErrorCode } from './types';
import type { ZPNsConfig, ZPNsEventHandler, ZPNsRegisterMessage } from './types';
import type { ZPNsVendor, ZPNsVendorChannel } from './VendorChannel';

let shared: ZPNs | null = null;
let config: ZPNsConfig = {};
let channel: ZPNsVendorChannel | null = null;
let isDebugBuild = false;

/** The push client of this process. */
export class ZPNs implements ZPNsMethods {
  private native: NativeZpns | null = null;
  private readonly listeners = new Map<string, Function>();

  /** Version of the library. */
  static getVersion(): string {
    return native.version();
  }

  static getInstance(): ZPNs {
    shared ??= new ZPNs();
    return shared;
  }

  /** Vendors and certificate set, before registering. */
  static setPushConfig(pushConfig: ZPNsConfig): void {
    config = { ...pushConfig };
  }

  /** Marks later registrations as those of a debug build; before registering. */
  static enableDebug(isDebug: boolean): void {
    isDebugBuild = Boolean(isDebug);
  }

  /** How this process reaches the vendor's SDK. Before registering; a later one replaces the registration's. */
  static setVendorChannel(vendorChannel: ZPNsVendorChannel | null): void {
    channel = vendorChannel;
    shared?.destroy();
  }

  /** Sets the listener of one event; a later one replaces it. */
  on<K extends keyof ZPNsEventHandler>(type: K, listener: ZPNsEventHandler[K]): void {
    this.listeners.set(type, listener);
  }

  /** Removes the listener, or only that one. */
  off<K extends keyof ZPNsEventHandler>(type: K, listener?: ZPNsEventHandler[K]): void {
    if (!listener || this.listeners.get(type) === listener) {
      this.listeners.delete(type);
    }
  }

  /** Registers the device; the result is the event `registered`. Throws only for a faulty parameter. */
  registerPush(pushConfig: ZPNsConfig = {}): void {
    checked(() => {
      const client = this.open();
      native.zpnsEnableDebug(client, isDebugBuild);
      native.zpnsSetPushConfig(client, JSON.stringify({ ...config, ...pushConfig }));
      native.zpnsRegisterPush(client);
    });
  }

  /** Stops all pushes to this device; throws 6000405 if it was never registered. */
  unregisterPush(): void {
    checked(() => native.zpnsUnregisterPush(this.open()));
  }

  /** The spelling of the guide's text. */
  unRegisterPush(): void {
    this.unregisterPush();
  }

  /** Tells the server the badge that this device shows. */
  setServerBadge(badge: number): void {
    checked(() => native.zpnsSetBadge(this.open(), badge));
  }

  /** Sets the badge on the device, through the vendor channel. */
  setLocalBadge(badge: number): void {
    checked(() => native.zpnsSetLocalBadge(this.open(), badge));
  }

  /** For the vendor channel: the vendor gave a token, the first or a new one. */
  tokenReceived(vendor: ZPNsVendor, token: string): void {
    if (this.native) {
      native.zpnsTokenReceived(this.native, vendor, token);
    }
  }

  /** For the vendor channel: the vendor delivered `message`. False if it does not support the event. */
  delivered(
    kind: 'notificationArrived' | 'notificationClicked' | 'throughMessageReceived',
    vendor: ZPNsVendor,
    message: object,
  ): boolean {
    return checked(() => native.zpnsDelivered(this.open(), kind, vendor, JSON.stringify(message)));
  }

  /** Ends the object in this process; the registration stays on the server. */
  destroy(): void {
    setLiveZpns(null);
    if (this.native) {
      native.zpnsDestroy(this.native);
      this.native = null;
    }
  }

  private open(): NativeZpns {
    if (!this.native) {
      const { os, bundleID, manufacturer, brand, systemProperties } = channel ?? {};
      const device = { os, bundleID, manufacturer, brand, systemProperties };
      this.native = native.createZpns(JSON.stringify(device), () => this.deliver());
      setLiveZpns(this.native);
    }
    return this.native;
  }

  private deliver(): void {
    for (const item of this.native ? native.zpnsTake(this.native) : []) {
      // A listener may have destroyed the client.
      if (!this.native) {
        return;
      }
      if (item.event !== undefined) {
        this.tell(item.event, item.value);
      } else {
        void this.ask(this.native, item);
      }
    }
  }

  private tell(event: string, value: unknown): void {
    const listener = this.listeners.get(event);
    if (listener) {
      callApp(() => listener(value));
    }
  }

  /** Hands a request of the library to the vendor channel, and its answer back. */
  private async ask(client: NativeZpns, item: NativeItem): Promise<void> {
    const vendor = item.vendor as ZPNsVendor;
    try {
      if (item.channel === 'requestToken') {
        if (!channel) {
          throw new Error('there is no vendor channel');
        }
        const token = await channel.requestToken(vendor, config);
        // Without one here, the channel gives it by `tokenReceived`.
        if (typeof token === 'string') {
          native.zpnsTokenReceived(client, vendor, token);
        }
      } else if (item.channel === 'releaseToken') {
        await channel?.releaseToken?.(vendor);
      } else {
        channel?.setLocalBadge?.(vendor, item.badge ?? 0);
      }
    } catch (thrown) {
      this.refused(client, item, thrown as Refusal);
    }
  }

  private refused(client: NativeZpns, item: NativeItem, { code, message }: Refusal): void {
    if (item.channel === 'requestToken') {
      const published = Object.values<number>(ZPNsErrorCode).includes(code ?? 0);
      const known = published ? (code as number) : ZPNsErrorCode.RegisterFailed;
      native.zpnsRegistrationFailed(client, item.vendor ?? '', known, message);
    } else if (item.channel === 'releaseToken') {
      // The device is unregistered all the same.
      const failure: ZPNsRegisterMessage = { errorCode: ZPNsErrorCode.UnregisterFailed, msg: message, pushID: '' };
      this.tell('registered', failure);
    }
  }
}

/** What a vendor channel throws; without a code of ours it is a failed registration. */
interface Refusal {
  code?: number;
  message: string;
}

export default ZPNs;
