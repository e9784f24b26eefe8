//! [`Tx`] on the writer's connection: memory first, then pending writes, then the database.

use super::super::cache::Cache;
use super::super::{
    Binding, CallRow, CalledRecord, CertificateId, CertificateRow, Conversation, Counts, DeliveryLog,
    DeliveryLogQuery, Device, DeviceKey, GroupKey, GroupRow, JobId, MemberRow, NO_ORIGIN, Origin, PushJob,
    Retention, SentRecord, StoreError, StrategyRow, Timer, TimerKind, TrimReport, Tx, User, UserConversation,
    UserKey, rules,
};
use super::backend::{REMEMBERED, SqliteBackend};
use super::logs::{self, InboxHead, device_column};
use super::{calls, owner, people, push, signed, upkeep};
use crate::key_map::KeyMap;
use std::sync::Arc;
use zim_proto::v1;

impl SqliteBackend {
    fn remember_user(&mut self, user: &User) {
        remember_key(&mut self.memory.user_keys, user.app_id, &user.user_id, user.key);
        self.memory.users.insert(user.key, user.clone());
    }

    fn remember_group(&mut self, group: &GroupRow) {
        remember_key(&mut self.memory.group_keys, group.app_id, &group.group.group_id, group.key);
        self.memory.groups.insert(group.key, group.clone());
    }

    fn head(&mut self, user: UserKey) -> Result<InboxHead, StoreError> {
        if let Some(head) = self.memory.inbox.get(&user) {
            return Ok(*head);
        }
        let head = match self.pending.inbox.last(user) {
            Some((seq, time)) => InboxHead::at(seq, time),
            None => self.read(|db| logs::inbox_head(db, user))?,
        };
        self.memory.inbox.insert(user, head);
        Ok(head)
    }

    fn last_client_id(&mut self, user: UserKey, device: i64) -> Result<i64, StoreError> {
        if let Some(last) = self.memory.last_client_id.get(&(user, device)) {
            return Ok(*last);
        }
        let last = self.read(|db| logs::last_client_id(db, user, device))?;
        self.memory.last_client_id.insert((user, device), last);
        Ok(last)
    }

    fn change_members(&mut self, group: GroupKey, change: impl FnOnce(&mut Vec<MemberRow>) -> bool) {
        if let Some(members) = self.memory.members.get(&group)
            && !change(Arc::make_mut(members))
        {
            self.memory.members.remove(&group);
        }
    }
}

type Keys = KeyMap<u32, Cache<String, i64>>;

fn remember_key(keys: &mut Keys, app_id: u32, id: &str, key: i64) {
    let keys = keys.entry(app_id).or_insert_with(|| Cache::new(REMEMBERED));
    if keys.get(id).is_none() {
        keys.insert(id.to_owned(), key);
    }
}

fn known_key(keys: &mut Keys, app_id: u32, id: &str) -> Option<i64> {
    keys.get_mut(&app_id)?.get(id).copied()
}

impl Tx for SqliteBackend {
    fn user(&mut self, app_id: u32, user_id: &str) -> Result<Option<User>, StoreError> {
        if let Some(key) = known_key(&mut self.memory.user_keys, app_id, user_id)
            && let Some(user) = self.memory.users.get(&key)
        {
            return Ok(Some(user.clone()));
        }
        let user = self.read(|db| people::user(db, app_id, user_id))?;
        user.iter().for_each(|user| self.remember_user(user));
        Ok(user)
    }

    fn user_by_key(&mut self, key: UserKey) -> Result<Option<User>, StoreError> {
        if let Some(user) = self.memory.users.get(&key) {
            return Ok(Some(user.clone()));
        }
        let user = self.read(|db| people::user_by_key(db, key))?;
        user.iter().for_each(|user| self.remember_user(user));
        Ok(user)
    }

