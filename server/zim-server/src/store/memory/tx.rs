//! [`Tx`] on the tables.

use super::super::rules::{self, TRIM_ROWS};
use super::super::{
    Binding, CallRow, CalledRecord, CertificateId, CertificateRow, Conversation, Counts, DeliveryLog,
    DeliveryLogQuery, Device, DeviceKey, GroupKey, GroupRow, JobId, MemberRow, Origin, PushJob, Retention,
    SentRecord, StoreError, StrategyRow, Timer, TimerKind, TrimReport, Tx, User, UserConversation, UserKey,
};
use super::{Counter, Member, MemoryBackend};
use std::cmp::Reverse;
use std::sync::Arc;
use zim_proto::v1;

fn earliest(due: Option<i64>, at: i64) -> Option<i64> {
    Some(due.map_or(at, |due| due.min(at)))
}

impl MemoryBackend {
    fn inbox(&self, user: UserKey) -> (u64, i64) {
        self.tables.inbox_heads.get(&user).copied().unwrap_or_default()
    }

    fn collect_jobs(&self, wanted: impl Fn(&PushJob) -> bool) -> Vec<PushJob> {
        self.tables.jobs.values().filter(|job| wanted(job)).cloned().collect()
    }

    fn collect_bindings(&self, wanted: impl Fn(&Binding) -> bool) -> Vec<Binding> {
        self.tables.bindings.values().filter(|binding| wanted(binding)).cloned().collect()
    }

    fn collect_calls(&self, user: UserKey, wanted: impl Fn(&CallRow) -> bool) -> Vec<CallRow> {
        let takes_part = |call: &&CallRow| call.users.iter().any(|of| of.user == user) && wanted(call);
        let mut calls: Vec<_> = self.tables.calls.values().filter(takes_part).cloned().collect();
        calls.sort_by(|a, b| {
            (a.call.create_time, &a.call.call_id).cmp(&(b.call.create_time, &b.call.call_id))
        });
        calls
    }
}

impl Tx for MemoryBackend {
    fn user(&mut self, app_id: u32, user_id: &str) -> Result<Option<User>, StoreError> {
        let key = self.tables.user_keys.get(&(app_id, user_id.to_owned()));
        Ok(key.and_then(|key| self.tables.users.get(key)).cloned())
    }

    fn user_by_key(&mut self, key: UserKey) -> Result<Option<User>, StoreError> {
        Ok(self.tables.users.get(&key).cloned())
    }

    fn create_user(&mut self, mut user: User) -> Result<User, StoreError> {
        self.writes += 1;
        let id = (user.app_id, user.user_id.clone());
        if self.tables.user_keys.get(&id).is_some() {
            let error = StoreError::Database("this user exists".into());
            self.failure = Some(error.clone());
            return Err(error);
        }
        user.key = self.tables.next(Counter::User);
        self.tables.user_keys.insert(id, user.key);
        self.tables.users.insert(user.key, user.clone());
        Ok(user)
    }

    fn update_user(&mut self, user: &User) -> Result<(), StoreError> {
        self.writes += 1;
        if let Some(old) = self.tables.users.get(&user.key) {
            let user = User { app_id: old.app_id, user_id: old.user_id.clone(), ..user.clone() };
            self.tables.users.insert(user.key, user);
        }
        Ok(())
    }

    fn device(&mut self, user: UserKey, device_id: &str) -> Result<Option<Device>, StoreError> {
        Ok(self.tables.devices.get(&(user, device_id.to_owned())).cloned())
    }

    fn devices(&mut self, user: UserKey) -> Result<Vec<Device>, StoreError> {
        let mut devices: Vec<_> =
            self.tables.devices.values().filter(|device| device.user == user).cloned().collect();
        devices.sort_by_key(|device| device.key);
        Ok(devices)
    }

    fn put_device(&mut self, device: &Device) -> Result<DeviceKey, StoreError> {
        self.writes += 1;
        let id = (device.user, device.device_id.clone());
        let known = self.tables.devices.get(&id).map(|old| old.key);
        let key = known.unwrap_or_else(|| self.tables.next(Counter::Device));
        self.tables.devices.insert(id, Device { key, ..device.clone() });
        Ok(key)
    }

    fn inbox_epoch(&mut self) -> Result<u64, StoreError> {
        Ok(self.epoch)
    }

    fn inbox_head(&mut self, user: UserKey) -> Result<u64, StoreError> {
        Ok(self.inbox(user).0)
    }

