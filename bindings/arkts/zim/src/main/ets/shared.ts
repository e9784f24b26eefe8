// What `@zego/ZIM` and `@zego/ZPNs` share inside one environment; not for apps.
import native from 'libzim_arkts.so';
import type { NativeZim, NativeZpns } from 'libzim_arkts.so';

export { native };
export type { NativeItem, NativeZim, NativeZpns } from 'libzim_arkts.so';
export { checked, ZIMError } from './ZIMError';

/** The live clients: the push client is attached to the messaging client as soon as there are both. */
let liveZim: NativeZim | null = null;
let liveZpns: NativeZpns | null = null;

/** Tells that the messaging client was created (`null`: destroyed). */
export function setLiveZim(zim: NativeZim | null): void {
  liveZim = zim;
  if (!attach() && liveZpns) {
    native.zpnsDetach(liveZpns);
  }
}

/** Tells that the push client was created (`null`: destroyed). */
export function setLiveZpns(zpns: NativeZpns | null): void {
  liveZpns = zpns;
  attach();
}

function attach(): boolean {
  if (liveZim && liveZpns) {
    native.zpnsAttach(liveZpns, liveZim);
    return true;
  }
  return false;
}

/**
 * Calls the app. What it throws becomes an uncaught exception of its own turn, as with any listener, and the events
 * behind it are told all the same.
 */
export function callApp(callback: () => void): void {
  try {
    callback();
  } catch (thrown) {
    setTimeout(() => {
      throw thrown;
    }, 0);
  }
}
