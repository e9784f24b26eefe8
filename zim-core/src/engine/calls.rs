//! Calls this host knows, and what it is told about them.
//!
//! The state machine is the server's. The client keeps which calls its host has heard of, so that after a time offline
//! a call that ended meanwhile stops ringing, and one that came and went is never mentioned.

use super::Engine;
use super::sync::Sink;
use crate::model::{
    CallInvitationAcceptedInfo, CallInvitationCancelledInfo, CallInvitationCreatedInfo,
    CallInvitationEndedInfo, CallInvitationMode, CallInvitationReceivedInfo, CallInvitationRejectedInfo,
    CallInvitationTimeoutInfo, CallState, CallUserState, CallUserStateChangeInfo, Event, convert,
};
use crate::store::Write;
use std::collections::HashMap;
use zim_proto::v1::{self, CallEventKind};

#[derive(Debug, Default)]
pub(super) struct Calls {
    /// By call id: what the host has heard of and still runs.
    known: HashMap<String, v1::Call>,
    /// Calls that run as the server told at the welcome, in its order; looked at when the backlog is over.
    active: Vec<v1::Call>,
    /// Users of active calls whose state changed in the backlog while the host did not know the call yet.
    missed: HashMap<String, Vec<v1::CallUser>>,
}

impl Calls {
    pub(super) fn load(calls: Vec<v1::Call>) -> Self {
        Self {
            known: calls.into_iter().map(|call| (call.call_id.clone(), call)).collect(),
            ..Self::default()
        }
    }

    pub(super) fn welcome(&mut self, active: Vec<v1::Call>) {
        self.active = active;
        self.missed.clear();
    }

    fn own_state(call: &v1::Call, self_id: &str) -> Option<CallUserState> {
        let user = call.users.iter().find(|user| user.user_id == self_id)?;
        CallUserState::from_value(user.state)
    }
}

fn is_ringing(state: Option<CallUserState>) -> bool {
    matches!(state, Some(CallUserState::Inviting | CallUserState::Received | CallUserState::NotYetReceived))
}

/// Whether a user in this state still takes part in the call.
fn takes_part(state: Option<CallUserState>) -> bool {
    is_ringing(state) || state == Some(CallUserState::Accepted)
}

impl Engine {
    pub(super) fn remember_call(&mut self, call: &v1::Call) {
        if call.call_id.is_empty() {
            return;
        }
        self.calls.known.insert(call.call_id.clone(), call.clone());
        self.write(Write::PutCall(Box::new(call.clone())));
    }

    /// A call joined on this device without an invitation the host knows.
    pub(super) fn remember_joined_call(&mut self, call_id: &str, joined: &v1::CallJoined) {
        let mut call = self.calls.known.remove(call_id).unwrap_or_else(|| v1::Call {
            call_id: call_id.to_owned(),
            mode: convert::unsigned(CallInvitationMode::Advanced.value()),
            state: convert::unsigned(CallState::Started.value()),
            ..v1::Call::default()
        });
        call.create_time = joined.create_time;
        call.users.clone_from(&joined.users);
        self.remember_call(&call);
    }

    fn forget_call(&mut self, call_id: &str) {
        if self.calls.known.remove(call_id).is_some() {
            self.write(Write::RemoveCall(call_id.to_owned()));
        }
    }

    /// Local state of a call event. `true`: the host is to be told.
    pub(super) fn apply_call_event(&mut self, event: &v1::CallEvent, is_backlog: bool) -> bool {
        let Some(call) = &event.call else { return false };
        if is_backlog && !self.calls.known.contains_key(&call.call_id) {
            self.miss_call_event(call, &event.users);
            return false;
        }
        let is_over_for_self = match event.kind() {
            CallEventKind::Created | CallEventKind::Received | CallEventKind::UserState => {
                call.state == convert::unsigned(CallState::Ended.value())
                    || !takes_part(Calls::own_state(call, self.session.user_id()))
            }
            CallEventKind::Cancelled | CallEventKind::Timeout | CallEventKind::Ended => true,
            CallEventKind::Unspecified => {
                self.skip("a call event");
                return false;
            }
        };
        if is_over_for_self {
            self.forget_call(&call.call_id);
        } else {
            self.remember_call(call);
        }
        true
    }

    fn miss_call_event(&mut self, call: &v1::Call, changed: &[v1::CallUser]) {
        if !self.calls.active.iter().any(|active| active.call_id == call.call_id) {
            return;
        }
        let missed = self.calls.missed.entry(call.call_id.clone()).or_default();
        for user in changed {
            missed.retain(|known| known.user_id != user.user_id);
            missed.push(user.clone());
        }
    }

    /// The backlog is over: calls that still ring here and that the host has not heard of, and calls of the host that
    /// ended while the inbox no longer told.
    pub(super) fn reconcile_calls(&mut self) {
        let active = std::mem::take(&mut self.calls.active);
        let mut missed = std::mem::take(&mut self.calls.missed);
        let server_time = self.session.server_time(self.now.mono_ms);
        let mut sink = Sink::default();
        for call in &active {
            if self.calls.known.contains_key(&call.call_id) {
                continue;
            }
            let ends_at = call.create_time.saturating_add(i64::from(call.timeout_s) * 1000);
            let is_ringing = is_ringing(Calls::own_state(call, self.session.user_id()));
            if !is_ringing || ends_at <= server_time {
                continue;
            }
            let inviter = self.inviter_of_self(call);
            sink.event(received(call, inviter));
            if let Some(users) = missed.remove(&call.call_id) {
                sink.event(Event::CallUserStateChanged {
                    info: CallUserStateChangeInfo { call_user_list: convert::call_users(&users) },
                    call_id: call.call_id.clone(),
                });
            }
            self.remember_call(call);
        }
        let mut ended: Vec<v1::Call> = self
            .calls
            .known
            .values()
            .filter(|known| !active.iter().any(|call| call.call_id == known.call_id))
            .cloned()
            .collect();
        ended.sort_by_key(|call| (call.create_time, call.call_id.clone()));
        for call in ended {
            self.forget_call(&call.call_id);
            sink.event(vanished(
                &call,
                is_ringing(Calls::own_state(&call, self.session.user_id())),
                server_time,
            ));
        }
        let group = self.writes.group();
        group.inbox.extend(sink.into_events().into_iter().map(|event| (event, None)));
    }

