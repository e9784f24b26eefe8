package im.zego.zim.entity;

import java.io.Serializable;

/** Which application a client belongs to, and where its server runs. */
public class ZIMAppConfig implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Number of the application, never 0; at most 4294967295. */
    public long appID = 0;

    /** Secret of the application, 64 hexadecimal digits; empty: a token is given at login. */
    public String appSign = "";

    /**
     * Address of the owner's server, {@code wss://…}; empty: advanced config {@code server_url}, then the environment's
     * ZIM_SERVER_URL, then ws://127.0.0.1:8480/zim. Ours, not in the published class.
     */
    public String serverURL = "";

    /** Everything absent. */
    public ZIMAppConfig() {}
}
