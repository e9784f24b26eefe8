// uni-app's bridge with the native part of an Android phone behind it, which is the real library.
import ZPNs from '@zego/ZPNs';

const EVENTS = ['registered', 'notificationArrived', 'notificationClicked', 'throughMessageReceived'];
const MODULE = 'zego-ZPNsUniPlugin_ZPNsUniEngine';

/** Installs `uni` and `plus`. `phone`: its maker and the app's package; null for an app without the native part. */
export function install(phone) {
  const listeners = new Map();
  const calls = [];
  const tell = (name, told) => listeners.get(`zego.zpns.${name}`)?.forEach((listener) => listener(told));
  globalThis.plus = {
    globalEvent: {
      addEventListener: (name, listener) => listeners.set(name, [...(listeners.get(name) ?? []), listener]),
    },
  };
  const engine = phone && native(phone, tell, calls);
  globalThis.uni = { requireNativePlugin: (name) => (name === MODULE ? engine : undefined) };
  return { calls };
}

function native({ manufacturer, bundleID }, tell, calls) {
  ZPNs.setVendorChannel({ os: 'android', bundleID, manufacturer, requestToken: async (vendor) => `${vendor}-token` });
  const zpns = ZPNs.getInstance();
  EVENTS.forEach((event) => zpns.on(event, (told) => tell(event, told)));
  const methods = {
    getVersion: (answer) => answer({ version: ZPNs.getVersion() }),
    enableDebug: (isDebug) => ZPNs.enableDebug(isDebug),
    setPushConfig: (config) => ZPNs.setPushConfig(config),
    registerPush: () => zpns.registerPush(),
    unregisterPush: () => {
      try {
        zpns.unregisterPush();
      } catch (error) {
        tell('registered', { errorCode: error.code, pushID: '', msg: error.message });
      }
    },
    applyNotificationPermission: () => {},
    addLocalNotification: () => {},
    createNotificationChannel: () => {},
  };
  // Like the bridge, everything crosses as JSON.
  const crossing = (value) => (typeof value === 'function' || value === undefined ? value : JSON.parse(JSON.stringify(value)));
  const recorded = ([name, method]) => [name, (parameter) => {
    calls.push([name, crossing(parameter)]);
    return method(crossing(parameter));
  }];
  return Object.fromEntries(Object.entries(methods).map(recorded));
}
