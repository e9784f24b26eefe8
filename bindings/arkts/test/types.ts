// Only compiled: what the two packages of the push client declare against the published declarations, and what they refuse.
import { ZPNs, ZPNsErrorCode, ZPNsPushSourceType } from '@zego/ZPNs';
import type { ZPNsConfig, ZPNsMessage, ZPNsRegisterMessage } from '@zego/ZPNs';
import type { ZPNsStatics } from '../zpns/src/main/ets/published';
import { ZPNs as UniZPNs, ZPNsIOSEnvironment } from '@/js_sdk/zego-ZPNsUniPlugin-JS/lib';
import type { ZPNsStatics as UniStatics } from '../../uniapp/js_sdk/zego-ZPNsUniPlugin-JS/lib/published';

// The methods of objects are held to theirs by `implements`.
export const harmonyos: ZPNsStatics = ZPNs;
export const uniapp: UniStatics = UniZPNs;

export const second: ZPNsConfig = { appType: 2 };
export const failed = (message: ZPNsRegisterMessage): boolean => message.errorCode === ZPNsErrorCode.VendorApiFailed;
export const ofApple = (message: ZPNsMessage): boolean => message.pushSourceType === ZPNsPushSourceType.APNs;

export function refused(): void {
  // @ts-expect-error: no event of this name
  ZPNs.getInstance().on('arrived', () => {});
  // @ts-expect-error: a registration has no title
  ZPNs.getInstance().on('registered', (message) => message.title);
  // @ts-expect-error: a number
  ZPNs.getInstance().registerPush({ appType: 'two' });
  // @ts-expect-error: uni-app spells it enableHwBadge
  UniZPNs.setPushConfig({ enableHWBadge: true });
  // @ts-expect-error: uni-app's `off` takes the event alone
  UniZPNs.getInstance().off('registered', () => {});
  // @ts-expect-error: the vendors belong to setPushConfig
  UniZPNs.getInstance().registerPush({ enableFCMPush: true });
  // @ts-expect-error: a channel needs a name
  UniZPNs.getInstance().createNotificationChannel({ channelID: 'chat' });
  UniZPNs.getInstance().registerPush({ iOSEnvironment: ZPNsIOSEnvironment.Automatic });
}
