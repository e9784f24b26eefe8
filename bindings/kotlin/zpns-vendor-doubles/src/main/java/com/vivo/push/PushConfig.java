package com.vivo.push;

/** Double of vivo push 4.0. */
public class PushConfig {
    private final boolean agreesPrivacyStatement;

    private PushConfig(boolean agreesPrivacyStatement) {
        this.agreesPrivacyStatement = agreesPrivacyStatement;
    }

    boolean agreesPrivacyStatement() {
        return agreesPrivacyStatement;
    }

    public static class Builder {
        private boolean agreesPrivacyStatement;

        public Builder agreePrivacyStatement(boolean agrees) {
            agreesPrivacyStatement = agrees;
            return this;
        }

        public PushConfig build() {
            return new PushConfig(agreesPrivacyStatement);
        }
    }
}
