package com.heytap.msp.push.mode;

/** Double of OPPO push 3.5. */
public class DataMessage {
    private String title;
    private String content;
    private String dataExtra;

    public String getTitle() {
        return title;
    }

    public void setTitle(String title) {
        this.title = title;
    }

    public String getContent() {
        return content;
    }

    public void setContent(String content) {
        this.content = content;
    }

    /** The sender's action parameters, as the text of a JSON object. */
    public String getDataExtra() {
        return dataExtra;
    }

    public void setDataExtra(String dataExtra) {
        this.dataExtra = dataExtra;
    }
}
