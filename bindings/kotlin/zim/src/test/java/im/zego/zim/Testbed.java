package im.zego.zim;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.json.JSONArray;
import org.json.JSONObject;

/** The real server with doubles of the vendors, in a process of its own; see tests/src/bin/zim-testbed.rs. */
public final class Testbed implements Closeable {
    private final Process process;
    private final Writer input;
    private final BufferedReader output;
    private final JSONObject description;

    private Testbed(Process process) throws IOException {
        this.process = process;
        input = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
        output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        description = read();
    }

    public static Testbed start(String... flags) {
        String program = System.getenv("ZIM_TESTBED");
        if (program == null || program.isEmpty()) {
            throw new IllegalStateException("ZIM_TESTBED is not set: run `cargo xtask test kotlin`");
        }
        List<String> command = new ArrayList<>(Arrays.asList(flags));
        command.add(0, program);
        try {
            return new Testbed(new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
        } catch (IOException error) {
            throw new IllegalStateException(error);
        }
    }

    public String url() {
        return description.getString("url");
    }

    /** Of the REST and administration interfaces. */
    public String httpURL() {
        return description.getString("http_url");
    }

    public String adminToken() {
        return description.getString("admin_token");
    }

    public long appID() {
        return description.getLong("app_id");
    }

    public String appSign() {
        return description.getString("app_sign");
    }

    public String packageName() {
        return description.getString("package");
    }

    /** PEM of the authority that signed the server's certificate. */
    public String certificates() {
        try {
            byte[] pem = Files.readAllBytes(new File(description.getString("ca_file")).toPath());
            return new String(pem, StandardCharsets.UTF_8);
        } catch (IOException error) {
            throw new IllegalStateException(error);
        }
    }

    public String token(String user) {
        return ask("token " + user).getString("token");
    }

    /** What the vendor got so far, as soon as there are this many requests. */
    public List<JSONObject> waitForPushes(String vendor, int count) {
        JSONArray requests = ask("wait " + vendor + " " + count).getJSONArray("requests");
        List<JSONObject> all = new ArrayList<>();
        for (int at = 0; at < requests.length(); at++) {
            all.add(requests.getJSONObject(at));
        }
        return all;
    }

    public int pushes(String vendor) {
        return ask("requests " + vendor).getJSONArray("requests").length();
    }

    public void forgetPushes() {
        ask("forget");
    }

    public void kill() {
        ask("kill");
    }

    public void restart() {
        ask("restart");
    }

    private synchronized JSONObject ask(String line) {
        try {
            input.write(line + "\n");
            input.flush();
            JSONObject answer = read();
            if (answer.has("error")) {
                throw new IllegalStateException(line + ": " + answer.getString("error"));
            }
            return answer;
        } catch (IOException error) {
            throw new IllegalStateException(error);
        }
    }

    private JSONObject read() throws IOException {
        String line = output.readLine();
        if (line == null) {
            throw new IOException("the test bed ended");
        }
        return new JSONObject(line);
    }

    @Override
    public void close() {
        try {
            ask("quit");
            process.waitFor();
        } catch (IllegalStateException | InterruptedException error) {
            process.destroyForcibly();
        }
    }
}
