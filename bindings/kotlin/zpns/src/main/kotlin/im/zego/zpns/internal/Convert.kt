package im.zego.zpns.internal

import im.zego.zim.internal.uniffi.Registered
import im.zego.zim.internal.uniffi.Vendor
import im.zego.zim.internal.uniffi.ZpnsConfig
import im.zego.zim.internal.uniffi.ZpnsMessage
import im.zego.zpns.entity.ZPNsMessage
import im.zego.zpns.entity.ZPNsRegisterMessage
import im.zego.zpns.enums.ZPNsConstants.PushSource
import im.zego.zpns.enums.ZPNsErrorCode
import im.zego.zpns.enums.ZPNsType
import im.zego.zpns.util.ZPNsConfig

/** The published classes as the core has them, and back. */

/** Android's number of a vendor; those it has none for are ZEGO. */
internal fun Vendor.source(): PushSource = when (this) {
    Vendor.FCM -> PushSource.FCM
    Vendor.HUAWEI -> PushSource.HUAWEI
    Vendor.XIAOMI -> PushSource.XIAOMI
    Vendor.OPPO -> PushSource.OPPO
    Vendor.VIVO -> PushSource.VIVO
    Vendor.APNS, Vendor.HARMONY_OS, Vendor.WEB -> PushSource.ZEGO
}

internal fun Registered.published(): ZPNsRegisterMessage = ZPNsRegisterMessage.builder()
    .errorCode(ZPNsErrorCode.of(errorCode))
    .msg(msg)
    .commandResult(pushId)
    .pushSource(vendor?.source() ?: PushSource.ZEGO)
    .deviceToken(deviceToken)
    .build()

/** [original] is what the vendor delivered, if this device still has it. */
internal fun ZpnsMessage.published(type: ZPNsType, original: VendorMessage?): ZPNsMessage = ZPNsMessage.builder()
    .pushSource(vendor.source())
    .pushType(type)
    .pushMessage(original?.original())
    .notifyId(original?.notifyId() ?: 0)
    .title(title)
    .content(content)
    .payload(payload)
    .extras(extras)
    .build()

/** The fields are the app's: null is as good as empty, and the core refuses an appType that does not exist. */
internal fun ZPNsConfig.core() = ZpnsConfig(
    appType = appType.toUInt(),
    enableFcmPush = enableFCMPush,
    enableHwPush = enableHWPush,
    enableMiPush = enableMiPush,
    enableOppoPush = enableOppoPush,
    enableVivoPush = enableVivoPush,
    hwAppId = hwAppID.orEmpty(),
    miAppId = miAppID.orEmpty(),
    miAppKey = miAppKey.orEmpty(),
    oppoAppId = oppoAppID.orEmpty(),
    oppoAppKey = oppoAppKey.orEmpty(),
    oppoAppSecret = oppoAppSecret.orEmpty(),
    vivoAppId = vivoAppID.orEmpty(),
    vivoAppKey = vivoAppKey.orEmpty(),
    enableHwBadge = enableHWBadge,
)