    fn inviter_of_self(&self, call: &v1::Call) -> String {
        call.users
            .iter()
            .find(|user| user.user_id == self.session.user_id() && !user.inviter.is_empty())
            .map_or_else(|| call.caller.clone(), |user| user.inviter.clone())
    }

    /// The events of one call event.
    pub(super) fn call_notices(&self, event: &v1::CallEvent, sink: &mut Sink) {
        let Some(call) = &event.call else { return };
        let call_id = call.call_id.clone();
        let mode = convert::call_mode(call.mode);
        match event.kind() {
            CallEventKind::Created => sink.event(Event::CallInvitationCreated {
                info: CallInvitationCreatedInfo {
                    mode,
                    caller: call.caller.clone(),
                    extended_data: call.extended_data.clone(),
                    timeout: call.timeout_s,
                    create_time: call.create_time,
                    call_user_list: convert::call_users(&call.users),
                },
                call_id,
            }),
            CallEventKind::Received => {
                let inviter = if event.operator.is_empty() {
                    self.inviter_of_self(call)
                } else {
                    event.operator.clone()
                };
                sink.event(received(call, inviter));
            }
            CallEventKind::UserState => {
                sink.event(Event::CallUserStateChanged {
                    info: CallUserStateChangeInfo { call_user_list: convert::call_users(&event.users) },
                    call_id,
                });
                if mode == CallInvitationMode::General {
                    self.legacy_answers(call, &event.users, sink);
                }
            }
            CallEventKind::Cancelled => sink.event(Event::CallInvitationCancelled {
                info: CallInvitationCancelledInfo {
                    inviter: if event.operator.is_empty() {
                        call.caller.clone()
                    } else {
                        event.operator.clone()
                    },
                    mode,
                    extended_data: event.extended_data.clone(),
                },
                call_id,
            }),
            CallEventKind::Timeout => {
                sink.event(Event::CallInvitationTimeout {
                    info: CallInvitationTimeoutInfo { mode },
                    call_id,
                });
            }
            CallEventKind::Ended => sink.event(Event::CallInvitationEnded {
                info: CallInvitationEndedInfo {
                    caller: call.caller.clone(),
                    operated_user_id: event.operator.clone(),
                    extended_data: event.extended_data.clone(),
                    mode,
                    end_time: call.end_time,
                },
                call_id,
            }),
            CallEventKind::Unspecified => {}
        }
    }

    /// The names up to 2.29: the inviter of a general call hears of each answer in its own event.
    fn legacy_answers(&self, call: &v1::Call, changed: &[v1::CallUser], sink: &mut Sink) {
        let self_id = self.session.user_id();
        let mut late = Vec::new();
        for user in changed {
            let inviter = if user.inviter.is_empty() { &call.caller } else { &user.inviter };
            if inviter != self_id || user.user_id == self_id {
                continue;
            }
            let invitee = user.user_id.clone();
            let extended_data = user.extended_data.clone();
            let call_id = call.call_id.clone();
            match CallUserState::from_value(user.state) {
                Some(CallUserState::Accepted) => sink.event(Event::CallInvitationAccepted {
                    info: CallInvitationAcceptedInfo { invitee, extended_data },
                    call_id,
                }),
                Some(CallUserState::Rejected) => sink.event(Event::CallInvitationRejected {
                    info: CallInvitationRejectedInfo { invitee, extended_data },
                    call_id,
                }),
                Some(CallUserState::Timeout) => late.push(invitee),
                _ => {}
            }
        }
        if !late.is_empty() {
            sink.event(Event::CallInviteesAnsweredTimeout { invitees: late, call_id: call.call_id.clone() });
        }
    }
}

fn received(call: &v1::Call, inviter: String) -> Event {
    Event::CallInvitationReceived {
        info: CallInvitationReceivedInfo {
            mode: convert::call_mode(call.mode),
            timeout: convert::signed(call.timeout_s),
            caller: call.caller.clone(),
            inviter,
            create_time: call.create_time,
            call_user_list: convert::call_users(&call.users),
            extended_data: call.extended_data.clone(),
        },
        call_id: call.call_id.clone(),
    }
}

/// A call the server no longer knows: an open invitation times out, a running call ends.
fn vanished(call: &v1::Call, is_ringing: bool, end_time: i64) -> Event {
    let mode = convert::call_mode(call.mode);
    let call_id = call.call_id.clone();
    if is_ringing {
        Event::CallInvitationTimeout { info: CallInvitationTimeoutInfo { mode }, call_id }
    } else {
        Event::CallInvitationEnded {
            info: CallInvitationEndedInfo {
                caller: call.caller.clone(),
                operated_user_id: String::new(),
                extended_data: String::new(),
                mode,
                end_time,
            },
            call_id,
        }
    }
}
