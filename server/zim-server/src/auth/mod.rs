//! Who may log in: AppSign and Token04, in that order.

pub mod token04;

use crate::config::AppConfig;
use std::collections::BTreeMap;
use token04::{Check, TokenError};
use zim_proto::ErrorCode;
use zim_proto::v1::ClientHello;
use zim_proto::v1::client_hello::Session;

/// What the gateway knows of an app.
pub(crate) struct App {
    secret: String,
    app_sign: Option<[u8; 32]>,
    enabled: bool,
}

/// Checks the proofs of a hello against the configured apps.
pub(crate) struct Authenticator {
    apps: BTreeMap<u32, App>,
    max_validity_s: i64,
}

/// How a login proved itself, as logs and metrics name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    AppSign,
    Token,
}

impl Method {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::AppSign => "app_sign",
            Self::Token => "token",
        }
    }
}

/// A login that may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Granted {
    pub(crate) method: Method,
    /// UTC ms at which the session ends unless the token is renewed, 0 = never.
    pub(crate) token_expire_at: i64,
}

/// A login that may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: ErrorCode,
    pub(crate) message: &'static str,
}

impl Authenticator {
    pub(crate) fn new(apps: &[AppConfig], max_validity_s: i64) -> Self {
        let apps = apps
            .iter()
            .map(|app| {
                let known = App {
                    secret: app.server_secret.clone(),
                    app_sign: zim_proto::auth::app_sign_key(&app.app_sign),
                    enabled: app.enabled,
                };
                (app.id, known)
            })
            .collect();
        Self { apps, max_validity_s }
    }

    /// AppSign is tried first; if it fails and a token came too, the token decides.
    pub(crate) fn authenticate(
        &self,
        hello: &ClientHello,
        challenge: &[u8],
        now: i64,
    ) -> Result<Granted, Refusal> {
        let app = self.app(hello.app_id)?;
        let user_id = match &hello.session {
            Some(Session::User(session)) => session.user_id.as_str(),
            _ => "",
        };
        let proven = app.app_sign.as_ref().is_some_and(|key| {
            zim_proto::auth::verify_app_sign(
                key,
                challenge,
                hello.app_id,
                user_id,
                &hello.device_id,
                &hello.app_sign_proof,
            )
        });
        if proven {
            return Ok(Granted { method: Method::AppSign, token_expire_at: 0 });
        }
        if hello.token.is_empty() {
            let message = if hello.app_sign_proof.is_empty() {
                "neither AppSign nor token was given"
            } else if app.app_sign.is_none() {
                "this app has no AppSign on the server"
            } else {
                "AppSign does not belong to this app id"
            };
            return Err(Refusal { code: ErrorCode::NetworkModuleCommonError, message });
        }
        let token_expire_at = self.token(hello.app_id, Some(user_id), &hello.token, now)?;
        Ok(Granted { method: Method::Token, token_expire_at })
    }

    /// Checks a token alone (renewal, binding a PushID): when it expires, UTC ms.
    pub(crate) fn token(
        &self,
        app_id: u32,
        user_id: Option<&str>,
        token: &str,
        now: i64,
    ) -> Result<i64, Refusal> {
        let app = self.app(app_id)?;
        let user_id = user_id.filter(|user_id| !user_id.is_empty());
        let check = Check { app_id, user_id, secret: &app.secret, now, max_validity_s: self.max_validity_s };
        token04::verify(token, check).map(|claims| claims.expire_at).map_err(Refusal::from)
    }

    fn app(&self, app_id: u32) -> Result<&App, Refusal> {
        match self.apps.get(&app_id) {
            None => Err(Refusal {
                code: ErrorCode::CommonModuleInvalidAppID,
                message: "this server has no app with this id",
            }),
            Some(app) if !app.enabled => Err(Refusal {
                code: ErrorCode::CommonModuleUnactivatedIMServer,
                message: "the service is not activated for this app",
            }),
            Some(app) => Ok(app),
        }
    }
}

impl From<TokenError> for Refusal {
    fn from(error: TokenError) -> Self {
        Self { code: error.code(), message: error.describe() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zim_proto::v1::{DeviceSession, UserSession};

    const SECRET: &str = "0123456789abcdef0123456789abcdef";
    const NOW: i64 = 1_700_000_000_000;
    const CHALLENGE: &[u8] = b"challenge";

    fn authenticator() -> Authenticator {
        let app = |id, enabled| AppConfig {
            id,
            server_secret: SECRET.into(),
            app_sign: "5a".repeat(32),
            enabled,
            ..AppConfig::default()
        };
        Authenticator::new(&[app(1, true), app(2, false)], token04::MAX_VALIDITY_S)
    }

    fn hello(app_id: u32, token: &str, key: Option<[u8; 32]>) -> ClientHello {
        let session = UserSession { user_id: "alice".into(), ..UserSession::default() };
        let proof = key.map(|key| zim_proto::auth::app_sign_proof(&key, CHALLENGE, app_id, "alice", "d"));
        ClientHello {
            app_id,
            device_id: "d".into(),
            token: token.into(),
            app_sign_proof: proof.map(|proof| proof.to_vec().into()).unwrap_or_default(),
            session: Some(Session::User(session)),
            ..ClientHello::default()
        }
    }

    fn code(result: Result<Granted, Refusal>) -> u32 {
        result.unwrap_err().code.code()
    }

    #[test]
    fn app_sign_first_then_token() {
        let authenticator = authenticator();
        let token = token04::generate(1, "alice", SECRET, 60, NOW).unwrap();
        let login = |token: &str, key| authenticator.authenticate(&hello(1, token, key), CHALLENGE, NOW);
        let by_sign = Granted { method: Method::AppSign, token_expire_at: 0 };
        let by_token = Granted { method: Method::Token, token_expire_at: NOW + 60_000 };
        assert_eq!(login("", Some([0x5a; 32])), Ok(by_sign));
        assert_eq!(login(&token, Some([0x5a; 32])), Ok(by_sign));
        assert_eq!(login(&token, Some([0; 32])), Ok(by_token));
        assert_eq!(login(&token, None), Ok(by_token));
        assert_eq!(code(login("", Some([0; 32]))), 6_000_101);
        assert_eq!(code(login("", None)), 6_000_101);
        assert_eq!(code(login("04nonsense", Some([0; 32]))), 6_000_103);
    }

    #[test]
    fn a_proof_for_another_challenge_is_refused() {
        let result = authenticator().authenticate(&hello(1, "", Some([0x5a; 32])), b"other", NOW);
        assert_eq!(code(result), 6_000_101);
    }

    #[test]
    fn unknown_and_disabled_apps_have_their_codes() {
        let login = |app| authenticator().authenticate(&hello(app, "", Some([0x5a; 32])), CHALLENGE, NOW);
        assert_eq!(code(login(9)), 6_000_003);
        assert_eq!(code(login(2)), 6_000_014);
    }

    #[test]
    fn a_device_session_needs_the_app_only() {
        let key = [0x5a; 32];
        let proof = zim_proto::auth::app_sign_proof(&key, CHALLENGE, 1, "", "d");
        let by_sign = ClientHello {
            app_sign_proof: proof.to_vec().into(),
            session: Some(Session::Device(DeviceSession::default())),
            ..hello(1, "", None)
        };
        assert!(authenticator().authenticate(&by_sign, CHALLENGE, NOW).is_ok());
        let token = token04::generate(1, "anybody", SECRET, 60, NOW).unwrap();
        let by_token = ClientHello { token, app_sign_proof: Default::default(), ..by_sign };
        assert!(authenticator().authenticate(&by_token, CHALLENGE, NOW).is_ok());
    }
}
