package im.zego.zpns.internal

import android.content.Context
import android.content.Intent
import android.net.Uri
import android.os.Bundle
import im.zego.zim.internal.uniffi.Vendor
import im.zego.zim.internal.util.ZIMLogUtil

/** The number on the app's icon: each maker's launcher has a way of its own, and none has one of Android's. */
internal object Badge {
    /** The core asks this only of vendors that have a number. A launcher that refuses costs the number, nothing else. */
    fun set(context: Context, vendor: Vendor, badge: Int) {
        try {
            when (vendor) {
                Vendor.HUAWEI -> huawei(context, badge)
                Vendor.OPPO -> oppo(context, badge)
                Vendor.VIVO -> vivo(context, badge)
                else -> Unit
            }
        } catch (refused: RuntimeException) {
            ZIMLogUtil.writeFailure("the launcher of $vendor did not set the badge", refused)
        }
    }

    private fun huawei(context: Context, badge: Int) {
        val arguments = Bundle()
        arguments.putString("package", context.packageName)
        arguments.putString("class", launcher(context))
        arguments.putInt("badgenumber", badge)
        call(context, "content://com.huawei.android.launcher.settings/badge/", "change_badge", arguments)
    }

    private fun oppo(context: Context, badge: Int) {
        val arguments = Bundle()
        arguments.putInt("app_badge_count", badge)
        call(context, "content://com.android.badge/badge", "setAppBadgeCount", arguments)
    }

    private fun vivo(context: Context, badge: Int) {
        val intent = Intent("launcher.action.CHANGE_APPLICATION_NOTIFICATION_NUM")
            .putExtra("packageName", context.packageName)
            .putExtra("className", launcher(context))
            .putExtra("notificationNum", badge)
        // The launcher is another app: without this Android 8 and later would not start it.
        intent.addFlags(FLAG_RECEIVER_INCLUDE_BACKGROUND)
        context.sendBroadcast(intent)
    }

    private fun call(context: Context, provider: String, method: String, arguments: Bundle) {
        context.contentResolver.call(Uri.parse(provider), method, null, arguments)
    }

    private fun launcher(context: Context): String? =
        context.packageManager.getLaunchIntentForPackage(context.packageName)?.component?.className

    /** `Intent.FLAG_RECEIVER_INCLUDE_BACKGROUND`, which is not published. */
    private const val FLAG_RECEIVER_INCLUDE_BACKGROUND = 0x01000000
}
