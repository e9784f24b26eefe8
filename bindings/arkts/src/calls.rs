//! The published methods by name: parameters in, an operation started, its published result out.

use crate::answers::{Done, beside};
use crate::convert::{FromJs, ToJs, wrong};
use serde_json::{Value, json};
use std::sync::Arc;
use zim_core::model::{
    CallUserInfo, CallUserState, Conversation, ConversationNotificationStatus, ConversationType,
    GroupFullInfo, GroupInfo, LoginConfig, Message, SelfUserInfo, UserOfflinePushRule,
};
use zim_core::{CallInvited, CallList, Client, Error, GroupCreated, GroupMemberList, GroupUsersInvited};

/// Parameters of one call.
struct Arguments<'a>(&'a [Value]);

impl Arguments<'_> {
    /// A parameter that has to be there.
    fn get<T: FromJs>(&self, index: usize, name: &str) -> Result<T, Error> {
        match self.0.get(index) {
            None | Some(Value::Null) => Err(wrong(name, "given")),
            Some(value) => T::from_js(value, name),
        }
    }

    /// A configuration, or its defaults.
    fn or_default<T: FromJs + Default>(&self, index: usize, name: &str) -> Result<T, Error> {
        match self.0.get(index) {
            None | Some(Value::Null) => Ok(T::default()),
            Some(value) => T::from_js(value, name),
        }
    }

    fn id(&self, index: usize, name: &str) -> Result<String, Error> {
        self.get(index, name)
    }

    /// `conversationID` and `conversationType` from `index` on.
    fn conversation(&self, index: usize) -> Result<(String, ConversationType), Error> {
        Ok((self.id(index, "conversationID")?, self.get(index + 1, "conversationType")?))
    }
}

/// Starts `method`; an error is a parameter that cannot be read, and nothing was started.
pub(crate) fn start(client: &Client, method: &str, arguments: &[Value], done: &Done) -> Result<(), Error> {
    let arguments = Arguments(arguments);
    let (subject, known) = (&arguments, [user, conversation, group, call]);
    for each in known {
        if each(client, method, subject, done)? {
            return Ok(());
        }
    }
    Err(wrong("method", "one of the published methods"))
}

fn user(client: &Client, method: &str, with: &Arguments<'_>, done: &Done) -> Result<bool, Error> {
    let done = done.clone();
    match method {
        "login" => {
            let config: LoginConfig = with.or_default(1, "config")?;
            client.login(&with.id(0, "userID")?, config).then(done.done(Value::Null));
        }
        "logout" => client.logout().then(done.done(Value::Null)),
        "renewToken" => {
            client.renew_token(&with.id(0, "token")?).then(done.with(|token| json!({ "token": token })));
        }
        "querySelfUserInfo" => {
            client
                .query_self_user_info()
                .then(done.with(|info: SelfUserInfo| json!({ "selfUserInfo": info.to_js() })));
        }
        "updateUserOfflinePushRule" => {
            let rule: UserOfflinePushRule = with.get(0, "offlinePushRule")?;
            let answer = done.with(|rule: UserOfflinePushRule| json!({ "offlinePushRule": rule.to_js() }));
            client.update_user_offline_push_rule(rule).then(answer);
        }
        "updateUserBadge" => client.update_user_badge(with.get(0, "badge")?).then(done.done(Value::Null)),
        _ => return Ok(false),
    }
    Ok(true)
}

