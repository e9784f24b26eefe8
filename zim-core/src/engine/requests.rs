//! Requests and their answers: one id per request, one end per id.

use super::connection::Purpose;
use super::io::{OpId, Reply};
use super::{Engine, not_logged_in};
use crate::error::Error;
use crate::model::Message;
use crate::numbers::NumberMap;
use std::collections::VecDeque;
use zim_proto::v1::frame::Body;
use zim_proto::v1::{self, request, response};
use zim_proto::{ErrorCode, validate};

/// Unanswered messages whose late answer would still be recognised.
const LATE_KEPT: usize = 256;

/// What waits for the answer.
#[derive(Debug)]
pub(super) enum Waiting {
    /// The host, with what the answer means for local state.
    Host(OpId, Meaning),
    /// A message of the outbox, by its pending order key.
    Message(i64),
    /// A command message, which is never stored.
    Command(OpId, Box<Message>),
    /// A read marker of a conversation: cleared locally, now told to the server.
    ReadMarker { conversation: usize, read_seq: u64 },
    /// The same for all conversations: (conversation, marker).
    AllReadMarkers(Vec<(usize, u64)>),
    /// Name and avatar of a new conversation.
    ConversationInfo(usize),
    /// The new token.
    Token(OpId, String),
    /// The logout.
    Logout,
    /// A push registration or badge; the next hello carries it again.
    Push,
    /// A registration to be deleted: tried until the server confirms.
    UnregisterPush(String),
    /// A binding of a user who logged out while offline: (push id, user).
    UnbindPush(String, String),
}

/// What a host request changes locally once the server agreed.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Meaning {
    Nothing,
    NotificationStatus { conversation_type: u32, conversation_id: String, status: u32 },
    GroupLeft(String),
    CallJoined(String),
    PushRule(v1::PushRule),
}