    fn create_user(&mut self, mut user: User) -> Result<User, StoreError> {
        user.key = self.write(|db| people::create_user(db, &user))?;
        self.remember_user(&user);
        Ok(user)
    }

    fn update_user(&mut self, user: &User) -> Result<(), StoreError> {
        self.write(|db| people::update_user(db, user))?;
        // Read back when it is needed: ids and key are not the caller's to change.
        self.memory.users.remove(&user.key);
        Ok(())
    }

    fn device(&mut self, user: UserKey, device_id: &str) -> Result<Option<Device>, StoreError> {
        self.read(|db| people::device(db, user, device_id))
    }

    fn devices(&mut self, user: UserKey) -> Result<Vec<Device>, StoreError> {
        self.read(|db| people::devices(db, user))
    }

    fn put_device(&mut self, device: &Device) -> Result<DeviceKey, StoreError> {
        self.write(|db| people::put_device(db, device))
    }

    fn inbox_epoch(&mut self) -> Result<u64, StoreError> {
        Ok(self.epoch)
    }

    fn inbox_head(&mut self, user: UserKey) -> Result<u64, StoreError> {
        Ok(self.head(user)?.seq)
    }

    fn inbox_trimmed(&mut self, user: UserKey) -> Result<u64, StoreError> {
        self.read(|db| logs::inbox_trimmed(db, user))
    }

    fn inbox_append_from(
        &mut self,
        user: UserKey,
        time: i64,
        raw: &[u8],
        origin: Origin,
    ) -> Result<u64, StoreError> {
        let mut head = self.head(user)?;
        self.writes += 1;
        head.seq += 1;
        head.time = head.time.max(time);
        self.pending.inbox.push(user, head.seq, head.time, origin, |run| run.extend_from_slice(raw));
        self.memory.inbox.insert(user, head);
        Ok(head.seq)
    }

    fn conversation_head(&mut self, conversation: Conversation) -> Result<u64, StoreError> {
        if let Some(head) = self.memory.conversations.get(&conversation) {
            return Ok(*head);
        }
        let head = match self.pending.conversations.last(conversation) {
            Some((seq, _)) => seq,
            None => self.read(|db| logs::conversation_head(db, conversation))?,
        };
        self.memory.conversations.insert(conversation, head);
        Ok(head)
    }

    fn next_message_id(&mut self, app_id: u32, now: i64) -> Result<u64, StoreError> {
        let last = match self.memory.message_ids.get(&app_id) {
            Some(last) => *last,
            None => self.read(|db| logs::last_message_id(db, app_id))?,
        };
        let id = rules::next_message_id(last, now)?;
        self.writes += 1;
        self.memory.message_ids.insert(app_id, id);
        self.pending.message_ids.insert(app_id, id);
        Ok(id)
    }

    fn conversation_append(
        &mut self,
        conversation: Conversation,
        message: &v1::Message,
    ) -> Result<(), StoreError> {
        rules::check_message_seq(self.conversation_head(conversation)?, message.message_seq)?;
        self.writes += 1;
        let seq = message.message_seq;
        self.pending
            .conversations
            .push(conversation, seq, 0, NO_ORIGIN, |run| logs::append_message(run, message));
        self.memory.conversations.insert(conversation, seq);
        Ok(())
    }

    fn conversation_replace(
        &mut self,
        conversation: Conversation,
        message: &v1::Message,
    ) -> Result<(), StoreError> {
        let seq = message.message_seq;
        if seq == 0 || seq > self.conversation_head(conversation)? {
            return Err(rules::no_such_message(seq));
        }
        self.flush_conversation(conversation)?;
        self.write(|db| logs::replace_message(db, conversation, message))
    }

    fn history(
        &mut self,
        conversation: Conversation,
        after: u64,
        before: u64,
        limit: usize,
        ascending: bool,
    ) -> Result<Vec<v1::Message>, StoreError> {
        let head = self.conversation_head(conversation)?;
        let last = if before == 0 { head } else { head.min(before - 1) };
        if after >= last || limit == 0 {
            return Ok(Vec::new());
        }
        self.flush_conversation(conversation)?;
        self.read(|db| logs::history(db, conversation, after + 1, last, limit, ascending))
    }

