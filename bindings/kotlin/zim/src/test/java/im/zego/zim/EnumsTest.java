package im.zego.zim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.zego.zim.enums.ZIMCallUserState;
import im.zego.zim.enums.ZIMConnectionState;
import im.zego.zim.enums.ZIMConversationType;
import im.zego.zim.enums.ZIMGroupMemberRole;
import im.zego.zim.enums.ZIMPlatformType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The enums: every published number under its name, and the way back. */
class EnumsTest {
    private static final Pattern ENUM = Pattern.compile("\\[\\[enum\\]\\]\\s+name = \"(ZIM\\w+)\"(.*?)(?=\\[\\[enum\\]\\]|\\z)", Pattern.DOTALL);
    private static final Pattern VALUE = Pattern.compile("\\{ name = \"(\\w+)\", value = (-?\\d+)");

    @Test
    void everyPublishedNumberHasItsConstant() throws ReflectiveOperationException, IOException {
        Matcher found = ENUM.matcher(Published.read("enums.toml"));
        int enums = 0;
        while (found.find()) {
            Class<?> type = Class.forName("im.zego.zim.enums." + found.group(1));
            Matcher value = VALUE.matcher(found.group(2));
            List<String> published = new ArrayList<>();
            while (value.find()) {
                published.add(value.group(1).toUpperCase(Locale.ROOT).replace("_", "") + "=" + value.group(2));
            }
            assertTrue(published.size() > 0, type::getName);
            assertEquals(published, type.isEnum() ? constants(type) : numbers(type), type::getName);
            enums++;
        }
        assertEquals(75, enums);
    }

    @Test
    void anUnknownNumberIsUnknownOrNothing() {
        assertSame(ZIMConversationType.UNKNOWN, ZIMConversationType.getZIMConversationType(42));
        assertNull(ZIMConnectionState.getZIMConnectionState(42));
    }

    @Test
    void olderSpellingsAreTheSameConstants() {
        assertSame(ZIMCallUserState.QUIT, ZIMCallUserState.QUITED);
        assertSame(ZIMPlatformType.I_PHONE_O_S, ZIMPlatformType.IPHONE_OS);
    }

    @Test
    void rolesArePlainNumbers() {
        int role = ZIMGroupMemberRole.OWNER;
        assertEquals(1, role);
    }

    /** The constants of an enum with their numbers; each number has to lead back to its constant. */
    private static List<String> constants(Class<?> type) throws ReflectiveOperationException {
        List<String> found = new ArrayList<>();
        for (Object constant : type.getEnumConstants()) {
            Object number = type.getMethod("value").invoke(constant);
            assertSame(constant, type.getMethod("get" + type.getSimpleName(), int.class).invoke(null, number));
            found.add(((Enum<?>) constant).name().replace("_", "") + "=" + number);
        }
        return found;
    }

    private static List<String> numbers(Class<?> type) throws ReflectiveOperationException {
        List<String> found = new ArrayList<>();
        for (java.lang.reflect.Field field : type.getFields()) {
            found.add(field.getName().replace("_", "") + "=" + field.getInt(null));
        }
        return found;
    }
}
