package com.example.push;

import android.app.Activity;
import android.os.Bundle;
import android.widget.Button;
import android.widget.EditText;
import android.widget.LinearLayout;
import android.widget.TextView;
import im.zego.zim.ZIM;
import im.zego.zim.callback.ZIMEventHandler;
import im.zego.zim.callback.ZIMMessageSentCallback;
import im.zego.zim.entity.ZIMAppConfig;
import im.zego.zim.entity.ZIMError;
import im.zego.zim.entity.ZIMLoginConfig;
import im.zego.zim.entity.ZIMMessage;
import im.zego.zim.entity.ZIMMessageReceivedInfo;
import im.zego.zim.entity.ZIMMessageSendConfig;
import im.zego.zim.entity.ZIMPushConfig;
import im.zego.zim.entity.ZIMTextMessage;
import im.zego.zim.enums.ZIMConversationType;
import im.zego.zim.enums.ZIMErrorCode;
import im.zego.zpns.ZPNsManager;
import im.zego.zpns.util.ZPNsConfig;
import java.util.ArrayList;

/** Registers for push, logs in, and writes to somebody who gets a push when away. Start it on two phones. */
public class MainActivity extends Activity {
    /** Your server. */
    private static final String SERVER = "wss://im.example.com/zim";

    private TextView screen;
    private EditText user;
    private EditText token;
    private EditText peer;
    private EditText text;

    @Override
    protected void onCreate(Bundle savedInstanceState) {
        super.onCreate(savedInstanceState);
        ZPNsConfig zpnsConfig = new ZPNsConfig();
        zpnsConfig.enableFCMPush();
        ZPNsManager.setPushConfig(zpnsConfig);
        ZPNsManager.getInstance().registerPush(getApplication());

        ZIMAppConfig appConfig = new ZIMAppConfig();
        appConfig.appID = 1;
        appConfig.serverURL = SERVER;
        ZIM zim = ZIM.create(appConfig, getApplication());
        if (zim != null) {
            zim.setEventHandler(new ZIMEventHandler() {
                @Override
                public void onPeerMessageReceived(ZIM zim, ArrayList<ZIMMessage> messageList, ZIMMessageReceivedInfo info, String fromUserID) {
                    for (ZIMMessage message : messageList) {
                        if (message instanceof ZIMTextMessage) {
                            show(fromUserID + ": " + ((ZIMTextMessage) message).message);
                        }
                    }
                }
            });
        }
        layOut();
    }

    private void logIn() {
        ZIMLoginConfig config = new ZIMLoginConfig();
        config.token = token.getText().toString();
        ZIM.getInstance().login(user.getText().toString(), config, error -> show("login", error));
    }

    private void send() {
        ZIMTextMessage message = new ZIMTextMessage(text.getText().toString());
        ZIMPushConfig pushConfig = new ZIMPushConfig();
        pushConfig.title = user.getText().toString();
        pushConfig.content = message.message;
        ZIMMessageSendConfig config = new ZIMMessageSendConfig();
        config.pushConfig = pushConfig;
        ZIM.getInstance().sendMessage(message, peer.getText().toString(), ZIMConversationType.PEER, config, new ZIMMessageSentCallback() {
            @Override
            public void onMessageAttached(ZIMMessage message) {}

            @Override
            public void onMessageSent(ZIMMessage message, ZIMError error) {
                show("send", error);
            }
        });
    }

    private void show(String what, ZIMError error) {
        show(error.code == ZIMErrorCode.SUCCESS ? what + ": done" : what + ": " + error.code.value() + " " + error.message);
    }

    private void show(String line) {
        screen.append(line + "\n");
    }

    private void layOut() {
        LinearLayout column = new LinearLayout(this);
        column.setOrientation(LinearLayout.VERTICAL);
        user = field(column, "user");
        token = field(column, "token: zim-server token USER prints one");
        button(column, "Log in", this::logIn);
        peer = field(column, "to whom");
        text = field(column, "text");
        button(column, "Send", this::send);
        screen = new TextView(this);
        column.addView(screen);
        setContentView(column);
    }

    private EditText field(LinearLayout column, String hint) {
        EditText field = new EditText(this);
        field.setHint(hint);
        column.addView(field);
        return field;
    }

    private void button(LinearLayout column, String label, Runnable action) {
        Button button = new Button(this);
        button.setText(label);
        button.setOnClickListener(view -> action.run());
        column.addView(button);
    }
}
