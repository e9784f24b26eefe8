//! What the owner sets up and looks at.

use super::super::{CertificateId, CertificateRow, Counts, StrategyRow, User};
use super::{Counter, MemoryBackend};

impl MemoryBackend {
    pub(super) fn all_certificates(&self) -> Vec<CertificateRow> {
        self.tables.certificates.values().cloned().collect()
    }

    pub(super) fn insert_certificate(&mut self, row: &CertificateRow) -> CertificateId {
        self.writes += 1;
        let id = self.tables.next(Counter::Certificate);
        let certificates = &mut self.tables.certificates;
        certificates.remove_where(1, |_, old| old.app_id == row.app_id && old.slot == row.slot);
        certificates.insert(id, CertificateRow { id, ..row.clone() });
        id
    }

    pub(super) fn delete_certificate(&mut self, id: CertificateId) -> bool {
        self.writes += 1;
        self.tables.certificates.remove_where(1, |key, _| *key == id) > 0
    }

    pub(super) fn all_strategies(&self) -> Vec<StrategyRow> {
        self.tables.strategies.values().cloned().collect()
    }

    pub(super) fn insert_strategy(&mut self, row: &StrategyRow) {
        self.writes += 1;
        self.tables.strategies.insert((row.app_id, row.resources_id.clone()), row.clone());
    }

    pub(super) fn delete_strategy(&mut self, app_id: u32, resources_id: &str) -> bool {
        self.writes += 1;
        let is = |key: &(u32, String)| key.0 == app_id && key.1 == resources_id;
        self.tables.strategies.remove_where(1, |key, _| is(key)) > 0
    }

    pub(super) fn users_by_id(&self, app_id: u32, prefix: &str, after: &str, limit: usize) -> Vec<User> {
        let from = (app_id, prefix.to_owned());
        let named = self
            .tables
            .user_keys
            .range(from..)
            .take_while(|((app, id), _)| *app == app_id && id.starts_with(prefix));
        let wanted = named.filter(|((_, id), _)| id.as_str() > after).take(limit);
        wanted.filter_map(|(_, key)| self.tables.users.get(key)).cloned().collect()
    }

    pub(super) fn counted(&self) -> Counts {
        let tables = &self.tables;
        Counts {
            users: tables.users.values().count() as u64,
            push_ids: tables.bindings.values().count() as u64,
            jobs: tables.jobs.values().count() as u64,
        }
    }
}
