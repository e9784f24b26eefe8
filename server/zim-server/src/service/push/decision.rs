//! Who is pushed. Nothing here runs for a message without a `pushConfig`.

use super::super::{Context, Random, conversation};
use super::{badge, outcome, stage, vendor};
use crate::store::{Binding, Conversation, DeliveryLog, PushJob, StoreError, Tx, User, UserKey};
use zim_proto::v1::{PushConfig, PushRule};
use zim_push::model::{Intent, Subject, Template, Vendor, Voip};

/// One event that somebody wants pushed, for all its recipients.
pub(in super::super) struct Notice {
    intent: Intent,
    /// Increment of each device's badge, if the sender asked for badges.
    increment: Option<u32>,
    /// Its mute state decides.
    conversation: Option<Conversation>,
    expires_at: i64,
    /// The intent as JSON, once it is known to be the same for all devices.
    json: Option<String>,
}

impl Notice {
    /// A push for a message.
    pub(in super::super) fn message(
        config: &PushConfig,
        message_id: u64,
        conversation: Conversation,
        expires_at: i64,
    ) -> Self {
        let subject_id = message_subject(message_id);
        Self::new(config, Subject::Message, subject_id, String::new(), Some(conversation), expires_at)
    }

    /// A push that says that a message was recalled; decided as one for a message.
    pub(in super::super) fn revocation(
        config: &PushConfig,
        message_id: u64,
        conversation: Conversation,
        expires_at: i64,
    ) -> Self {
        let subject_id = format!("revoke:{message_id}");
        Self::new(config, Subject::Message, subject_id, String::new(), Some(conversation), expires_at)
    }

    /// A push for a call: the invitation, or what became of the call.
    pub(in super::super) fn call(
        config: &PushConfig,
        subject: Subject,
        call_id: &str,
        expires_at: i64,
    ) -> Self {
        Self::new(config, subject, format!("call:{call_id}"), call_id.to_owned(), None, expires_at)
    }

    fn new(
        config: &PushConfig,
        subject: Subject,
        subject_id: String,
        call_id: String,
        conversation: Option<Conversation>,
        expires_at: i64,
    ) -> Self {
        let intent = intent(config, subject, subject_id, call_id);
        let increment = config.enable_badge.then(|| badge::clamp(config.badge_increment));
        Self { intent, increment, conversation, expires_at, json: None }
    }

    /// The intent for one device, with its badge; the binding then holds the new base.
    fn json_for(&mut self, tx: &mut dyn Tx, binding: &mut Binding) -> Result<String, StoreError> {
        if let Some(increment) = self.increment
            && let Some(change) = badge::add(binding, increment)
        {
            tx.put_binding(binding)?;
            let intent = Intent {
                badge: change.badge,
                badge_increment: Some(change.increment),
                ..self.intent.clone()
            };
            return Ok(encode(&intent));
        }
        Ok(self.json.get_or_insert_with(|| encode(&self.intent)).clone())
    }
}

/// What a message's pushes are about, by name.
pub(super) fn message_subject(message_id: u64) -> String {
    format!("message:{message_id}")
}

/// What the sender's configuration asks to be shown.
pub(super) fn intent(config: &PushConfig, subject: Subject, subject_id: String, call_id: String) -> Intent {
    Intent {
        subject,
        subject_id,
        title: config.title.clone(),
        content: config.content.clone(),
        payload: config.payload.clone(),
        resources_id: config.resources_id.clone(),
        thread_id: config.thread_id.clone(),
        badge: None,
        badge_increment: None,
        call_id,
        voip: config.voip.as_ref().map(|voip| Voip {
            handle_type: voip.handle_type,
            handle_value: voip.handle_value.clone(),
            has_video: voip.has_video,
        }),
        template: config.private_message_template.as_ref().map(|template| Template {
            template_id: template.template_id.clone(),
            title_parameters: template.title_parameters.clone(),
            content_parameters: template.content_parameters.clone(),
        }),
    }
}

pub(super) fn encode(intent: &Intent) -> String {
    serde_json::to_string(intent).expect("an intent is plain data")
}

/// Decides for one recipient and queues what is to be sent. `event_seq` is the event in the recipient's inbox whose
/// acknowledgement makes the push pointless. `despite_mute`: the message mentions the recipient and wants to be heard.
///
/// Returns the PushIDs that got a job.
pub(in super::super) fn notify(
    tx: &mut dyn Tx,
    ctx: &mut Context<'_>,
    notice: &mut Notice,
    recipient: UserKey,
    event_seq: u64,
    despite_mute: bool,
) -> Result<Vec<String>, StoreError> {
    deliver(tx, ctx, notice, recipient, event_seq, despite_mute, None)
}

/// The same for a call that is over or changed: only devices whose PushID got the invitation's push.
pub(in super::super) fn notify_only(
    tx: &mut dyn Tx,
    ctx: &mut Context<'_>,
    notice: &mut Notice,
    recipient: UserKey,
    event_seq: u64,
    push_ids: &[String],
) -> Result<(), StoreError> {
    deliver(tx, ctx, notice, recipient, event_seq, false, Some(push_ids)).map(|_| ())
}

