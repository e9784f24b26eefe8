//! Call invitations: the client's half is parameters and answers, the state machine lives on the server.

use super::{error_users, push_config};
use crate::client::{Client, unexpected};
use crate::dispatch::Call;
use crate::error::Error;
use crate::model::convert::{call_mode, call_users, signed, unsigned};
use crate::model::{
    CallAcceptConfig, CallCancelConfig, CallEndConfig, CallEndedSentInfo, CallInfo,
    CallInvitationQueryConfig, CallInvitationSentInfo, CallInviteConfig, CallJoinConfig, CallJoinSentInfo,
    CallQuitConfig, CallQuitSentInfo, CallRejectConfig, CallState, CallingInvitationSentInfo,
    CallingInviteConfig,
};
use zim_proto::v1::{self, request::Op, response::Result as Answer};

/// What [`Client::call_invite`] started.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CallInvited {
    /// The call, at most 20 characters.
    pub call_id: String,
    /// Timeout in force and who could not be invited.
    pub info: CallInvitationSentInfo,
}

/// One page of [`Client::query_call_invitation_list`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CallList {
    /// Newest first.
    pub call_list: Vec<CallInfo>,
    /// For the next page; 0 = this was the last.
    pub next_flag: i64,
}

impl Client {
    /// Invites users to a new call. Offline invitees get the push of `config.push_config`.
    ///
    /// 6000001 for a timeout outside 1 to 600 s, 6000272 for more than 9 invitees, 6000281 if none of them is
    /// registered; unregistered ones among others are in the answer's error list.
    pub fn call_invite(&self, invitees: Vec<String>, config: CallInviteConfig) -> Call<CallInvited> {
        let request = v1::CallInvite {
            invitees,
            mode: unsigned(config.mode.value()),
            // Negative is out of range for the check that names the parameter.
            timeout_s: unsigned(config.timeout),
            extended_data: config.extended_data,
            enable_not_received_check: config.enable_not_received_check,
            push: config.push_config.map(push_config),
            client_id: 0,
        };
        self.request(Op::CallInvite(request), |answer| match answer {
            Answer::CallInvited(invited) => Ok(CallInvited {
                call_id: invited.call_id,
                info: CallInvitationSentInfo {
                    timeout: signed(invited.timeout_s),
                    error_user_list: error_users(&invited.errors),
                },
            }),
            _ => Err(unexpected()),
        })
    }

    /// Takes invitations back before anyone accepted: those of `invitees` (advanced mode), or the whole call if empty.
    /// Answers who could not be cancelled. 6000271 if the call's state forbids it, 6000273 if this user did not invite.
    pub fn call_cancel(
        &self,
        invitees: Vec<String>,
        call_id: &str,
        config: CallCancelConfig,
    ) -> Call<Vec<String>> {
        let request = v1::CallCancel {
            call_id: call_id.to_owned(),
            invitees,
            extended_data: config.extended_data,
            push: config.push_config.map(push_config),
        };
        self.request(Op::CallCancel(request), |answer| match answer {
            Answer::CallCancelled(cancelled) => Ok(cancelled.error_invitees),
            _ => Err(unexpected()),
        })
    }

    /// Accepts an invitation. 6000274 not invited, 6000276 no such call any more.
    pub fn call_accept(&self, call_id: &str, config: CallAcceptConfig) -> Call<()> {
        let CallAcceptConfig { extended_data } = config;
        self.request_done(Op::CallAccept(v1::CallAccept { call_id: call_id.to_owned(), extended_data }))
    }

    /// Rejects an invitation. 6000274 not invited, 6000276 no such call any more.
    pub fn call_reject(&self, call_id: &str, config: CallRejectConfig) -> Call<()> {
        let CallRejectConfig { extended_data } = config;
        self.request_done(Op::CallReject(v1::CallReject { call_id: call_id.to_owned(), extended_data }))
    }