impl Meaning {
    fn of(op: &request::Op) -> Self {
        match op {
            request::Op::SetNotificationStatus(request) => Self::NotificationStatus {
                conversation_type: request.conversation_type,
                conversation_id: request.conversation_id.clone(),
                status: request.status,
            },
            request::Op::LeaveGroup(request) => Self::GroupLeft(request.group_id.clone()),
            request::Op::DismissGroup(request) => Self::GroupLeft(request.group_id.clone()),
            request::Op::CallJoin(request) => Self::CallJoined(request.call_id.clone()),
            request::Op::UpdatePushRule(request) => Self::PushRule(request.rule.clone().unwrap_or_default()),
            _ => Self::Nothing,
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Requests {
    last_id: u64,
    waiting: NumberMap<u64, Waiting>,
    /// (deadline, id) in order: every request waits equally long.
    deadlines: VecDeque<(u64, u64)>,
    /// Messages that failed for want of an answer, which may still come on this link: (request, local message id). The
    /// server does not repeat a message to its own device, so nothing else would tell that it arrived.
    late: VecDeque<(u64, i64)>,
}

impl Requests {
    pub(super) fn deadline(&self) -> Option<u64> {
        self.deadlines.front().map(|(at, _)| *at)
    }

    pub(super) fn register(&mut self, deadline: u64, waiting: Waiting) -> u64 {
        self.last_id += 1;
        self.waiting.insert(self.last_id, waiting);
        self.deadlines.push_back((deadline, self.last_id));
        self.last_id
    }

    fn take(&mut self, id: u64) -> Option<Waiting> {
        let waiting = self.waiting.remove(&id);
        self.drop_answered();
        waiting
    }

    /// Answered requests leave the front of the queue, so that an idle engine has no deadline from them.
    fn drop_answered(&mut self) {
        while self.deadlines.front().is_some_and(|(_, id)| !self.waiting.contains_key(id)) {
            self.deadlines.pop_front();
        }
    }

    pub(super) fn clear(&mut self) {
        self.waiting.clear();
        self.deadlines.clear();
        self.late.clear();
    }

    fn expect_late(&mut self, id: u64, local_message_id: i64) {
        self.late.push_back((id, local_message_id));
        if self.late.len() > LATE_KEPT {
            self.late.pop_front();
        }
    }

    fn take_late(&mut self, id: u64) -> Option<i64> {
        let at = self.late.iter().position(|(late, _)| *late == id)?;
        self.late.remove(at).map(|(_, local_message_id)| local_message_id)
    }

    /// Everything that waits, in the order it was asked.
    fn drain(&mut self) -> Vec<Waiting> {
        self.late.clear();
        let order = std::mem::take(&mut self.deadlines);
        order.into_iter().filter_map(|(_, id)| self.waiting.remove(&id)).collect()
    }
}

impl Engine {
    /// Sends a request over the open link.
    pub(super) fn request(&mut self, op: request::Op, waiting: Waiting) {
        let id = self.requests.register(self.now.mono_ms + self.timing.request_timeout, waiting);
        self.transmit(Body::Request(v1::Request { id, op: Some(op) }));
    }

    pub(super) fn host_request(&mut self, id: OpId, mut op: request::Op) {
        if let Err(error) = self.check_request(&op) {
            return self.complete(id, Err(error));
        }
        if let request::Op::CallInvite(invite) = &mut op
            && invite.client_id == 0
        {
            invite.client_id = self.rng.next().max(1);
        }
        let meaning = Meaning::of(&op);
        self.request(op, Waiting::Host(id, meaning));
    }

    fn check_request(&self, op: &request::Op) -> Result<(), Error> {
        let is_push = matches!(
            op,
            request::Op::RegisterPush(_)
                | request::Op::UnregisterPush(_)
                | request::Op::ReportBadge(_)
                | request::Op::BindPush(_)
                | request::Op::UnbindPush(_)
        );
        let is_open = self.connection.is_open_for(Purpose::User)
            || is_push && self.connection.is_open_for(Purpose::Device);
        let has_session = self.session.is_logged_in() || is_push && self.push.wants_link();
        if !has_session {
            return Err(not_logged_in());
        }
        validate::request(op)?;
        validate::not_to_self(self.session.user_id(), op)?;
        if is_open { Ok(()) } else { Err(ErrorCode::NetworkModuleNetworkError.into()) }
    }

    pub(super) fn on_response(&mut self, response: v1::Response) {
        let Some(waiting) = self.requests.take(response.id) else {
            return self.on_late_response(&response);
        };
        let result = match response.result {
            Some(response::Result::Error(error)) => Err(Error::from(error)),
            Some(result) => Ok(result),
            None => Err(Error::new(ErrorCode::NetworkModuleRspProtoParseError)
                .with_message("an answer of a kind this version does not know")),
        };
        self.on_answer(waiting, result);
    }

    /// An answer after the request's time was over.
    fn on_late_response(&mut self, response: &v1::Response) {
        match (self.requests.take_late(response.id), &response.result) {
            (Some(local_message_id), Some(response::Result::MessageSent(sent))) => {
                self.message_arrived(local_message_id, sent);
            }
            // The server does not repeat a recall to its own device either.
            (None, Some(response::Result::MessageRevoked(revoked))) => {
                if let Err(error) = self.recalled_here(revoked.clone()) {
                    log::warn!("a late recall: {error}");
                }
            }
            (Some(_), Some(_)) => {}
            _ => self.skip("an answer"),
        }
    }

    fn on_answer(&mut self, waiting: Waiting, result: Result<response::Result, Error>) {
        match waiting {
            Waiting::Host(op, meaning) => {
                let reply = match result {
                    Ok(response::Result::MessageRevoked(revoked)) => {
                        self.recalled_here(revoked).map(Reply::Message)
                    }
                    Ok(result) => {
                        self.apply_answer(meaning, &result);
                        Ok(Reply::Response(result))
                    }
                    Err(error) => Err(error),
                };
                self.complete_ordered(op, reply);
            }
            Waiting::Message(order_key) => match result {
                Ok(response::Result::MessageSent(sent)) => self.message_sent(order_key, &sent),
                Ok(_) => self.message_failed(order_key, unexpected_answer()),
                Err(error) => self.message_failed(order_key, error),
            },
            Waiting::Command(op, message) => match result {
                Ok(response::Result::MessageSent(sent)) => self.command_sent(op, &message, &sent),
                Ok(_) => self.command_failed(op, *message, unexpected_answer()),
                Err(error) => self.command_failed(op, *message, error),
            },
            Waiting::ReadMarker { conversation, read_seq } => {
                if result.is_ok() {
                    self.read_marker_confirmed(conversation, read_seq);
                }
            }
            Waiting::AllReadMarkers(markers) => {
                if result.is_ok() {
                    for (conversation, read_seq) in markers {
                        self.read_marker_confirmed(conversation, read_seq);
                    }
                }
            }
            Waiting::ConversationInfo(conversation) => {
                self.conversation_query_over(conversation, true);
                if let Ok(response::Result::Conversation(answer)) = result {
                    self.conversation_named(conversation, answer.state.unwrap_or_default());
                }
                self.ask_conversation_names();
            }
            Waiting::Token(op, token) => match result {
                Ok(response::Result::TokenRenewed(renewed)) => {
                    self.token_renewed(op, token, renewed.expire_at);
                }
                Ok(_) => self.complete(op, Err(unexpected_answer())),
                Err(error) => self.complete(op, Err(error)),
            },
            Waiting::Logout => self.logout_answered(),
            Waiting::Push => {
                if let Err(error) = result {
                    log::warn!("push registration refused: {error}");
                }
            }
            Waiting::UnregisterPush(push_id) => {
                if let Err(error) = &result {
                    log::warn!("push registration not deleted: {error}");
                }
                self.push.unregistered(&push_id);
            }
            Waiting::UnbindPush(push_id, user_id) => {
                if let Err(error) = &result {
                    log::warn!("push binding not removed: {error}");
                }
                self.push.unbound(&push_id, &user_id);
            }
        }
    }

    fn apply_answer(&mut self, meaning: Meaning, result: &response::Result) {
        match result {
            response::Result::CallInvited(invited) => {
                if let Some(call) = &invited.call {
                    self.remember_call(call);
                }
            }
            response::Result::CallJoined(joined) => {
                if let Meaning::CallJoined(call_id) = &meaning {
                    self.remember_joined_call(call_id, joined);
                }
            }
            response::Result::GroupCreated(v1::GroupCreated { group: Some(group), .. })
            | response::Result::GroupJoined(v1::GroupJoined { group: Some(group) })
            | response::Result::GroupInfo(v1::GroupInfo { group: Some(group) }) => {
                self.conversation_of_group(group, false);
            }
            _ => {}
        }
        match meaning {
            Meaning::NotificationStatus { conversation_type, conversation_id, status } => {
                self.notification_status_changed(conversation_type, &conversation_id, status);
            }
            Meaning::GroupLeft(group_id) => self.group_left(&group_id),
            Meaning::PushRule(rule) => self.session.set_push_rule(rule),
            Meaning::Nothing | Meaning::CallJoined(_) => {}
        }
    }

    pub(super) fn requests_time(&mut self) {
        while let Some((_, id)) = self.requests.deadlines.pop_front_if(|(at, _)| *at <= self.now.mono_ms) {
            if let Some(waiting) = self.requests.waiting.remove(&id) {
                if let Waiting::Message(order_key) = waiting
                    && let Some(local_message_id) = self.outbox.local_id(order_key)
                {
                    self.requests.expect_late(id, local_message_id);
                }
                self.unanswered(waiting, &Error::new(ErrorCode::NetworkModuleRequestTimeout));
            }
        }
        self.requests.drop_answered();
    }

    /// The link is gone: messages wait for the next one, everything else fails with 6000009.
    pub(super) fn requests_lost(&mut self) {
        for waiting in self.requests.drain() {
            match waiting {
                Waiting::Message(order_key) => self.message_unsent(order_key),
                waiting => self.unanswered(waiting, &Error::new(ErrorCode::CommonModuleIMServerDisconnect)),
            }
        }
    }

    fn unanswered(&mut self, waiting: Waiting, error: &Error) {
        match waiting {
            Waiting::Host(op, _) | Waiting::Token(op, _) => self.complete(op, Err(error.clone())),
            Waiting::Message(order_key) => self.message_failed(order_key, error.clone()),
            Waiting::Command(op, message) => self.command_failed(op, *message, error.clone()),
            Waiting::Logout => self.logout_unanswered(),
            Waiting::ConversationInfo(conversation) => self.conversation_query_over(conversation, false),
            // Kept elsewhere and repeated on the next connection.
            Waiting::ReadMarker { .. }
            | Waiting::AllReadMarkers(_)
            | Waiting::Push
            | Waiting::UnregisterPush(_)
            | Waiting::UnbindPush(..) => {}
        }
    }
}

pub(super) fn unexpected_answer() -> Error {
    Error::new(ErrorCode::NetworkModuleRspProtoParseError).with_message("an answer of the wrong kind")
}