    fn inbox_trimmed(&mut self, user: UserKey) -> Result<u64, StoreError> {
        Ok(self.tables.inbox_trimmed.get(&user).copied().unwrap_or(0))
    }

    fn inbox_append_from(
        &mut self,
        user: UserKey,
        time: i64,
        raw: &[u8],
        origin: Origin,
    ) -> Result<u64, StoreError> {
        self.writes += 1;
        let (seq, last_time) = self.inbox(user);
        let head = (seq + 1, last_time.max(time));
        self.tables.inbox_heads.insert(user, head);
        self.pending.push(user, head.0, head.1, origin, |run| run.extend_from_slice(raw));
        Ok(head.0)
    }

    fn conversation_head(&mut self, conversation: Conversation) -> Result<u64, StoreError> {
        let log = self.tables.messages.range((conversation, 0)..=(conversation, u64::MAX));
        Ok(log.map(|row| row.0.1).next_back().unwrap_or(0))
    }

    fn next_message_id(&mut self, app_id: u32, now: i64) -> Result<u64, StoreError> {
        let id = rules::next_message_id(self.tables.message_ids.get(&app_id).copied().unwrap_or(0), now)?;
        self.writes += 1;
        self.tables.message_ids.insert(app_id, id);
        Ok(id)
    }

    fn conversation_append(
        &mut self,
        conversation: Conversation,
        message: &v1::Message,
    ) -> Result<(), StoreError> {
        rules::check_message_seq(self.conversation_head(conversation)?, message.message_seq)?;
        self.writes += 1;
        self.tables.messages.insert((conversation, message.message_seq), message.clone());
        Ok(())
    }

    fn conversation_replace(
        &mut self,
        conversation: Conversation,
        message: &v1::Message,
    ) -> Result<(), StoreError> {
        let place = (conversation, message.message_seq);
        if self.tables.messages.get(&place).is_none() {
            return Err(rules::no_such_message(message.message_seq));
        }
        self.writes += 1;
        self.tables.messages.insert(place, message.clone());
        Ok(())
    }

    fn history(
        &mut self,
        conversation: Conversation,
        after: u64,
        before: u64,
        limit: usize,
        ascending: bool,
    ) -> Result<Vec<v1::Message>, StoreError> {
        let last = if before == 0 { u64::MAX } else { before - 1 };
        if after >= last {
            return Ok(Vec::new());
        }
        let log =
            self.tables.messages.range((conversation, after + 1)..=(conversation, last)).map(|row| row.1);
        let mut messages: Vec<_> = if ascending {
            log.take(limit).cloned().collect()
        } else {
            log.rev().take(limit).cloned().collect()
        };
        if !ascending {
            messages.reverse();
        }
        Ok(messages)
    }

    fn user_conversation(
        &mut self,
        user: UserKey,
        conversation: Conversation,
    ) -> Result<Option<UserConversation>, StoreError> {
        Ok(self.tables.user_conversations.get(&(user, conversation)).cloned())
    }

    fn put_user_conversation(
        &mut self,
        user: UserKey,
        conversation: Conversation,
        state: &UserConversation,
    ) -> Result<(), StoreError> {
        self.writes += 1;
        self.tables.user_conversations.insert((user, conversation), state.clone());
        Ok(())
    }

    fn user_conversations(
        &mut self,
        user: UserKey,
    ) -> Result<Vec<(Conversation, UserConversation)>, StoreError> {
        let of_user = self.tables.user_conversations.iter().filter(|row| row.0.0 == user);
        let mut rows: Vec<_> = of_user.map(|(key, state)| (key.1, state.clone())).collect();
        // Groups first, then by key, as the database's key orders them.
        rows.sort_by_key(|row| (!matches!(row.0, Conversation::Group(_)), row.0));
        Ok(rows)
    }

    fn sent(
        &mut self,
        user: UserKey,
        device: Origin,
        client_id: u64,
    ) -> Result<Option<SentRecord>, StoreError> {
        Ok(self.tables.sent.get(&(user, device, client_id)).cloned())
    }

    fn put_sent(
        &mut self,
        user: UserKey,
        device: Origin,
        client_id: u64,
        record: &SentRecord,
    ) -> Result<(), StoreError> {
        self.writes += 1;
        self.tables.sent.insert((user, device, client_id), record.clone());
        Ok(())
    }

