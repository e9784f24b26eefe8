// What the two packages share inside one environment; not for apps.
import { native } from './native.js';

export { native };
export { fromNative, ZIMError } from './error.js';

/** The live clients: the push client is attached to the messaging client as soon as there are both. */
const live = { zim: null, zpns: null };

/** Tells that a client was created (`null`: destroyed). */
export function setLive(kind, client) {
  live[kind] = client;
  if (live.zim && live.zpns) {
    live.zpns.attach(live.zim);
  } else if (kind === 'zim' && live.zpns) {
    live.zpns.detach();
  }
}

/**
 * Calls the app. What it throws becomes an uncaught exception of its own turn, as with any listener, and the events
 * behind it are told all the same.
 */
export function callApp(callback, ...parameters) {
  try {
    callback(...parameters);
  } catch (thrown) {
    setTimeout(() => {
      throw thrown;
    }, 0);
  }
}
