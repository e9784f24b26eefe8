package im.zego.zim.entity;

import java.io.Serializable;

/** Where local data is kept. */
public class ZIMCacheConfig implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Folder. Empty: on Android the app's files folder; elsewhere nothing outlives the process. */
    public String cachePath = "";

    /** Everything absent. */
    public ZIMCacheConfig() {}
}