    fn group(&mut self, app_id: u32, group_id: &str) -> Result<Option<GroupRow>, StoreError> {
        let wanted = |row: &&GroupRow| row.app_id == app_id && row.group.group_id == group_id;
        Ok(self.tables.groups.values().find(wanted).cloned())
    }

    fn group_by_key(&mut self, key: GroupKey) -> Result<Option<GroupRow>, StoreError> {
        Ok(self.tables.groups.get(&key).cloned())
    }

    fn put_group(&mut self, group: &GroupRow) -> Result<GroupKey, StoreError> {
        self.writes += 1;
        let known = self.group(group.app_id, &group.group.group_id)?.map(|old| old.key);
        let key = known.unwrap_or_else(|| self.tables.next(Counter::Group));
        self.tables.groups.insert(key, GroupRow { key, ..group.clone() });
        Ok(key)
    }

    fn members(&mut self, group: GroupKey) -> Result<Arc<Vec<MemberRow>>, StoreError> {
        let of_group = self.tables.members.range((group, i64::MIN)..=(group, i64::MAX));
        let mut members: Vec<&Member> = of_group.map(|row| row.1).collect();
        members.sort_by_key(|member| (member.row.entered_at, member.position));
        Ok(Arc::new(members.into_iter().map(|member| member.row.clone()).collect()))
    }

    fn put_member(&mut self, group: GroupKey, member: &MemberRow) -> Result<(), StoreError> {
        self.writes += 1;
        let key = (group, member.user);
        let known = self.tables.members.get(&key).map(|old| old.position);
        let position = known.unwrap_or_else(|| self.tables.next(Counter::Member).cast_unsigned());
        self.tables.members.insert(key, Member { position, row: member.clone() });
        Ok(())
    }

    fn remove_member(&mut self, group: GroupKey, user: UserKey) -> Result<(), StoreError> {
        self.writes += 1;
        self.tables.members.remove(&(group, user));
        Ok(())
    }

    fn call(&mut self, app_id: u32, call_id: &str) -> Result<Option<CallRow>, StoreError> {
        Ok(self.tables.calls.get(&(app_id, call_id.to_owned())).cloned())
    }

    fn put_call(&mut self, call: &CallRow) -> Result<(), StoreError> {
        self.writes += 1;
        self.tables.calls.insert((call.app_id, call.call.call_id.clone()), call.clone());
        Ok(())
    }

    fn active_calls(&mut self, user: UserKey) -> Result<Vec<CallRow>, StoreError> {
        Ok(self.collect_calls(user, |row| !rules::has_ended(&row.call)))
    }

    fn running_calls(&mut self) -> Result<Vec<CallRow>, StoreError> {
        Ok(self.tables.calls.values().filter(|row| !rules::has_ended(&row.call)).cloned().collect())
    }

    fn calls(&mut self, user: UserKey, before: i64, limit: usize) -> Result<Vec<CallRow>, StoreError> {
        let calls = self.collect_calls(user, |row| before == 0 || row.call.create_time < before);
        Ok(calls.into_iter().rev().take(limit).collect())
    }

    fn call_by_client_id(
        &mut self,
        user: UserKey,
        device: Origin,
        client_id: u64,
    ) -> Result<Option<CalledRecord>, StoreError> {
        Ok(self.tables.call_client_ids.get(&(user, device, client_id)).cloned())
    }

    fn put_call_client_id(
        &mut self,
        user: UserKey,
        device: Origin,
        client_id: u64,
        record: &CalledRecord,
    ) -> Result<(), StoreError> {
        self.writes += 1;
        self.tables.call_client_ids.insert((user, device, client_id), record.clone());
        Ok(())
    }

    fn set_timer(&mut self, app_id: u32, timer: &Timer) -> Result<(), StoreError> {
        self.writes += 1;
        self.tables.timers.insert((timer.kind, app_id, timer.key.clone()), timer.at);
        self.timer_due = earliest(self.timer_due, timer.at);
        Ok(())
    }

    fn clear_timer(&mut self, app_id: u32, kind: TimerKind, key: &str) -> Result<(), StoreError> {
        self.writes += 1;
        self.tables.timers.remove(&(kind, app_id, key.to_owned()));
        Ok(())
    }

