//! This device's push registration: kept here, uploaded whenever a session exists.

use super::Engine;
use super::connection::Purpose;
use super::io::{OpId, Reply};
use super::requests::Waiting;
use super::value;
use crate::error::Error;
use crate::store::Write;
use bytes::Bytes;
use zim_proto::v1::request::Op as RequestOp;
use zim_proto::{v1, validate};

#[derive(Debug, Default)]
pub(super) struct Push {
    registration: Option<v1::PushRegistration>,
    /// Registrations the server has yet to delete.
    to_unregister: Vec<String>,
    /// Bindings a logout without a link left behind: (push id, user).
    to_unbind: Vec<(String, String)>,
    /// The host asked for a session of the device alone.
    is_device_wanted: bool,
    device_ops: Vec<OpId>,
}

impl Push {
    pub(super) fn registration(&self) -> Option<v1::PushRegistration> {
        self.registration.clone()
    }

    /// A session of the device alone has something to do.
    pub(super) fn wants_link(&self) -> bool {
        self.is_device_wanted || !self.to_unbind.is_empty()
    }

    pub(super) fn owe_unbind(&mut self, push_id: String, user_id: String) {
        let owed = (push_id, user_id);
        if !self.to_unbind.contains(&owed) {
            self.to_unbind.push(owed);
        }
    }

    pub(super) fn unbound(&mut self, push_id: &str, user_id: &str) {
        self.to_unbind.retain(|owed| owed.0 != push_id || owed.1 != user_id);
    }

    pub(super) fn unregistered(&mut self, push_id: &str) {
        self.to_unregister.retain(|known| known != push_id);
    }
}

impl Engine {
    pub(super) fn set_push_registration(&mut self, op: OpId, registration: Option<v1::PushRegistration>) {
        if let Some(registration) = &registration
            && let Err(invalid) = validate::push_registration(registration)
        {
            return self.complete(op, Err(invalid.into()));
        }
        let before = self.push.registration.take();
        self.push.registration = registration;
        match &self.push.registration {
            Some(registration) => self.push.to_unregister.retain(|push_id| *push_id != registration.push_id),
            None => self.push.to_unregister.extend(before.map(|before| before.push_id)),
        }
        self.upload_registration();
        self.complete(op, Ok(Reply::Done));
    }

    pub(super) fn report_badge(&mut self, op: OpId, badge: u32) {
        let request = RequestOp::UpdateUserBadge(v1::UpdateUserBadge { badge });
        if let Err(invalid) = validate::request(&request) {
            return self.complete(op, Err(invalid.into()));
        }
        if let Some(registration) = &mut self.push.registration {
            registration.badge = i32::try_from(badge).unwrap_or(i32::MAX);
            let push_id = registration.push_id.clone();
            if self.can_push() {
                let report = RequestOp::ReportBadge(v1::ReportBadge { push_id, badge });
                self.request(report, Waiting::Push);
            }
        }
        self.complete(op, Ok(Reply::Done));
    }

    fn can_push(&self) -> bool {
        self.connection.is_open_for(Purpose::User) || self.connection.is_open_for(Purpose::Device)
    }

    fn upload_registration(&mut self) {
        if !self.can_push() {
            return;
        }
        if let Some(registration) = self.push.registration() {
            let register = v1::RegisterPush { registration: Some(registration) };
            self.request(RequestOp::RegisterPush(register), Waiting::Push);
        }
        for push_id in self.push.to_unregister.clone() {
            let unregister = v1::UnregisterPush { push_id: push_id.clone() };
            self.request(RequestOp::UnregisterPush(unregister), Waiting::UnregisterPush(push_id));
        }
    }

    /// A link just opened. Its hello carried the registration; what has to be deleted follows.
    pub(super) fn upload_push(&mut self) {
        for push_id in self.push.to_unregister.clone() {
            let unregister = v1::UnregisterPush { push_id: push_id.clone() };
            self.request(RequestOp::UnregisterPush(unregister), Waiting::UnregisterPush(push_id));
        }
        if self.connection.is_open_for(Purpose::User) {
            // The login bound the present registration to this user: a debt about it is settled.
            let present = self.push.registration.as_ref().map(|registration| registration.push_id.clone());
            self.push.to_unbind.retain(|(push_id, _)| Some(push_id) != present.as_ref());
            self.write(Write::PutValue(value::OWED_UNBIND, Bytes::new()));
        }
        for (push_id, user_id) in self.push.to_unbind.clone() {
            let unbind = v1::UnbindPush { push_id: push_id.clone(), user_id: user_id.clone() };
            self.request(RequestOp::UnbindPush(unbind), Waiting::UnbindPush(push_id, user_id));
        }
    }

    pub(super) fn open_device_session(&mut self, op: OpId) {
        self.push.is_device_wanted = true;
        // A session of the user does all that one of the device alone would.
        if self.session.wants_link() || self.connection.is_open_for(Purpose::Device) {
            return self.complete(op, Ok(Reply::Done));
        }
        self.push.device_ops.push(op);
        self.connection.reset_backoff();
    }

    pub(super) fn close_device_session(&mut self, op: OpId) {
        self.push.is_device_wanted = false;
        self.complete_device_ops(&Err(super::not_logged_in()));
        self.complete(op, Ok(Reply::Done));
    }

    pub(super) fn on_device_open(&mut self) {
        self.complete_device_ops(&Ok(()));
        self.upload_push();
    }

    /// The server does not accept this device: asking again would not help.
    pub(super) fn device_refused(&mut self, error: Error) {
        self.push.is_device_wanted = false;
        self.push.to_unbind.clear();
        self.complete_device_ops(&Err(error));
    }

    /// Answers who waits for a session of the device. After a failure it is tried again as long as it is wanted.
    pub(super) fn complete_device_ops(&mut self, result: &Result<(), Error>) {
        for op in std::mem::take(&mut self.push.device_ops) {
            self.complete(op, result.clone().map(|()| Reply::Done));
        }
    }
}
