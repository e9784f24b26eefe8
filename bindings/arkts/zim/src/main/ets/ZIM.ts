import native from 'libzim_arkts.so';
import type { NativeItem, NativeZim } from 'libzim_arkts.so';
import { ZIMErrorCode, ZIMMessageType } from './enums';
import type { ZIMConversationType } from './enums';
import { callApp, checked, setLiveZim, ZIMError } from './shared';
import type {
  ZIMAppConfig,
  ZIMCacheConfig,
  ZIMEventHandler,
  ZIMLoginConfig,
  ZIMLogoutConfig,
  ZIMMessage,
  ZIMMessageQueriedResult,
  ZIMMessageQueryConfig,
  ZIMMessageSendConfig,
  ZIMMessageSendNotification,
  ZIMMessageSentResult,
  ZIMUserInfo,
} from './types';
import { ZIMCalls } from './ZIMCalls';

/** While calls wait for answers, a timer keeps the process of Node: the library itself never does. */
const FOREVER = 2 ** 30;
const LARGEST_CALL = 0xffffffff;

/** A call under way. */
interface Pending {
  resolve: (value: unknown) => void;
  reject: (error: ZIMError) => void;
  attached?: (message: ZIMMessage) => void;
}

/** What may hold messages: an answer, or the payload of an event. */
interface Holder {
  message?: unknown;
  messageList?: ZIMMessage[];
  infos?: { message: ZIMMessage }[];
}

/** A message on its way in: bytes cross the boundary as a list of numbers. */
interface PlainMessage {
  type?: number;
  message?: unknown;
}

/** What was set for the next `create`. */
let cachePath = '';
const advanced = new Map<string, string>();
let instance: ZIM | null = null;

/** One messaging client; at most one lives. */
export class ZIM extends ZIMCalls {
  private native: NativeZim | null;
  private readonly pending = new Map<number, Pending>();
  private readonly listeners = new Map<string, Function>();
  private nextCall = 1;
  private keeper: ReturnType<typeof setInterval> | null = null;

  private constructor(config: object) {
    super();
    this.native = native.createZim(JSON.stringify(config), () => this.deliver());
    setLiveZim(this.native);
  }

  /** Version of the library. */
  static getVersion(): string {
    return native.version();
  }

  /** Sets the folder of the local data for clients made afterwards. */
  static setCacheConfig(config: ZIMCacheConfig): void {
    cachePath = config.cachePath ?? '';
  }

  /** Sets a named option for clients made afterwards; unknown names are ignored. */
  static setAdvancedConfig(key: string, value: string): void {
    advanced.set(key, value);
  }

  /** Makes the client; a second call while one lives gives null. Throws a `ZIMError` if the configuration is refused. */
  static create(appConfig: number | ZIMAppConfig): ZIM | null {
    if (instance) {
      return null;
    }
    const app: Partial<ZIMAppConfig> = typeof appConfig === 'number' ? { appID: appConfig } : (appConfig ?? {});
    const option = (key: string): string => advanced.get(key) ?? '';
    const config = {
      appID: app.appID,
      appSign: app.appSign,
      serverURL: app.serverURL || option('server_url'),
      allowPlaintext: option('allow_plaintext') === 'true',
      cachePath,
      certificates: option('ca_certificates'),
      platform: Number.parseInt(option('platform'), 10) || 0,
    };
    instance = checked(() => new ZIM(config));
    return instance;
  }

  /** The living client, or null. */
  static getInstance(): ZIM | null {
    return instance;
  }

  /** Ends the client; nothing is called back afterwards. Calls under way are refused with 6000002. */
  destroy(): void {
    if (!this.native) {
      return;
    }
    setLiveZim(null);
    native.zimDestroy(this.native);
    this.native = null;
    this.listeners.clear();
    if (instance === this) {
      instance = null;
    }
    const unanswered = [...this.pending.values()];
    this.pending.clear();
    this.mind();
    unanswered.forEach(({ reject }) => reject(destroyed()));
  }

  /** Sets the listener of one event; a later one replaces it. */
  on<K extends keyof ZIMEventHandler>(type: K, listener: ZIMEventHandler[K]): void {
    this.listeners.set(type, listener);
  }

  /** Removes the listener of one event. */
  off<K extends keyof ZIMEventHandler>(type: K): void {
    this.listeners.delete(type);
  }

  /** Logs a user in and starts the synchronisation. */
  login(userInfo: ZIMUserInfo, token: string): Promise<void>;
  /** Logs a user in and starts the synchronisation. */
  login(userID: string, config: ZIMLoginConfig): Promise<void>;
  login(user: string | ZIMUserInfo, secret: string | ZIMLoginConfig): Promise<void> {
    // Up to 2.12 the user with a token, since then the id with a configuration.
    if (typeof user === 'object' && user !== null) {
      return this.call('login', [user.userID, { userName: user.userName, token: secret }]);
    }
    return this.call('login', [user, secret]);
  }