    fn take_due_timers(&mut self, now: i64, limit: usize) -> Result<Vec<(u32, Timer)>, StoreError> {
        self.writes += 1;
        let due = self.tables.timers.iter().filter(|row| *row.1 <= now);
        let mut due: Vec<_> = due.map(|(key, at)| (*at, key.clone())).collect();
        due.sort();
        due.truncate(limit);
        due.iter().for_each(|(_, key)| self.tables.timers.remove(key));
        Ok(due.into_iter().map(|(at, (kind, app_id, key))| (app_id, Timer { at, kind, key })).collect())
    }

    fn next_timer(&mut self) -> Result<Option<i64>, StoreError> {
        Ok(self.tables.timers.values().min().copied())
    }

    fn binding(&mut self, app_id: u32, push_id: &str) -> Result<Option<Binding>, StoreError> {
        Ok(self.tables.bindings.get(&(app_id, push_id.to_owned())).cloned())
    }

    fn bindings_of_user(&mut self, user: UserKey) -> Result<Vec<Binding>, StoreError> {
        Ok(self.collect_bindings(|binding| binding.user == Some(user)))
    }

    fn bound(&mut self, app_id: u32, after: &str, limit: usize) -> Result<Vec<Binding>, StoreError> {
        let mut found = self.collect_bindings(|binding| {
            binding.app_id == app_id && binding.push_id.as_str() > after && binding.user.is_some()
        });
        found.truncate(limit);
        Ok(found)
    }

    fn bindings_of_device(&mut self, app_id: u32, device_id: &str) -> Result<Vec<Binding>, StoreError> {
        Ok(self.collect_bindings(|binding| binding.app_id == app_id && binding.device_id == device_id))
    }

    fn put_binding(&mut self, binding: &Binding) -> Result<(), StoreError> {
        self.writes += 1;
        self.tables.bindings.insert((binding.app_id, binding.push_id.clone()), binding.clone());
        Ok(())
    }

    fn remove_binding(&mut self, app_id: u32, push_id: &str) -> Result<(), StoreError> {
        self.writes += 1;
        self.tables.bindings.remove(&(app_id, push_id.to_owned()));
        Ok(())
    }

    fn put_job(&mut self, job: &PushJob) -> Result<JobId, StoreError> {
        self.writes += 1;
        if job.id != 0 && self.tables.jobs.get(&job.id).is_none() {
            return Ok(job.id);
        }
        let id = if job.id == 0 { self.tables.next(Counter::Job) } else { job.id };
        self.tables.jobs.insert(id, PushJob { id, ..job.clone() });
        self.job_due = earliest(self.job_due, job.due_at);
        Ok(id)
    }

    fn claim_jobs(&mut self, now: i64, lease_until: i64, limit: usize) -> Result<Vec<PushJob>, StoreError> {
        self.writes += 1;
        let mut jobs = self.collect_jobs(|job| job.due_at <= now);
        jobs.sort_by_key(|job| (job.due_at, job.id));
        jobs.truncate(limit);
        for job in &jobs {
            self.tables.jobs.insert(job.id, PushJob { due_at: lease_until, ..job.clone() });
        }
        Ok(jobs)
    }

    fn release_claims(&mut self, now: i64) -> Result<(), StoreError> {
        self.writes += 1;
        for job in self.collect_jobs(|job| job.due_at > now && job.attempts > 0) {
            self.tables.jobs.insert(job.id, PushJob { due_at: now, ..job });
        }
        Ok(())
    }

    fn next_job(&mut self) -> Result<Option<i64>, StoreError> {
        Ok(self.tables.jobs.values().map(|job| job.due_at).min())
    }

    fn job(&mut self, id: JobId) -> Result<Option<PushJob>, StoreError> {
        Ok(self.tables.jobs.get(&id).cloned())
    }

    fn jobs_acknowledged(
        &mut self,
        user: UserKey,
        device_id: &str,
        acked: u64,
    ) -> Result<Vec<PushJob>, StoreError> {
        Ok(self.collect_jobs(|job| {
            job.user == user && job.device_id == device_id && job.event_seq > 0 && job.event_seq <= acked
        }))
    }

    fn jobs_about(&mut self, app_id: u32, subject_id: &str) -> Result<Vec<PushJob>, StoreError> {
        let is_about = |job: &PushJob| rules::subject_of(&job.intent).is_some_and(|id| id == subject_id);
        Ok(self.collect_jobs(|job| job.app_id == app_id && is_about(job)))
    }

    fn jobs_of_push_id(&mut self, app_id: u32, push_id: &str) -> Result<Vec<PushJob>, StoreError> {
        Ok(self.collect_jobs(|job| job.app_id == app_id && job.push_id == push_id))
    }

