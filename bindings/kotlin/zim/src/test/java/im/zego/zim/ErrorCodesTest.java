package im.zego.zim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import im.zego.zim.entity.ZIMError;
import im.zego.zim.enums.ZIMErrorCode;
import java.io.IOException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The error codes, each by name and number. */
class ErrorCodesTest {
    @Test
    void everyPublishedCodeExistsByNameAndNumber() throws IOException {
        String table = Published.read("errors.toml");
        String zim = table.substring(table.indexOf("zim = ["), table.indexOf("zpns = ["));
        Matcher entry = Pattern.compile("code = (\\d+), name = \"(\\w+)\"").matcher(zim);
        int count = 0;
        while (entry.find()) {
            int number = Integer.parseInt(entry.group(1));
            ZIMErrorCode code = ZIMErrorCode.getZIMErrorCode(number);
            assertEquals(number, code.value());
            assertEquals(entry.group(2).toUpperCase(Locale.ROOT), code.name().replace("_", ""));
            count++;
        }
        assertEquals(173, count);
        assertEquals(count, ZIMErrorCode.values().length);
    }

    @Test
    void aNumberThatIsNotPublishedIsAFailure() {
        assertSame(ZIMErrorCode.FAILED, ZIMErrorCode.getZIMErrorCode(42));
    }

    @Test
    void anErrorStartsAsSuccessAndPrintsItsNumber() {
        ZIMError error = new ZIMError();
        assertSame(ZIMErrorCode.SUCCESS, error.code);
        assertEquals("0", error.toString());
        error.code = ZIMErrorCode.COMMON_MODULE_PARAMS_INVALID;
        error.message = "userID";
        assertEquals("6000001 userID", error.toString());
    }
}
