-- Schema version 2: what the owner sets up while the server runs, and what the delivery log tells of vendors.

-- `slot` says what a certificate serves: one certificate for each. `sealed` is encrypted with a key that is not in here.
CREATE TABLE certificate (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    app_id INTEGER NOT NULL,
    slot TEXT NOT NULL,
    added_at INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    UNIQUE (app_id, slot)
) STRICT;

-- `strategy` is JSON.
CREATE TABLE strategy (
    app_id INTEGER NOT NULL,
    resources_id TEXT NOT NULL,
    strategy TEXT NOT NULL,
    PRIMARY KEY (app_id, resources_id)
) STRICT, WITHOUT ROWID;

-- `exchange` is JSON, empty = none.
ALTER TABLE delivery_log ADD COLUMN vendor TEXT NOT NULL DEFAULT '';
ALTER TABLE delivery_log ADD COLUMN exchange TEXT NOT NULL DEFAULT '';
