//! Rows of what the owner sets up while the server runs.

/// Number of a certificate; never given twice.
pub type CertificateId = i64;

/// A push certificate that was uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateRow {
    /// Set by the store.
    pub id: CertificateId,
    /// App it is for.
    pub app_id: u32,
    /// What it serves: another one for the same takes its place.
    pub slot: String,
    /// UTC ms.
    pub added_at: i64,
    /// Its configuration and files, encrypted.
    pub sealed: Vec<u8>,
}

/// A push strategy that was made at run time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StrategyRow {
    /// App it is for.
    pub app_id: u32,
    /// Name that senders use.
    pub resources_id: String,
    /// `zim_push::Strategy` as JSON.
    pub strategy: String,
}

/// How many there are, in all apps.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Users.
    pub users: u64,
    /// Push registrations.
    pub push_ids: u64,
    /// Push jobs that wait.
    pub jobs: u64,
}