    fn remove_job(&mut self, id: JobId) -> Result<(), StoreError> {
        self.writes += 1;
        self.tables.jobs.remove(&id);
        Ok(())
    }

    fn log_delivery(&mut self, row: &DeliveryLog) -> Result<(), StoreError> {
        self.writes += 1;
        let id = self.tables.next(Counter::Log);
        self.tables.log.insert(id, DeliveryLog { id, ..row.clone() });
        Ok(())
    }

    fn delivery_log(
        &mut self,
        app_id: u32,
        query: &DeliveryLogQuery,
    ) -> Result<Vec<DeliveryLog>, StoreError> {
        let is =
            |filter: &Option<String>, value: &String| filter.as_ref().is_none_or(|filter| filter == value);
        let wanted = |row: &&DeliveryLog| {
            row.app_id == app_id
                && query.id.is_none_or(|id| row.id == id)
                && query.before.is_none_or(|before| row.id < before)
                && query.since.is_none_or(|since| row.time >= since)
                && query.until.is_none_or(|until| row.time < until)
                && is(&query.user_id, &row.user_id)
                && is(&query.push_id, &row.push_id)
                && is(&query.request_id, &row.request_id)
                && is(&query.subject, &row.subject)
                && is(&query.stage, &row.stage)
                && is(&query.outcome, &row.outcome)
                && is(&query.vendor, &row.vendor)
        };
        let mut rows: Vec<_> = self.tables.log.values().filter(wanted).cloned().collect();
        rows.sort_by_key(|row| Reverse(row.id));
        rows.truncate(query.limit);
        Ok(rows)
    }

    fn certificates(&mut self) -> Result<Vec<CertificateRow>, StoreError> {
        Ok(self.all_certificates())
    }

    fn put_certificate(&mut self, row: &CertificateRow) -> Result<CertificateId, StoreError> {
        Ok(self.insert_certificate(row))
    }

    fn remove_certificate(&mut self, id: CertificateId) -> Result<bool, StoreError> {
        Ok(self.delete_certificate(id))
    }

    fn strategies(&mut self) -> Result<Vec<StrategyRow>, StoreError> {
        Ok(self.all_strategies())
    }

    fn put_strategy(&mut self, row: &StrategyRow) -> Result<(), StoreError> {
        self.insert_strategy(row);
        Ok(())
    }

    fn remove_strategy(&mut self, app_id: u32, resources_id: &str) -> Result<bool, StoreError> {
        Ok(self.delete_strategy(app_id, resources_id))
    }

    fn users(
        &mut self,
        app_id: u32,
        prefix: &str,
        after: &str,
        limit: usize,
    ) -> Result<Vec<User>, StoreError> {
        Ok(self.users_by_id(app_id, prefix, after, limit))
    }

    fn counts(&mut self) -> Result<Counts, StoreError> {
        Ok(self.counted())
    }

    fn trim(&mut self, limits: &Retention) -> Result<TrimReport, StoreError> {
        self.writes += 1;
        let inbox = self.inboxes.trim(limits.inbox_before, false);
        for (user, last_seq) in self.inboxes.old_ends(limits.inbox_before) {
            self.tables.inbox_trimmed.insert(user, last_seq);
        }
        self.trim_before =
            Some(self.trim_before.map_or(limits.inbox_before, |at| at.max(limits.inbox_before)));
        let tables = &mut self.tables;
        let sent =
            tables.sent.remove_where(TRIM_ROWS as usize, |_, row| row.sent.timestamp < limits.inbox_before);
        let log = tables.log.remove_where(TRIM_ROWS as usize, |_, row| row.time < limits.log_before);
        let old = |row: &CallRow| rules::has_ended(&row.call) && row.call.end_time < limits.calls_before;
        let gone: Vec<_> =
            tables.calls.values().filter(|row| old(row)).take(TRIM_ROWS as usize).cloned().collect();
        for row in &gone {
            tables.calls.remove(&(row.app_id, row.call.call_id.clone()));
            tables.call_client_ids.remove_where(usize::MAX, |_, called| called.call_id == row.call.call_id);
        }
        let calls = gone.len() as u64;
        let more = [sent, log, calls].contains(&u64::from(TRIM_ROWS));
        Ok(TrimReport { inbox, sent, log, calls, more })
    }
}
