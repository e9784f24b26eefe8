/** Which of Apple's environments the app's certificate belongs to. */
export enum ZPNsIOSEnvironment {
  /** A distribution certificate: App Store, TestFlight, ad hoc. */
  Production = 0,
  /** A development certificate. */
  Development = 1,
  /** Read from the profile inside the app; a new major version of iOS may change what that says. */
  Automatic = 2,
}

/** The service a push came from. */
export enum ZPNsPushSourceType {
  APNs = 1,
  FCM = 2,
  HuaWei = 3,
  XiaoMi = 4,
  Oppo = 5,
  Vivo = 6,
}

/** Vendors of Android, the app's credentials at them, and the certificate set. Absent switches are off. */
export interface ZPNsConfig {
  enableHWPush?: boolean;
  enableMiPush?: boolean;
  enableVivoPush?: boolean;
  enableOppoPush?: boolean;
  /** Google; wins over the makers' own service. Only with offline packaging. */
  enableFCMPush?: boolean;
  /** Let Huawei devices show a badge. */
  enableHwBadge?: boolean;
  miAppID?: string;
  miAppKey?: string;
  oppoAppID?: string;
  oppoAppSecret?: string;
  oppoAppKey?: string;
  vivoAppID?: string;
  vivoAppKey?: string;
  hwAppID?: string;
  /** 1 or 2; absent: the first set. */
  appType?: number;
}

/** What iOS shows of a push that arrives in the foreground; what is absent is not shown. */
export interface ZPNsIOSNotificationArrivedConfig {
  isPresentBadge?: boolean;
  isPresentSound?: boolean;
  isPresentAlert?: boolean;
}

/** How to register on iOS; Android needs nothing of it. */
export interface ZPNsRegisterConfig {
  /** Absent: Automatic. */
  iOSEnvironment?: ZPNsIOSEnvironment;
  iOSNotificationArrivedConfig?: ZPNsIOSNotificationArrivedConfig;
  enableIOSVoIP?: boolean;
}

/** Result of a registration. */
export interface ZPNsRegisterMessage {
  /** 0, 6000401 to 6000405, or on iOS Apple's own code. */
  errorCode: number;
  /** Names the device for a targeted push; empty after a failure. */
  pushID: string;
  /** For developers. */
  msg: string;
}

/** A push the device got. */
export interface ZPNsMessage {
  title: string;
  content: string;
  /** Data of the sender for the app. */
  payload: string;
  /** Every key and value the vendor delivered; for OPPO at most 500 characters together. */
  extras: Record<string, any>;
  pushSourceType: ZPNsPushSourceType;
}

/** A notification the app shows itself. */
export interface ZPNsLocalMessage {
  title: string;
  content: string;
  payload?: string;
  /** Android 8 and later. */
  channelID?: string;
  iOSSound?: string;
  androidSound?: string;
}

/** A notification channel of Android 8 and later. */
export interface ZPNsNotificationChannel {
  channelID: string;
  channelName: string;
  androidSound?: string;
}

/** The functions an app passes, by event. */
export interface ZPNsEventHandler {
  /** A registration succeeded or failed; every vendor. */
  registered: (message: ZPNsRegisterMessage) => void;
  /** A push was displayed: Apple in the foreground; Xiaomi while the process lives. */
  notificationArrived: (message: ZPNsMessage) => void;
  /** The user tapped a push. */
  notificationClicked: (message: ZPNsMessage) => void;
  /** A push without notification: Huawei with its permission, Google while the process lives, Apple's silent push. */
  throughMessageReceived: (message: ZPNsMessage) => void;
}