    /// Invites more users into an advanced call this user has accepted.
    pub fn calling_invite(
        &self,
        invitees: Vec<String>,
        call_id: &str,
        config: CallingInviteConfig,
    ) -> Call<CallingInvitationSentInfo> {
        let request = v1::CallingInvite {
            call_id: call_id.to_owned(),
            invitees,
            push: config.push_config.map(push_config),
        };
        self.request(Op::CallingInvite(request), |answer| match answer {
            Answer::CallingInvited(invited) => {
                Ok(CallingInvitationSentInfo { error_user_list: error_users(&invited.errors) })
            }
            _ => Err(unexpected()),
        })
    }

    /// Leaves an advanced call that goes on for the others.
    pub fn call_quit(&self, call_id: &str, config: CallQuitConfig) -> Call<CallQuitSentInfo> {
        let request = v1::CallQuit {
            call_id: call_id.to_owned(),
            extended_data: config.extended_data,
            push: config.push_config.map(push_config),
        };
        self.request(Op::CallQuit(request), |answer| {
            let v1::CallTimes { create_time, accept_time, leave_time } = times(&answer)?;
            Ok(CallQuitSentInfo { create_time, accept_time, quit_time: leave_time })
        })
    }

    /// Ends an advanced call for everybody.
    pub fn call_end(&self, call_id: &str, config: CallEndConfig) -> Call<CallEndedSentInfo> {
        let request = v1::CallEnd {
            call_id: call_id.to_owned(),
            extended_data: config.extended_data,
            push: config.push_config.map(push_config),
        };
        self.request(Op::CallEnd(request), |answer| {
            let v1::CallTimes { create_time, accept_time, leave_time } = times(&answer)?;
            Ok(CallEndedSentInfo { create_time, accept_time, end_time: leave_time })
        })
    }

    /// Enters a running advanced call, or moves it to this device. 6000283 if this device already holds it.
    pub fn call_join(&self, call_id: &str, config: CallJoinConfig) -> Call<CallJoinSentInfo> {
        let CallJoinConfig { extended_data } = config;
        let request = v1::CallJoin { call_id: call_id.to_owned(), extended_data };
        self.request(Op::CallJoin(request), |answer| match answer {
            Answer::CallJoined(joined) => Ok(CallJoinSentInfo {
                extended_data: joined.extended_data,
                create_time: joined.create_time,
                join_time: joined.join_time,
                call_user_list: call_users(&joined.users),
            }),
            _ => Err(unexpected()),
        })
    }

    /// Asks the service for this user's calls, newest first, at most 100 a page. A count of 0 is 6000001.
    #[allow(clippy::needless_pass_by_value, reason = "configurations are given by value everywhere")]
    pub fn query_call_invitation_list(&self, config: CallInvitationQueryConfig) -> Call<CallList> {
        let CallInvitationQueryConfig { count, next_flag } = config;
        self.request(Op::QueryCalls(v1::QueryCalls { count, next_flag }), |answer| match answer {
            Answer::Calls(page) => Ok(CallList {
                call_list: page.calls.iter().map(call_info).collect(),
                next_flag: page.next_flag,
            }),
            _ => Err(unexpected()),
        })
    }
}

fn times(answer: &Answer) -> Result<v1::CallTimes, Error> {
    match answer {
        Answer::CallTimes(times) => Ok(*times),
        _ => Err(unexpected()),
    }
}

/// The record's inviter is the caller: who invited one of several users is told in the invitation itself.
fn call_info(call: &v1::Call) -> CallInfo {
    CallInfo {
        call_id: call.call_id.clone(),
        caller: call.caller.clone(),
        inviter: call.caller.clone(),
        create_time: call.create_time,
        end_time: call.end_time,
        state: CallState::from_value(signed(call.state)).unwrap_or_default(),
        mode: call_mode(call.mode),
        extended_data: call.extended_data.clone(),
        call_user_list: call_users(&call.users),
    }
}
