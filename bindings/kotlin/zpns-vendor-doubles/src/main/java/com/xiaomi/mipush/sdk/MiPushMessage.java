package com.xiaomi.mipush.sdk;

import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;

/** Double of MiPush 6.0. */
public class MiPushMessage implements Serializable {
    private static final long serialVersionUID = 1L;

    private String title;
    private String description;
    private int notifyId;
    private final HashMap<String, String> extra = new HashMap<>();

    public String getTitle() {
        return title;
    }

    public void setTitle(String title) {
        this.title = title;
    }

    public String getDescription() {
        return description;
    }

    public void setDescription(String description) {
        this.description = description;
    }

    public int getNotifyId() {
        return notifyId;
    }

    public void setNotifyId(int notifyId) {
        this.notifyId = notifyId;
    }

    public Map<String, String> getExtra() {
        return extra;
    }

    public void setExtra(Map<String, String> extra) {
        this.extra.clear();
        this.extra.putAll(extra);
    }
}
