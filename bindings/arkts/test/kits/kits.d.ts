// What the package and the published samples use of HarmonyOS's kits.

declare module '@kit.AbilityKit' {
  export namespace bundleManager {
    enum BundleFlag {
      GET_BUNDLE_INFO_DEFAULT = 0,
    }
    interface BundleInfo {
      readonly name: string;
    }
    function getBundleInfoForSelfSync(flags: number): BundleInfo;
  }
  export class UIAbility {
    readonly context: common.UIAbilityContext;
    onCreate(): void;
  }
  export namespace common {
    interface UIAbilityContext {
      readonly filesDir: string;
    }
  }
}

declare module '@kit.BasicServicesKit' {
  export interface BusinessError<T = void> extends Error {
    code: number;
    data?: T;
  }
}

declare module '@kit.NotificationKit' {
  import type { common } from '@kit.AbilityKit';
  export namespace notificationManager {
    function requestEnableNotification(context: common.UIAbilityContext): Promise<void>;
    function openNotificationSettings(context: common.UIAbilityContext): Promise<void>;
  }
}

declare module '@kit.PushKit' {
  export namespace pushService {
    function getToken(): Promise<string>;
    function deleteToken(): Promise<void>;
  }
}
