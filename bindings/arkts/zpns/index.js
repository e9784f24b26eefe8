import { callApp, fromNative, native, setLive } from '@zego/ZIM/internal';

const OTHER = 6000404;
const UNREGISTER_FAILED = 6000405;
let shared = null;
let config = {};
let channel = {};
let isDebugBuild = false;

/** Calls a native function; its errors become ZIMErrors. */
function checked(action) {
  try {
    return action();
  } catch (thrown) {
    throw fromNative(thrown);
  }
}

export class ZPNs {
  #native = null;
  #listeners = new Map();

  static getVersion() {
    return native.version();
  }

  static getInstance() {
    shared ??= new ZPNs();
    return shared;
  }

  static setPushConfig(pushConfig) {
    config = { ...pushConfig };
  }

  static enableDebug(isDebug) {
    isDebugBuild = Boolean(isDebug);
  }

  /** How this process reaches the vendor's SDK. Before registering; a later one replaces the registration's. */
  static setVendorChannel(vendorChannel) {
    channel = vendorChannel ?? {};
    shared?.destroy();
  }

  on(type, listener) {
    this.#listeners.set(type, listener);
  }

  off(type, listener) {
    if (!listener || this.#listeners.get(type) === listener) {
      this.#listeners.delete(type);
    }
  }

  registerPush(pushConfig = {}) {
    checked(() => {
      const client = this.#open();
      client.enableDebug(isDebugBuild);
      client.setPushConfig({ ...config, ...pushConfig });
      client.registerPush();
    });
  }

  unregisterPush() {
    checked(() => this.#open().unregisterPush());
  }

  /** The spelling of the guide's text. */
  unRegisterPush() {
    this.unregisterPush();
  }

  setServerBadge(badge) {
    checked(() => this.#open().setBadge(badge));
  }

  setLocalBadge(badge) {
    checked(() => this.#open().setLocalBadge(badge));
  }

  /** For the vendor channel: the vendor gave a token, the first or a new one. */
  tokenReceived(vendor, token) {
    this.#native?.tokenReceived(vendor, token);
  }

  /** For the vendor channel: the vendor delivered something. False if it does not support the event. */
  delivered(kind, vendor, message) {
    return checked(() => this.#open().delivered(kind, vendor, JSON.stringify(message)));
  }

  /** Ends the object in this process; the registration stays on the server. */
  destroy() {
    setLive('zpns', null);
    this.#native?.destroy();
    this.#native = null;
  }

  #open() {
    if (!this.#native) {
      const { os, bundleID, manufacturer, brand, systemProperties } = channel;
      const device = { os, bundleID, manufacturer, brand, systemProperties };
      this.#native = new native.NativeZpns(device, () => this.#deliver());
      setLive('zpns', this.#native);
    }
    return this.#native;
  }

  #deliver() {
    for (const item of this.#native?.take() ?? []) {
      if (!this.#native) {
        return;
      }
      if ('event' in item) {
        this.#tell(item.event, item.value);
      } else {
        this.#ask(item);
      }
    }
  }

  #tell(event, value) {
    const listener = this.#listeners.get(event);
    if (listener) {
      callApp(listener, value);
    }
  }

  async #ask({ channel: what, vendor, badge }) {
    const asked = this.#native;
    try {
      if (what === 'requestToken') {
        if (!channel.requestToken) {
          throw new Error('the vendor channel has no requestToken');
        }
        const token = await channel.requestToken(vendor, config);
        // Without one here, the channel gives it by `tokenReceived`.
        if (typeof token === 'string') {
          asked.tokenReceived(vendor, token);
        }
      } else if (what === 'releaseToken') {
        await channel.releaseToken?.(vendor);
      } else {
        channel.setLocalBadge?.(vendor, badge);
      }
    } catch (thrown) {
      const message = String(thrown?.message ?? thrown);
      if (what === 'requestToken') {
        asked.registrationFailed(vendor, Number.isInteger(thrown?.code) ? thrown.code : OTHER, message);
      } else if (what === 'releaseToken') {
        // The device is unregistered all the same.
        this.#tell('registered', { errorCode: UNREGISTER_FAILED, msg: message, pushID: '' });
      }
    }
  }
}

export default ZPNs;
