/** Which application this is, and where its server runs. */
export interface ZIMAppConfig {
  /** Number of the application, never 0. */
  appID: number;
  /** Secret of the application, 64 hexadecimal digits; empty: a token is given at login. */
  appSign?: string;
  /** Address of the owner's server, `wss://…`; ours, not in the published class. */
  serverURL?: string;
}

/** Where local data is kept. */
export interface ZIMCacheConfig {
  /** Folder; empty: nothing outlives the process. */
  cachePath: string;
}

/** How to log out. */
export interface ZIMLogoutConfig {}

/** A message: text (type 1), command (2) or custom (200); a recalled one is a `ZIMRevokeMessage`. All members but `type` are optional when it is sent. */
export interface ZIMMessage {
  /** Which class it is. */
  type: ZIMMessageType;
  /** Text; the bytes of a command. */
  message?: string | Uint8Array;
  /** Custom: the app's own kind, 0 to 200. */
  subType?: number;
  /** Custom: what the local search looks at. */
  searchedContent?: string;
  /** Unique on the server; 0 until it accepted the message. */
  messageID?: number;
  /** Made by this client. */
  localMessageID?: number;
  /** Number inside the conversation. */
  messageSeq?: number;
  /** Who sent it. */
  senderUserID?: string;
  /** The other user, or the group. */
  conversationID?: string;
  /** Kind of conversation. */
  conversationType?: ZIMConversationType;
  /** Sent or received. */
  direction?: ZIMMessageDirection;
  /** Only for sent ones. */
  sentStatus?: ZIMMessageSentStatus;
  /** Milliseconds of Unix time. */
  timestamp?: number;
  /** The sort key. */
  orderKey?: number;
  /** Put into the local store by the app. */
  isUserInserted?: boolean;
  /** State of the read receipt. */
  receiptStatus?: ZIMMessageReceiptStatus;
  /** Travels with the message. */
  extendedData?: string;
  /** Stays on this device. */
  localExtendedData?: string;
  /** From the server to everybody. */
  isBroadcastMessage?: boolean;
  /** Users mentioned by the sender. */
  mentionedUserIDs?: string[];
  /** Everybody is mentioned. */
  isMentionAll?: boolean;
  /** Sent by the server API. */
  isServerMessage?: boolean;
}

/** What a recalled message became (type 31): its ids and its place are those of the message. */
export interface ZIMRevokeMessage extends ZIMMessage {
  /** For whom it was recalled. */
  revokeType: ZIMRevokeType;
  /** When, in milliseconds of Unix time. */
  revokeTimestamp: number;
  /** Who recalled it. */
  operatedUserID: string;
  /** Class of the message before. */
  originalMessageType: ZIMMessageType;
  /** Its text, if it was a text message. */
  originalTextMessageContent: string;
  /** Text the recall brought along. */
  revokeExtendedData: string;
  /** By what right it was recalled. */
  revokeStatus: ZIMMessageRevokeStatus;
}

/** What is told while a message is sent. */
export interface ZIMMessageSendNotification {
  /** The message is stored, the network has not begun. */
  onMessageAttached?: (message: ZIMMessage) => void;
}