fn deliver(
    tx: &mut dyn Tx,
    ctx: &mut Context<'_>,
    notice: &mut Notice,
    recipient: UserKey,
    event_seq: u64,
    despite_mute: bool,
    only: Option<&[String]>,
) -> Result<Vec<String>, StoreError> {
    let Some(user) = tx.user_by_key(recipient)? else { return Ok(Vec::new()) };
    let mut log =
        Log { now: ctx.now, app_id: ctx.app_id, user: &user, subject: notice.intent.subject_id.clone() };
    if !user.has_logged_in {
        log.no(tx, None, outcome::NEVER_LOGGED_IN, "the user has never logged in, so no device is known")?;
        return Ok(Vec::new());
    }
    if only.is_some_and(<[String]>::is_empty) {
        log.no(tx, None, outcome::NO_INVITE_PUSH, "no device of the user was sent the invitation's push")?;
        return Ok(Vec::new());
    }
    let mut bindings = tx.bindings_of_user(recipient)?;
    if let Some(only) = only {
        bindings.retain(|binding| only.contains(&binding.push_id));
    }
    if bindings.is_empty() {
        log.no(
            tx,
            None,
            outcome::NO_BINDING,
            "no PushID is bound to the user: not registered, or logged out",
        )?;
        return Ok(Vec::new());
    }
    if let Some(log_id) = notice.conversation
        && !despite_mute
        && conversation::is_muted(tx, recipient, log_id)?
    {
        log.no(tx, None, outcome::DO_NOT_DISTURB, "the user set the conversation to do-not-disturb")?;
        return Ok(Vec::new());
    }
    let silenced = silenced_platforms(&user.push_rule, ctx, recipient);
    let mut pushed = Vec::with_capacity(bindings.len());
    for mut binding in bindings {
        if silenced.contains(&binding.platform) {
            let detail = "the user's offline-push rule excludes this platform while another one is online";
            log.no(tx, Some(&binding), outcome::USER_RULE, detail)?;
            continue;
        }
        let live = ctx.presence.is_live(recipient, &binding.device_id);
        let due_at = if live { ctx.now + ctx.limits.ack_timeout_ms } else { ctx.now };
        if live {
            ctx.presence.acknowledgement_matters(recipient, event_seq);
        }
        if due_at >= notice.expires_at {
            let detail = "the device is connected and the event ends before the acknowledgement is overdue";
            log.no(tx, Some(&binding), outcome::EXPIRED, detail)?;
            continue;
        }
        let request_id = request_id(ctx.rng);
        let (word, detail) = if live {
            let wait = ctx.limits.ack_timeout_ms;
            let detail = format!("the device is connected: sent unless it acknowledges within {wait} ms");
            (outcome::AWAITING_ACK, detail)
        } else {
            (outcome::QUEUED, "the device has no connection".to_owned())
        };
        log.row(tx, &request_id, Some(&binding), word, detail)?;
        let intent = notice.json_for(tx, &mut binding)?;
        tx.put_job(&PushJob {
            id: 0,
            app_id: ctx.app_id,
            request_id,
            push_id: binding.push_id.clone(),
            user: recipient,
            device_id: binding.device_id,
            event_seq,
            due_at,
            expires_at: notice.expires_at,
            attempts: 0,
            intent,
        })?;
        pushed.push(binding.push_id);
    }
    Ok(pushed)
}

/// Platforms whose devices get nothing now, by the user's own rule.
pub(super) fn silenced_platforms<'a>(rule: &'a PushRule, ctx: &Context<'_>, user: UserKey) -> &'a [i32] {
    if rule.online_platforms.is_empty() || rule.not_to_receive_offline_push_platforms.is_empty() {
        return &[];
    }
    let live = ctx.presence.live_platforms(user);
    if rule.online_platforms.iter().any(|platform| live.contains(platform)) {
        &rule.not_to_receive_offline_push_platforms
    } else {
        &[]
    }
}

/// 128 random bits in hexadecimal: it travels to vendors and back, where nobody must guess another one.
pub(super) fn request_id(rng: &mut dyn Random) -> String {
    format!("{:016x}{:016x}", rng.next_u64(), rng.next_u64())
}

/// Rows about one recipient of one notice.
pub(super) struct Log<'a> {
    pub(super) now: i64,
    pub(super) app_id: u32,
    pub(super) user: &'a User,
    pub(super) subject: String,
}

impl Log<'_> {
    /// Not pushed, and why.
    pub(super) fn no(
        &mut self,
        tx: &mut dyn Tx,
        binding: Option<&Binding>,
        outcome: &str,
        detail: &str,
    ) -> Result<(), StoreError> {
        self.row(tx, "", binding, outcome, detail.to_owned())
    }

    pub(super) fn row(
        &mut self,
        tx: &mut dyn Tx,
        request_id: &str,
        binding: Option<&Binding>,
        outcome: &str,
        detail: String,
    ) -> Result<(), StoreError> {
        tx.log_delivery(&DeliveryLog {
            id: 0,
            time: self.now,
            app_id: self.app_id,
            request_id: request_id.to_owned(),
            user_id: self.user.user_id.clone(),
            push_id: binding.map(|binding| binding.push_id.clone()).unwrap_or_default(),
            subject: self.subject.clone(),
            stage: stage::DECISION.to_owned(),
            outcome: outcome.to_owned(),
            detail,
            vendor: binding.and_then(vendor).map(Vendor::word).unwrap_or_default().to_owned(),
            exchange: String::new(),
        })
    }
}
