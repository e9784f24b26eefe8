import { ZIMErrorCode } from './enums.js';
import { ZIMError, fromNative } from './error.js';
import { callApp, native, setLive } from './internal.js';

const COMMAND = 2;
// While calls wait for answers, a timer keeps the process: the library itself never does.
const FOREVER = 2 ** 30;

/** What was set for the next `create`. */
const settings = { cachePath: '', advanced: new Map() };
let instance = null;

/** @type {(message: object) => object} Bytes cross the boundary as a list of numbers. */
function messageOut(message) {
  if (message?.message instanceof Uint8Array) {
    return { ...message, message: Array.from(message.message) };
  }
  return message;
}

/** Turns the bytes of every command inside an answer or event back into a Uint8Array. */
function messageIn(message) {
  if (message?.type === COMMAND && Array.isArray(message.message)) {
    message.message = Uint8Array.from(message.message);
  }
}

function messagesIn(value) {
  messageIn(value?.message);
  value?.messageList?.forEach(messageIn);
  value?.infos?.forEach((info) => messageIn(info.message));
  return value;
}

export class ZIM {
  #native;
  #pending = new Map();
  #listeners = new Map();
  #nextCall = 1;
  #keeper = null;

  /** Use `ZIM.create`. */
  constructor(config) {
    this.#native = new native.NativeZim(config, () => this.#deliver());
  }

  static getVersion() {
    return native.version();
  }

  static setCacheConfig(config) {
    settings.cachePath = config.cachePath ?? '';
  }

  static setAdvancedConfig(key, value) {
    settings.advanced.set(key, value);
  }

  static create(appConfig) {
    if (instance) {
      return null;
    }
    const app = typeof appConfig === 'number' ? { appID: appConfig } : (appConfig ?? {});
    const advanced = (key) => settings.advanced.get(key) ?? '';
    const config = {
      appID: app.appID,
      appSign: app.appSign,
      serverURL: app.serverURL || advanced('server_url'),
      allowPlaintext: advanced('allow_plaintext') === 'true',
      cachePath: settings.cachePath,
      certificates: advanced('ca_certificates'),
      platform: Number.parseInt(advanced('platform'), 10) || 0,
    };
    try {
      instance = new ZIM(config);
    } catch (thrown) {
      throw fromNative(thrown);
    }
    setLive('zim', instance.#native);
    return instance;
  }

  static getInstance() {
    return instance;
  }

  destroy() {
    if (!this.#native) {
      return;
    }
    setLive('zim', null);
    this.#native.destroy();
    this.#native = null;
    this.#listeners.clear();
    if (instance === this) {
      instance = null;
    }
    const unanswered = [...this.#pending.values()];
    this.#pending.clear();
    this.#mind();
    unanswered.forEach(({ reject }) => reject(destroyed()));
  }

  on(type, listener) {
    this.#listeners.set(type, listener);
  }

  off(type) {
    this.#listeners.delete(type);
  }

  login(user, secret) {
    // Up to 2.12 the user with a token, since then the id with a configuration.
    if (typeof user === 'object' && user !== null) {
      return this.#call('login', user.userID, { userName: user.userName, token: secret });
    }
    return this.#call('login', user, secret);
  }

  logout() {
    // Published without a result. The promise is for those who want to wait; nobody has to.
    const done = this.#call('logout');
    done.catch(() => {});
    return done;
  }

  sendMessage(message, toConversationID, conversationType, config, notification) {
    const attached = notification?.onMessageAttached;
    const extra = attached ? { attached: attached.bind(notification) } : {};
    const parameters = [messageOut(message), toConversationID, conversationType, config, Boolean(attached)];
    return this.#begin('sendMessage', parameters, extra);
  }

  queryHistoryMessage(conversationID, conversationType, config) {
    const nextMessage = messageOut(config?.nextMessage);
    return this.#call('queryHistoryMessage', conversationID, conversationType, { ...config, nextMessage });
  }

  #call(method, ...parameters) {
    return this.#begin(method, parameters, {});
  }

  #begin(method, parameters, extra) {
    if (!this.#native) {
      return Promise.reject(destroyed());
    }
    return new Promise((resolve, reject) => {
      const id = this.#nextCall;
      this.#nextCall = id === 0xffffffff ? 1 : id + 1;
      try {
        this.#native.call(id, method, parameters.map((parameter) => parameter ?? null));
      } catch (thrown) {
        // A value that is no plain data: a function, a cycle.
        const message = `${method}: ${thrown.message}`;
        reject(new ZIMError({ code: ZIMErrorCode.CommonModuleParamsInvalid, message }));
        return;
      }
      this.#pending.set(id, { resolve, reject, ...extra });
      this.#mind();
    });
  }

  /** Keeps the process alive exactly while calls are under way. */
  #mind() {
    if (this.#pending.size > 0 && !this.#keeper) {
      this.#keeper = setInterval(() => {}, FOREVER);
    } else if (this.#pending.size === 0 && this.#keeper) {
      clearInterval(this.#keeper);
      this.#keeper = null;
    }
  }

  #deliver() {
    for (const item of this.#native?.take() ?? []) {
      // A listener may have destroyed the client.
      if (!this.#native) {
        return;
      }
      if ('event' in item) {
        const listener = this.#listeners.get(item.event);
        if (listener) {
          callApp(listener, this, messagesIn(item.value));
        }
      } else if ('attached' in item) {
        messageIn(item.value);
        callApp(this.#pending.get(item.attached)?.attached ?? (() => {}), item.value);
      } else {
        this.#settle(item);
      }
    }
  }

  #settle({ id, value, error }) {
    const call = this.#pending.get(id);
    this.#pending.delete(id);
    this.#mind();
    if (error) {
      call?.reject(new ZIMError(error));
    } else {
      call?.resolve(messagesIn(value ?? undefined));
    }
  }

  static {
    // The rest hands its parameters on as they are.
    const plain = [
      'renewToken', 'querySelfUserInfo', 'updateUserOfflinePushRule', 'updateUserBadge', 'queryConversationList',
      'queryConversation', 'clearConversationUnreadMessageCount', 'clearConversationTotalUnreadMessageCount',
      'queryConversationTotalUnreadMessageCount', 'setConversationNotificationStatus', 'createGroup', 'joinGroup',
      'leaveGroup', 'dismissGroup', 'inviteUsersIntoGroup', 'queryGroupInfo', 'queryGroupMemberList', 'callInvite',
      'callCancel', 'callAccept', 'callReject', 'callingInvite', 'callQuit', 'callEnd', 'callJoin',
      'queryCallInvitationList',
    ];
    for (const method of plain) {
      Object.defineProperty(ZIM.prototype, method, {
        value(...parameters) {
          return this.#call(method, ...parameters);
        },
        configurable: true,
        writable: true,
      });
    }
  }
}

function destroyed() {
  return new ZIMError({ code: ZIMErrorCode.CommonModuleNotInit, message: 'the client was destroyed' });
}
