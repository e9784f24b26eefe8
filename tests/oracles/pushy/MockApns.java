import com.eatthepath.pushy.apns.auth.ApnsVerificationKey;
import com.eatthepath.pushy.apns.server.MockApnsServerBuilder;
import com.eatthepath.pushy.apns.server.MockApnsServerListener;
import com.eatthepath.pushy.apns.server.PushNotificationHandler;
import com.eatthepath.pushy.apns.server.RejectionReason;
import com.eatthepath.pushy.apns.server.ValidatingPushNotificationHandlerFactory;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.math.BigInteger;
import java.net.ServerSocket;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The mock server of pushy with its validating handler.
 *
 * <p>Arguments: folder with server.pem, server.key and apns-public.pem; key id; team id; topic; then tokens it knows, one that
 * ended a while ago with a leading "-". Prints {@code port N}, then a line for each push: {@code accepted} or {@code rejected
 * REASON}, each with the headers and the body in hexadecimal. Ends with its input.
 */
public final class MockApns {
    public static void main(String[] arguments) throws Exception {
        File folder = new File(arguments[0]);
        String topic = arguments[3];
        ApnsVerificationKey key =
                ApnsVerificationKey.loadFromPkcs8File(
                        new File(folder, "apns-public.pem"), arguments[2], arguments[1]);
        Set<String> known = new HashSet<>();
        Map<String, Instant> ended = new HashMap<>();
        for (String token : Arrays.asList(arguments).subList(4, arguments.length)) {
            if (token.startsWith("-")) {
                ended.put(token.substring(1), Instant.now().minusSeconds(60));
            }
            known.add(token.replace("-", ""));
        }
        Map<String, Set<String>> tokens = new HashMap<>();
        Set<String> topics = new HashSet<>();
        for (String name : Arrays.asList(topic, topic + ".voip")) {
            tokens.put(name, known);
            topics.add(name);
        }
        ValidatingPushNotificationHandlerFactory validating =
                new ValidatingPushNotificationHandlerFactory(
                        tokens,
                        ended,
                        Collections.singletonMap(arguments[1], key),
                        Collections.singletonMap(key, topics));
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        new MockApnsServerBuilder()
                .setServerCredentials(new File(folder, "server.pem"), new File(folder, "server.key"), null)
                .setHandlerFactory(
                        session -> {
                            PushNotificationHandler judge = validating.buildHandler(session);
                            return (headers, payload) -> {
                                asPushySigns(headers);
                                judge.handlePushNotification(headers, payload);
                            };
                        })
                .setListener(new Printer())
                .setUseAlpn(true)
                .build()
                .start(port)
                .get();
        System.out.println("port " + port);
        while (System.in.read() >= 0) {}
        System.exit(0);
    }

    /**
     * Pushy writes and reads the signature of a token as ASN.1, which Apple takes, too. In a JWT (RFC 7518) it is the two
     * numbers side by side: their notation is changed, what is signed and by whom stays.
     */
    private static void asPushySigns(Http2Headers headers) {
        String token = String.valueOf(headers.get("authorization"));
        int dot = token.lastIndexOf('.');
        byte[] numbers = Base64.getUrlDecoder().decode(token.substring(dot + 1));
        if (numbers.length != 64) {
            throw new IllegalArgumentException("not a signature of ES256");
        }
        ByteArrayOutputStream sequence = new ByteArrayOutputStream();
        for (int from : new int[] {0, 32}) {
            byte[] number = new BigInteger(1, Arrays.copyOfRange(numbers, from, from + 32)).toByteArray();
            sequence.write(2);
            sequence.write(number.length);
            sequence.write(number, 0, number.length);
        }
        ByteArrayOutputStream signature = new ByteArrayOutputStream();
        signature.write(0x30);
        signature.write(sequence.size());
        signature.write(sequence.toByteArray(), 0, sequence.size());
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(signature.toByteArray());
        headers.set("authorization", token.substring(0, dot + 1) + text);
    }

    private static final class Printer implements MockApnsServerListener {
        @Override
        public void handlePushNotificationAccepted(Http2Headers headers, ByteBuf payload) {
            print("accepted", headers, payload);
        }

        @Override
        public void handlePushNotificationRejected(
                Http2Headers headers, ByteBuf payload, RejectionReason reason, Instant timestamp) {
            print("rejected " + reason, headers, payload);
        }

        private static synchronized void print(String what, Http2Headers headers, ByteBuf payload) {
            StringBuilder line = new StringBuilder(what);
            for (String name : Arrays.asList(
                    ":path", "apns-topic", "apns-push-type", "apns-priority", "apns-expiration", "apns-id")) {
                line.append(' ').append(name).append('=').append(headers.get(name));
            }
            String body = payload == null ? "" : ByteBufUtil.hexDump(payload);
            System.out.println(line.append(" body=").append(body));
        }
    }
}