  /**
   * Logs the user out and releases the push binding of this device. Published without a result; the promise is for those
   * who want to wait, and nobody has to.
   */
  logout(_config?: ZIMLogoutConfig): Promise<void> {
    const done = this.call<void>('logout', []);
    done.catch(() => {});
    return done;
  }

  /** Sends a message; answered after the service stored it. */
  sendMessage(
    message: ZIMMessage,
    toConversationID: string,
    conversationType: ZIMConversationType,
    config: ZIMMessageSendConfig,
    notification?: ZIMMessageSendNotification,
  ): Promise<ZIMMessageSentResult> {
    const attached = notification?.onMessageAttached?.bind(notification);
    const parameters = [messageOut(message), toConversationID, conversationType, config, attached !== undefined];
    return this.begin('sendMessage', parameters, attached);
  }

  /** Returns a part of the history of a conversation. */
  queryHistoryMessage(
    conversationID: string,
    conversationType: ZIMConversationType,
    config: ZIMMessageQueryConfig,
  ): Promise<ZIMMessageQueriedResult> {
    const nextMessage = messageOut(config?.nextMessage);
    return this.call('queryHistoryMessage', [conversationID, conversationType, { ...config, nextMessage }]);
  }

  protected call<T>(method: string, parameters: unknown[]): Promise<T> {
    return this.begin(method, parameters, undefined);
  }

  private begin<T>(
    method: string,
    parameters: unknown[],
    attached: ((message: ZIMMessage) => void) | undefined,
  ): Promise<T> {
    const client = this.native;
    if (!client) {
      return Promise.reject(destroyed());
    }
    return new Promise<T>((resolve, reject) => {
      const id = this.nextCall;
      this.nextCall = id === LARGEST_CALL ? 1 : id + 1;
      try {
        native.zimCall(client, id, method, JSON.stringify(parameters));
      } catch (thrown) {
        // A value that is no plain data: a cycle, a bigint.
        reject(new ZIMError(ZIMErrorCode.CommonModuleParamsInvalid, `${method}: ${(thrown as Error).message}`));
        return;
      }
      this.pending.set(id, { resolve: resolve as (value: unknown) => void, reject, attached });
      this.mind();
    });
  }

  /** Keeps the process alive exactly while calls are under way. */
  private mind(): void {
    if (this.pending.size > 0 && this.keeper === null) {
      this.keeper = setInterval(() => {}, FOREVER);
    } else if (this.pending.size === 0 && this.keeper !== null) {
      clearInterval(this.keeper);
      this.keeper = null;
    }
  }

  private deliver(): void {
    for (const item of this.native ? native.zimTake(this.native) : []) {
      // A listener may have destroyed the client.
      if (!this.native) {
        return;
      }
      if (item.event !== undefined) {
        const listener = this.listeners.get(item.event);
        if (listener) {
          callApp(() => listener(this, messagesIn(item.value)));
        }
      } else if (item.attached !== undefined) {
        messageIn(item.value);
        const attached = this.pending.get(item.attached)?.attached;
        callApp(() => attached?.(item.value as ZIMMessage));
      } else {
        this.settle(item);
      }
    }
  }

  private settle({ id, value, error }: NativeItem): void {
    const call = this.pending.get(id ?? 0);
    this.pending.delete(id ?? 0);
    this.mind();
    if (error) {
      call?.reject(new ZIMError(error.code, error.message));
    } else {
      call?.resolve(messagesIn(value ?? undefined));
    }
  }
}

function messageOut(message: ZIMMessage | null | undefined): unknown {
  const content = message?.message;
  return content instanceof Uint8Array ? { ...message, message: Array.from(content) } : message;
}

/** Turns the bytes of a command back into a Uint8Array. */
function messageIn(value: unknown): void {
  const message = value as PlainMessage | null | undefined;
  if (message?.type === ZIMMessageType.Command && Array.isArray(message.message)) {
    message.message = Uint8Array.from(message.message as number[]);
  }
}

/** The same for every message inside an answer or event. */
function messagesIn(value: unknown): unknown {
  const holder = value as Holder | null | undefined;
  messageIn(holder?.message);
  holder?.messageList?.forEach(messageIn);
  holder?.infos?.forEach((info) => messageIn(info.message));
  return value;
}

function destroyed(): ZIMError {
  return new ZIMError(ZIMErrorCode.CommonModuleNotInit, 'the client was destroyed');
}

export default ZIM;