    fn user_conversation(
        &mut self,
        user: UserKey,
        conversation: Conversation,
    ) -> Result<Option<UserConversation>, StoreError> {
        let key = (user, conversation);
        if let Some(state) = self.memory.user_conversations.get(&key) {
            return Ok(state.clone());
        }
        let state = match self.pending.user_conversations.get(&key) {
            Some(state) => Some(state.clone()),
            None => self.read(|db| logs::user_conversation(db, user, conversation))?,
        };
        self.memory.user_conversations.insert(key, state.clone());
        Ok(state)
    }

    fn put_user_conversation(
        &mut self,
        user: UserKey,
        conversation: Conversation,
        state: &UserConversation,
    ) -> Result<(), StoreError> {
        self.writes += 1;
        self.pending.user_conversations.insert((user, conversation), state.clone());
        self.memory.user_conversations.insert((user, conversation), Some(state.clone()));
        Ok(())
    }

    fn user_conversations(
        &mut self,
        user: UserKey,
    ) -> Result<Vec<(Conversation, UserConversation)>, StoreError> {
        self.flush_user_conversations()?;
        self.read(|db| logs::user_conversations(db, user))
    }

    fn sent(
        &mut self,
        user: UserKey,
        device: Origin,
        client_id: u64,
    ) -> Result<Option<SentRecord>, StoreError> {
        let key = (user, device_column(device), signed(client_id));
        if key.2 > self.last_client_id(key.0, key.1)? {
            return Ok(None);
        }
        match self.pending.sent.get(&key) {
            Some(record) => Ok(Some(record.clone())),
            None => self.read(|db| logs::sent(db, key)),
        }
    }

    fn put_sent(
        &mut self,
        user: UserKey,
        device: Origin,
        client_id: u64,
        record: &SentRecord,
    ) -> Result<(), StoreError> {
        let key = (user, device_column(device), signed(client_id));
        let last = self.last_client_id(key.0, key.1)?;
        self.writes += 1;
        self.pending.sent.insert(key, record.clone());
        self.memory.last_client_id.insert((key.0, key.1), last.max(key.2));
        Ok(())
    }

    fn group(&mut self, app_id: u32, group_id: &str) -> Result<Option<GroupRow>, StoreError> {
        if let Some(key) = known_key(&mut self.memory.group_keys, app_id, group_id)
            && let Some(group) = self.memory.groups.get(&key)
        {
            return Ok(Some(group.clone()));
        }
        let group = self.read(|db| people::group(db, app_id, group_id))?;
        group.iter().for_each(|group| self.remember_group(group));
        Ok(group)
    }

    fn group_by_key(&mut self, key: GroupKey) -> Result<Option<GroupRow>, StoreError> {
        if let Some(group) = self.memory.groups.get(&key) {
            return Ok(Some(group.clone()));
        }
        let group = self.read(|db| people::group_by_key(db, key))?;
        group.iter().for_each(|group| self.remember_group(group));
        Ok(group)
    }

    fn put_group(&mut self, group: &GroupRow) -> Result<GroupKey, StoreError> {
        let key = self.write(|db| people::put_group(db, group))?;
        self.remember_group(&GroupRow { key, ..group.clone() });
        Ok(key)
    }

    fn members(&mut self, group: GroupKey) -> Result<Arc<Vec<MemberRow>>, StoreError> {
        if let Some(members) = self.memory.members.get(&group) {
            return Ok(Arc::clone(members));
        }
        let members = Arc::new(self.read(|db| people::members(db, group))?);
        self.memory.members.insert(group, Arc::clone(&members));
        Ok(members)
    }

