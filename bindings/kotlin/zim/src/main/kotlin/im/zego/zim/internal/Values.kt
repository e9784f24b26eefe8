package im.zego.zim.internal

import im.zego.zim.entity.ZIMError
import im.zego.zim.enums.ZIMErrorCode
import im.zego.zim.internal.uniffi.ZimException
import org.json.JSONException
import org.json.JSONObject

/** An argument that the published types let in and the library does not; answered as 6000001. */
internal class Refused(val parameter: String, val problem: String) : Exception("$parameter: $problem")

internal fun refuse(parameter: String, problem: String): Nothing = throw Refused(parameter, problem)

internal fun unsigned(value: Int, name: String): UInt = if (value < 0) refuse(name, "below 0") else value.toUInt()

internal fun unsigned(value: Long, name: String): ULong = if (value < 0) refuse(name, "below 0") else value.toULong()

internal fun bytes(value: ByteArray?): ByteArray = value ?: ByteArray(0)

/** Text to text; what is null counts as absent. */
internal fun pairs(values: Map<String?, String?>?): Map<String, String> =
    values.orEmpty().entries.mapNotNull { (key, value) -> key?.let { known -> value?.let { known to it } } }.toMap()

/** The items of a list of the app, which may be null. */
internal inline fun <T, R> each(items: List<T>?, take: (T) -> R): List<R> = items.orEmpty().map(take)

/** A list for the app. */
internal inline fun <T, R> list(items: List<T>, give: (T) -> R): ArrayList<R> = items.mapTo(ArrayList(items.size), give)

/** A JSON object of the library; empty for no text. */
internal fun json(text: String): JSONObject =
    try {
        JSONObject(text.ifEmpty { "{}" })
    } catch (_: JSONException) {
        JSONObject()
    }

/** The app's error. A number that has no name here comes as [ZIMErrorCode.FAILED], with the number in its text. */
internal fun zimError(code: UInt, detail: String): ZIMError = ZIMError().also {
    val number = code.toInt()
    it.code = ZIMErrorCode.getZIMErrorCode(number)
    it.message = if (it.code.value() == number) detail else "$number $detail"
}

/** The text of a refusal names the parameter at fault. */
internal fun ZimException.give(): ZIMError = when (this) {
    is ZimException.Failed -> zimError(code, parameter?.takeUnless { it in detail }?.let { "$it: $detail" } ?: detail)
}

internal fun failure(code: ZIMErrorCode, detail: String): ZimException =
    ZimException.Failed(code.value().toUInt(), detail, null, null)
