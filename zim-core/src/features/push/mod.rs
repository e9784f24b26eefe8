//! The device's push registration: the seam to the offline push client.

use crate::client::Client;
use crate::dispatch::Call;
use crate::engine::io::Op;
use zim_proto::v1::{self, request};

impl Client {
    /// Sets what this device registered with its vendor (`None`: unregistered). Needs no login: it is kept and uploaded
    /// when a session exists, and answered as soon as it is kept.
    pub fn set_push_registration(&self, registration: Option<v1::PushRegistration>) -> Call<()> {
        self.op_done(Op::SetPushRegistration(registration))
    }

    /// Names a registration that the server has already, for apps whose push was registered by other means. It is bound
    /// to the user at the next login, which answers 6000401 if the server does not know it; a text that has not the form
    /// of a PushID answers 6000401 here. Empty: none.
    pub fn set_push_id(&self, push_id: &str) -> Call<()> {
        let registration = (!push_id.is_empty()).then(|| v1::PushRegistration {
            push_id: push_id.to_owned(),
            badge: -1,
            ..v1::PushRegistration::default()
        });
        self.set_push_registration(registration)
    }

    /// Reports the badge this device shows, so that increments start from it. Kept and uploaded like the registration.
    pub fn report_badge(&self, badge: u32) -> Call<()> {
        self.op_done(Op::ReportBadge(badge))
    }

    /// Opens a session for this device alone, without a user: it uploads the registration and answers bindings. A login
    /// replaces it, a logout brings it back. Answers when it is open.
    pub fn open_device_session(&self) -> Call<()> {
        self.op_done(Op::OpenDeviceSession)
    }

    /// Closes the session of [`open_device_session`](Self::open_device_session).
    pub fn close_device_session(&self) -> Call<()> {
        self.op_done(Op::CloseDeviceSession)
    }

    /// Binds a push id to a user who proves itself by `token`, without a login.
    pub fn bind_push(&self, push_id: &str, user_id: &str, token: &str) -> Call<()> {
        self.request_done(request::Op::BindPush(v1::BindPush {
            push_id: push_id.to_owned(),
            user_id: user_id.to_owned(),
            token: token.to_owned(),
        }))
    }

    /// Removes the binding of a push id to a user.
    pub fn unbind_push(&self, push_id: &str, user_id: &str) -> Call<()> {
        self.request_done(request::Op::UnbindPush(v1::UnbindPush {
            push_id: push_id.to_owned(),
            user_id: user_id.to_owned(),
        }))
    }
}