    fn put_member(&mut self, group: GroupKey, member: &MemberRow) -> Result<(), StoreError> {
        self.write(|db| people::put_member(db, group, member))?;
        self.change_members(group, |members| {
            if let Some(old) = members.iter_mut().find(|old| old.user == member.user) {
                let same_place = old.entered_at == member.entered_at;
                old.clone_from(member);
                return same_place;
            }
            let last = members.last().is_none_or(|last| last.entered_at <= member.entered_at);
            members.push(member.clone());
            last
        });
        Ok(())
    }

    fn remove_member(&mut self, group: GroupKey, user: UserKey) -> Result<(), StoreError> {
        self.write(|db| people::remove_member(db, group, user))?;
        self.change_members(group, |members| {
            members.retain(|member| member.user != user);
            true
        });
        Ok(())
    }

    fn call(&mut self, app_id: u32, call_id: &str) -> Result<Option<CallRow>, StoreError> {
        self.read(|db| calls::call(db, app_id, call_id))
    }

    fn put_call(&mut self, call: &CallRow) -> Result<(), StoreError> {
        self.write(|db| calls::put_call(db, call))
    }

    fn active_calls(&mut self, user: UserKey) -> Result<Vec<CallRow>, StoreError> {
        self.read(|db| calls::active_calls(db, user))
    }

    fn running_calls(&mut self) -> Result<Vec<CallRow>, StoreError> {
        self.read(calls::running_calls)
    }

    fn calls(&mut self, user: UserKey, before: i64, limit: usize) -> Result<Vec<CallRow>, StoreError> {
        self.read(|db| calls::calls(db, user, before, limit))
    }

    fn call_by_client_id(
        &mut self,
        user: UserKey,
        device: Origin,
        client_id: u64,
    ) -> Result<Option<CalledRecord>, StoreError> {
        self.read(|db| calls::call_by_client_id(db, user, device, client_id))
    }

    fn put_call_client_id(
        &mut self,
        user: UserKey,
        device: Origin,
        client_id: u64,
        record: &CalledRecord,
    ) -> Result<(), StoreError> {
        self.write(|db| calls::put_call_client_id(db, user, device, client_id, record))
    }

    fn set_timer(&mut self, app_id: u32, timer: &Timer) -> Result<(), StoreError> {
        self.write(|db| calls::set_timer(db, app_id, timer))?;
        self.timer_due = Some(self.timer_due.map_or(timer.at, |due| due.min(timer.at)));
        Ok(())
    }

    fn clear_timer(&mut self, app_id: u32, kind: TimerKind, key: &str) -> Result<(), StoreError> {
        self.write(|db| calls::clear_timer(db, app_id, kind, key))
    }

    fn take_due_timers(&mut self, now: i64, limit: usize) -> Result<Vec<(u32, Timer)>, StoreError> {
        self.write(|db| calls::take_due_timers(db, now, limit))
    }

    fn next_timer(&mut self) -> Result<Option<i64>, StoreError> {
        self.read(calls::next_timer)
    }

    fn binding(&mut self, app_id: u32, push_id: &str) -> Result<Option<Binding>, StoreError> {
        self.read(|db| push::binding(db, app_id, push_id))
    }

    fn bindings_of_user(&mut self, user: UserKey) -> Result<Vec<Binding>, StoreError> {
        self.read(|db| push::bindings_of_user(db, user))
    }

    fn bound(&mut self, app_id: u32, after: &str, limit: usize) -> Result<Vec<Binding>, StoreError> {
        self.read(|db| push::bound(db, app_id, after, limit))
    }

    fn bindings_of_device(&mut self, app_id: u32, device_id: &str) -> Result<Vec<Binding>, StoreError> {
        self.read(|db| push::bindings_of_device(db, app_id, device_id))
    }

    fn put_binding(&mut self, binding: &Binding) -> Result<(), StoreError> {
        self.write(|db| push::put_binding(db, binding))
    }