fn conversation(client: &Client, method: &str, with: &Arguments<'_>, done: &Done) -> Result<bool, Error> {
    let done = done.clone();
    match method {
        "sendMessage" => {
            let message: Message = with.get(0, "message")?;
            let to = with.id(1, "toConversationID")?;
            let kind = with.get(2, "conversationType")?;
            let mut send = client.send_message(message, &to, kind, with.or_default(3, "config")?);
            if with.or_default(4, "notification")? {
                let done = done.clone();
                send = send.on_attached(move |message| done.attached(&message));
            }
            send.then(done.with(|message: Arc<Message>| json!({ "message": message.to_js() })));
        }
        "revokeMessage" => {
            let call = client.revoke_message(with.get(0, "message")?, with.or_default(1, "config")?);
            call.then(done.with(|message: Arc<Message>| json!({ "message": message.to_js() })));
        }
        "queryHistoryMessage" => {
            let (id, kind) = with.conversation(0)?;
            let call = client.query_history_message(&id, kind, with.get(2, "config")?);
            call.then(done.with(move |list: Vec<Arc<Message>>| {
                json!({ "conversationID": id, "conversationType": kind.to_js(), "messageList": list.to_js() })
            }));
        }
        "queryConversationList" => {
            let call = client.query_conversation_list(with.get(0, "config")?, with.or_default(1, "option")?);
            call.then(done.with(|list: Vec<Arc<Conversation>>| json!({ "conversationList": list.to_js() })));
        }
        "queryConversation" => {
            let (id, kind) = with.conversation(0)?;
            let call = client.query_conversation(&id, kind);
            call.then(
                done.with(|conversation: Arc<Conversation>| json!({ "conversation": conversation.to_js() })),
            );
        }
        "clearConversationUnreadMessageCount" => {
            let (id, kind) = with.conversation(0)?;
            let call = client.clear_conversation_unread_message_count(&id, kind);
            call.then(done.done(named(&id, kind)));
        }
        "clearConversationTotalUnreadMessageCount" => {
            client.clear_conversation_total_unread_message_count().then(done.done(Value::Null));
        }
        "queryConversationTotalUnreadMessageCount" => {
            let call = client.query_conversation_total_unread_message_count(with.or_default(0, "config")?);
            call.then(done.with(|count| json!({ "unreadMessageCount": count })));
        }
        "setConversationNotificationStatus" => {
            let status: ConversationNotificationStatus = with.get(0, "status")?;
            let (id, kind) = with.conversation(1)?;
            let call = client.set_conversation_notification_status(status, &id, kind);
            call.then(done.done(named(&id, kind)));
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn named(id: &str, kind: ConversationType) -> Value {
    json!({ "conversationID": id, "conversationType": kind.to_js() })
}

fn group(client: &Client, method: &str, with: &Arguments<'_>, done: &Done) -> Result<bool, Error> {
    let done = done.clone();
    match method {
        "createGroup" => {
            let info: GroupInfo = with.get(0, "groupInfo")?;
            let call =
                client.create_group(info, with.or_default(1, "userIDs")?, with.or_default(2, "config")?);
            call.then(done.with(|created: GroupCreated| {
                json!({
                    "groupInfo": created.group_info.to_js(),
                    "userList": created.user_list.to_js(),
                    "errorUserList": created.error_user_list.to_js(),
                })
            }));
        }
        "joinGroup" => {
            let call = client.join_group(&with.id(0, "groupID")?);
            call.then(done.with(|info: GroupFullInfo| json!({ "groupInfo": info.to_js() })));
        }
        "leaveGroup" => {
            let id = with.id(0, "groupID")?;
            client.leave_group(&id).then(done.done(json!({ "groupID": id })));
        }
        "dismissGroup" => {
            let id = with.id(0, "groupID")?;
            client.dismiss_group(&id).then(done.done(json!({ "groupID": id })));
        }
        "inviteUsersIntoGroup" => {
            let id = with.id(1, "groupID")?;
            let call = client.invite_users_into_group(with.get(0, "userIDs")?, &id);
            call.then(done.with(move |invited: GroupUsersInvited| {
                json!({
                    "groupID": id,
                    "userList": invited.user_list.to_js(),
                    "errorUserList": invited.error_user_list.to_js(),
                })
            }));
        }
        "queryGroupInfo" => {
            let call = client.query_group_info(&with.id(0, "groupID")?);
            call.then(done.with(|info: GroupFullInfo| json!({ "groupInfo": info.to_js() })));
        }
        "queryGroupMemberList" => {
            let id = with.id(0, "groupID")?;
            let call = client.query_group_member_list(&id, with.get(1, "config")?);
            call.then(done.with(move |page: GroupMemberList| {
                json!({ "groupID": id, "userList": page.user_list.to_js(), "nextFlag": page.next_flag })
            }));
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn call(client: &Client, method: &str, with: &Arguments<'_>, done: &Done) -> Result<bool, Error> {
    let done = done.clone();
    match method {
        "callInvite" => {
            let call = client.call_invite(with.get(0, "invitees")?, with.or_default(1, "config")?);
            call.then(done.with(|invited| call_invited(&invited)));
        }
        "callCancel" => {
            let id = with.id(1, "callID")?;
            let call = client.call_cancel(with.get(0, "invitees")?, &id, with.or_default(2, "config")?);
            call.then(done.with(move |errors| json!({ "callID": id, "errorInvitees": errors })));
        }
        "callAccept" => {
            let id = with.id(0, "callID")?;
            let call = client.call_accept(&id, with.or_default(1, "config")?);
            call.then(done.done(json!({ "callID": id })));
        }
        "callReject" => {
            let id = with.id(0, "callID")?;
            let call = client.call_reject(&id, with.or_default(1, "config")?);
            call.then(done.done(json!({ "callID": id })));
        }
        "callingInvite" => {
            let id = with.id(1, "callID")?;
            let call = client.calling_invite(with.get(0, "invitees")?, &id, with.or_default(2, "config")?);
            call.then(done.with(move |info| beside(json!({ "callID": id }), &info)));
        }
        "callQuit" => {
            let id = with.id(0, "callID")?;
            let call = client.call_quit(&id, with.or_default(1, "config")?);
            call.then(done.with(move |info| beside(json!({ "callID": id }), &info)));
        }
        "callEnd" => {
            let id = with.id(0, "callID")?;
            let call = client.call_end(&id, with.or_default(1, "config")?);
            call.then(done.with(move |info| beside(json!({ "callID": id }), &info)));
        }
        "callJoin" => {
            let id = with.id(0, "callID")?;
            let call = client.call_join(&id, with.or_default(1, "config")?);
            call.then(done.with(move |info| beside(json!({ "callID": id }), &info)));
        }
        "queryCallInvitationList" => {
            let call = client.query_call_invitation_list(with.get(0, "config")?);
            call.then(done.with(|page: CallList| json!({ "callList": page.call_list.to_js(), "nextFlag": page.next_flag.to_js() })));
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// With `errorInvitees`, the name that the samples use for `errorUserList`.
fn call_invited(invited: &CallInvited) -> Value {
    let same = |error: &zim_core::model::ErrorUserInfo| CallUserInfo {
        user_id: error.user_id.clone(),
        state: CallUserState::default(),
        extended_data: String::new(),
    };
    let legacy: Vec<CallUserInfo> = invited.info.error_user_list.iter().map(same).collect();
    beside(json!({ "callID": invited.call_id, "errorInvitees": legacy.to_js() }), &invited.info)
}
