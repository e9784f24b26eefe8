/** The native library: `libzim_arkts.so` on HarmonyOS, `zim.node` under Node. Not for apps. */

/** A messaging client of the Rust SDK. */
export interface NativeZim {
  readonly kind: 'zim';
}

/** A push client of the Rust SDK. */
export interface NativeZpns {
  readonly kind: 'zpns';
}

/** The answer of a call, an event, a notice that a message is attached, or a request to the vendor channel. */
export interface NativeItem {
  /** Number of the call this answers. */
  id?: number;
  /** Number of the call whose message is attached. */
  attached?: number;
  event?: string;
  channel?: 'requestToken' | 'releaseToken' | 'setLocalBadge';
  vendor?: string;
  badge?: number;
  value?: unknown;
  error?: { code: number; message: string };
}

/** What goes in as `config`, `device` and `parameters` is JSON. */
export interface Native {
  version(): string;
  createZim(config: string, wake: () => void): NativeZim;
  zimCall(zim: NativeZim, id: number, method: string, parameters: string): void;
  zimTake(zim: NativeZim): NativeItem[];
  zimDestroy(zim: NativeZim): void;
  createZpns(device: string, wake: () => void): NativeZpns;
  zpnsAttach(zpns: NativeZpns, zim: NativeZim): void;
  zpnsDetach(zpns: NativeZpns): void;
  zpnsSetPushConfig(zpns: NativeZpns, config: string): void;
  zpnsEnableDebug(zpns: NativeZpns, isDebug: boolean): void;
  zpnsRegisterPush(zpns: NativeZpns): void;
  zpnsUnregisterPush(zpns: NativeZpns): void;
  zpnsSetBadge(zpns: NativeZpns, badge: number): void;
  zpnsSetLocalBadge(zpns: NativeZpns, badge: number): void;
  zpnsTokenReceived(zpns: NativeZpns, vendor: string, token: string): void;
  zpnsRegistrationFailed(zpns: NativeZpns, vendor: string, code: number, message: string): void;
  zpnsDelivered(zpns: NativeZpns, kind: string, vendor: string, message: string): boolean;
  zpnsTake(zpns: NativeZpns): NativeItem[];
  zpnsDestroy(zpns: NativeZpns): void;
}

declare const native: Native;
export default native;