    fn remove_binding(&mut self, app_id: u32, push_id: &str) -> Result<(), StoreError> {
        self.write(|db| push::remove_binding(db, app_id, push_id))
    }

    fn put_job(&mut self, job: &PushJob) -> Result<JobId, StoreError> {
        let (id, waits) = self.write(|db| push::put_job(db, job))?;
        if waits {
            self.job_due = Some(self.job_due.map_or(job.due_at, |due| due.min(job.due_at)));
        }
        Ok(id)
    }

    fn claim_jobs(&mut self, now: i64, lease_until: i64, limit: usize) -> Result<Vec<PushJob>, StoreError> {
        self.write(|db| push::claim_jobs(db, now, lease_until, limit))
    }

    fn release_claims(&mut self, now: i64) -> Result<(), StoreError> {
        self.write(|db| push::release_claims(db, now))
    }

    fn next_job(&mut self) -> Result<Option<i64>, StoreError> {
        self.read(push::next_job)
    }

    fn job(&mut self, id: JobId) -> Result<Option<PushJob>, StoreError> {
        self.read(|db| push::job(db, id))
    }

    fn jobs_acknowledged(
        &mut self,
        user: UserKey,
        device_id: &str,
        acked: u64,
    ) -> Result<Vec<PushJob>, StoreError> {
        self.read(|db| push::jobs_acknowledged(db, user, device_id, acked))
    }

    fn jobs_about(&mut self, app_id: u32, subject_id: &str) -> Result<Vec<PushJob>, StoreError> {
        self.read(|db| push::jobs_about(db, app_id, subject_id))
    }

    fn jobs_of_push_id(&mut self, app_id: u32, push_id: &str) -> Result<Vec<PushJob>, StoreError> {
        self.read(|db| push::jobs_of_push_id(db, app_id, push_id))
    }

    fn remove_job(&mut self, id: JobId) -> Result<(), StoreError> {
        self.write(|db| push::remove_job(db, id))
    }

    fn log_delivery(&mut self, row: &DeliveryLog) -> Result<(), StoreError> {
        self.write(|db| push::log_delivery(db, row))
    }

    fn delivery_log(
        &mut self,
        app_id: u32,
        query: &DeliveryLogQuery,
    ) -> Result<Vec<DeliveryLog>, StoreError> {
        self.read(|db| push::delivery_log(db, app_id, query))
    }

    fn certificates(&mut self) -> Result<Vec<CertificateRow>, StoreError> {
        self.read(owner::certificates)
    }

    fn put_certificate(&mut self, row: &CertificateRow) -> Result<CertificateId, StoreError> {
        self.write(|db| owner::put_certificate(db, row))
    }

    fn remove_certificate(&mut self, id: CertificateId) -> Result<bool, StoreError> {
        self.write(|db| owner::remove_certificate(db, id))
    }

    fn strategies(&mut self) -> Result<Vec<StrategyRow>, StoreError> {
        self.read(owner::strategies)
    }

    fn put_strategy(&mut self, row: &StrategyRow) -> Result<(), StoreError> {
        self.write(|db| owner::put_strategy(db, row))
    }

    fn remove_strategy(&mut self, app_id: u32, resources_id: &str) -> Result<bool, StoreError> {
        self.write(|db| owner::remove_strategy(db, app_id, resources_id))
    }

    fn users(
        &mut self,
        app_id: u32,
        prefix: &str,
        after: &str,
        limit: usize,
    ) -> Result<Vec<User>, StoreError> {
        self.read(|db| owner::users(db, app_id, prefix, after, limit))
    }

    fn counts(&mut self) -> Result<Counts, StoreError> {
        self.read(owner::counts)
    }

    fn trim(&mut self, limits: &Retention) -> Result<TrimReport, StoreError> {
        let mut sweep = self.sweep;
        let report = self.write(|db| upkeep::trim(db, limits, &mut sweep))?;
        self.sweep = sweep;
        Ok(report)
    }
}
