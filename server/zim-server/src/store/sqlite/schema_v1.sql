-- Schema version 1. A stored version is never edited: a change is a new file in `schema.rs`.

CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- High-water mark of message ids, never goes back.
CREATE TABLE app (
    app_id INTEGER PRIMARY KEY,
    last_message_id INTEGER NOT NULL
) STRICT;

CREATE TABLE user (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    app_id INTEGER NOT NULL,
    user_id TEXT NOT NULL,
    user_name TEXT NOT NULL DEFAULT '',
    avatar_url TEXT NOT NULL DEFAULT '',
    extended_data TEXT NOT NULL DEFAULT '',
    custom_status TEXT NOT NULL DEFAULT '',
    push_rule BLOB NOT NULL DEFAULT x'',
    created_at INTEGER NOT NULL,
    has_logged_in INTEGER NOT NULL DEFAULT 0,
    UNIQUE (app_id, user_id)
) STRICT;

CREATE TABLE device (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    user INTEGER NOT NULL REFERENCES user (key),
    device_id TEXT NOT NULL,
    platform INTEGER NOT NULL,
    cursor INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    logged_in_at INTEGER NOT NULL,
    logged_in INTEGER NOT NULL,
    UNIQUE (user, device_id)
) STRICT;

-- One row per user and commit: `run` is the raw body of an event batch. `time` is that of the last event and never
-- decreases within a user, so that trimming by time removes the beginning of a log. Chunk tables keep their rowid: what
-- a commit brings lies together at the end of the table, and only the small index entries are scattered over the users.
CREATE TABLE inbox_chunk (
    user INTEGER NOT NULL,
    first_seq INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    time INTEGER NOT NULL,
    run BLOB NOT NULL,
    PRIMARY KEY (user, first_seq)
) STRICT;
CREATE INDEX inbox_chunk_time ON inbox_chunk (time);

-- Up to where a user's log was trimmed: keeps the head when all chunks are gone.
CREATE TABLE inbox_trimmed (
    user INTEGER PRIMARY KEY,
    last_seq INTEGER NOT NULL
) STRICT;

-- A conversation is (low, high): two user keys, or 0 and a group key.
CREATE TABLE conversation_chunk (
    low INTEGER NOT NULL,
    high INTEGER NOT NULL,
    first_seq INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    run BLOB NOT NULL,
    PRIMARY KEY (low, high, first_seq)
) STRICT;

CREATE TABLE user_conversation (
    user INTEGER NOT NULL,
    low INTEGER NOT NULL,
    high INTEGER NOT NULL,
    read_seq INTEGER NOT NULL,
    notification_status INTEGER NOT NULL,
    PRIMARY KEY (user, low, high)
) STRICT, WITHOUT ROWID;

-- `device` is the low half of the sending device's id, 128 random bits: should two devices of one user share it, they
-- share one space of client ids.
CREATE TABLE sent (
    user INTEGER NOT NULL,
    device INTEGER NOT NULL,
    client_id INTEGER NOT NULL,
    timestamp INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    message_seq INTEGER NOT NULL,
    fingerprint INTEGER NOT NULL,
    PRIMARY KEY (user, device, client_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE chat_group (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    app_id INTEGER NOT NULL,
    group_id TEXT NOT NULL,
    data BLOB NOT NULL,
    dismissed INTEGER NOT NULL,
    UNIQUE (app_id, group_id)
) STRICT;

-- `position` orders members who entered in the same millisecond.
CREATE TABLE member (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    chat_group INTEGER NOT NULL REFERENCES chat_group (key),
    user INTEGER NOT NULL REFERENCES user (key),
    role INTEGER NOT NULL,
    nickname TEXT NOT NULL,
    entered_at INTEGER NOT NULL,
    enter_type INTEGER NOT NULL,
    joined_seq INTEGER NOT NULL,
    UNIQUE (chat_group, user)
) STRICT;
CREATE INDEX member_user ON member (user);

CREATE TABLE call (
    app_id INTEGER NOT NULL,
    call_id TEXT NOT NULL,
    ended INTEGER NOT NULL,
    end_time INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (app_id, call_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX call_end ON call (end_time) WHERE ended = 1;

CREATE TABLE call_user (
    app_id INTEGER NOT NULL,
    call_id TEXT NOT NULL,
    user INTEGER NOT NULL,
    create_time INTEGER NOT NULL,
    ended INTEGER NOT NULL,
    PRIMARY KEY (app_id, call_id, user)
) STRICT, WITHOUT ROWID;
CREATE INDEX call_user_time ON call_user (user, create_time);
CREATE INDEX call_user_active ON call_user (user) WHERE ended = 0;

CREATE TABLE call_client_id (
    user INTEGER NOT NULL,
    device INTEGER NOT NULL,
    client_id INTEGER NOT NULL,
    call_id TEXT NOT NULL,
    fingerprint INTEGER NOT NULL,
    PRIMARY KEY (user, device, client_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX call_client_id_call ON call_client_id (call_id);

CREATE TABLE timer (
    kind INTEGER NOT NULL,
    app_id INTEGER NOT NULL,
    key TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (kind, app_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX timer_at ON timer (at);

CREATE TABLE binding (
    app_id INTEGER NOT NULL,
    push_id TEXT NOT NULL,
    registration BLOB NOT NULL,
    device_id TEXT NOT NULL,
    platform INTEGER NOT NULL,
    user INTEGER REFERENCES user (key),
    registered_at INTEGER NOT NULL,
    suspect_count INTEGER NOT NULL,
    PRIMARY KEY (app_id, push_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX binding_user ON binding (user) WHERE user IS NOT NULL;
CREATE INDEX binding_device ON binding (app_id, device_id);

CREATE TABLE job (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    app_id INTEGER NOT NULL,
    request_id TEXT NOT NULL,
    push_id TEXT NOT NULL,
    user INTEGER NOT NULL,
    device_id TEXT NOT NULL,
    event_seq INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    intent TEXT NOT NULL
) STRICT;
CREATE INDEX job_due ON job (due_at);
CREATE INDEX job_event ON job (user, device_id, event_seq) WHERE event_seq > 0;
CREATE INDEX job_push_id ON job (app_id, push_id);

CREATE TABLE delivery_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    time INTEGER NOT NULL,
    app_id INTEGER NOT NULL,
    request_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    push_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    stage TEXT NOT NULL,
    outcome TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
CREATE INDEX delivery_log_user ON delivery_log (app_id, user_id);
CREATE INDEX delivery_log_push_id ON delivery_log (app_id, push_id) WHERE push_id <> '';
CREATE INDEX delivery_log_request ON delivery_log (app_id, request_id) WHERE request_id <> '';
CREATE INDEX delivery_log_subject ON delivery_log (app_id, subject);
