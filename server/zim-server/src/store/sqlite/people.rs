//! Users, devices, groups and members.

use super::super::{Device, DeviceKey, GroupKey, GroupRow, MemberRow, User, UserKey};
use super::{decode, signed, unsigned};
use prost::Message as _;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

pub(super) fn user_row(row: &Row<'_>) -> rusqlite::Result<User> {
    Ok(User {
        key: row.get(0)?,
        app_id: row.get(1)?,
        user_id: row.get(2)?,
        user_name: row.get(3)?,
        avatar_url: row.get(4)?,
        extended_data: row.get(5)?,
        custom_status: row.get(6)?,
        push_rule: decode(row.get_ref(7)?.as_blob()?)?,
        created_at: row.get(8)?,
        has_logged_in: row.get(9)?,
    })
}

pub(super) fn user(db: &Connection, app_id: u32, user_id: &str) -> rusqlite::Result<Option<User>> {
    db.prepare_cached("SELECT * FROM user WHERE app_id = ?1 AND user_id = ?2")?
        .query_row(params![app_id, user_id], user_row)
        .optional()
}

pub(super) fn user_by_key(db: &Connection, key: UserKey) -> rusqlite::Result<Option<User>> {
    db.prepare_cached("SELECT * FROM user WHERE key = ?1")?.query_row([key], user_row).optional()
}

pub(super) fn create_user(db: &Connection, user: &User) -> rusqlite::Result<UserKey> {
    db.prepare_cached(
        "INSERT INTO user (app_id, user_id, user_name, avatar_url, extended_data, custom_status, push_rule,
                           created_at, has_logged_in) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .insert(params![
        user.app_id,
        user.user_id,
        user.user_name,
        user.avatar_url,
        user.extended_data,
        user.custom_status,
        user.push_rule.encode_to_vec(),
        user.created_at,
        user.has_logged_in
    ])
}

pub(super) fn update_user(db: &Connection, user: &User) -> rusqlite::Result<()> {
    db.prepare_cached(
        "UPDATE user SET user_name = ?2, avatar_url = ?3, extended_data = ?4, custom_status = ?5, push_rule = ?6,
                         created_at = ?7, has_logged_in = ?8 WHERE key = ?1",
    )?
    .execute(params![
        user.key,
        user.user_name,
        user.avatar_url,
        user.extended_data,
        user.custom_status,
        user.push_rule.encode_to_vec(),
        user.created_at,
        user.has_logged_in
    ])?;
    Ok(())
}

fn device_row(row: &Row<'_>) -> rusqlite::Result<Device> {
    Ok(Device {
        key: row.get(0)?,
        user: row.get(1)?,
        device_id: row.get(2)?,
        platform: row.get(3)?,
        cursor: unsigned(row.get(4)?),
        last_seen: row.get(5)?,
        logged_in_at: row.get(6)?,
        logged_in: row.get(7)?,
    })
}

pub(super) fn device(db: &Connection, user: UserKey, device_id: &str) -> rusqlite::Result<Option<Device>> {
    db.prepare_cached("SELECT * FROM device WHERE user = ?1 AND device_id = ?2")?
        .query_row(params![user, device_id], device_row)
        .optional()
}

pub(super) fn devices(db: &Connection, user: UserKey) -> rusqlite::Result<Vec<Device>> {
    db.prepare_cached("SELECT * FROM device WHERE user = ?1 ORDER BY key")?
        .query_map([user], device_row)?
        .collect()
}

pub(super) fn put_device(db: &Connection, device: &Device) -> rusqlite::Result<DeviceKey> {
    db.prepare_cached(
        "INSERT INTO device (user, device_id, platform, cursor, last_seen, logged_in_at, logged_in)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (user, device_id) DO UPDATE SET platform = excluded.platform, cursor = excluded.cursor,
           last_seen = excluded.last_seen, logged_in_at = excluded.logged_in_at, logged_in = excluded.logged_in
         RETURNING key",
    )?
    .query_row(
        params![
            device.user,
            device.device_id,
            device.platform,
            signed(device.cursor),
            device.last_seen,
            device.logged_in_at,
            device.logged_in
        ],
        |row| row.get(0),
    )
}

fn group_row(row: &Row<'_>) -> rusqlite::Result<GroupRow> {
    Ok(GroupRow {
        key: row.get(0)?,
        app_id: row.get(1)?,
        group: decode(row.get_ref(2)?.as_blob()?)?,
        dismissed: row.get(3)?,
    })
}

pub(super) fn group(db: &Connection, app_id: u32, group_id: &str) -> rusqlite::Result<Option<GroupRow>> {
    db.prepare_cached(
        "SELECT key, app_id, data, dismissed FROM chat_group WHERE app_id = ?1 AND group_id = ?2",
    )?
    .query_row(params![app_id, group_id], group_row)
    .optional()
}

pub(super) fn group_by_key(db: &Connection, key: GroupKey) -> rusqlite::Result<Option<GroupRow>> {
    db.prepare_cached("SELECT key, app_id, data, dismissed FROM chat_group WHERE key = ?1")?
        .query_row([key], group_row)
        .optional()
}

pub(super) fn put_group(db: &Connection, row: &GroupRow) -> rusqlite::Result<GroupKey> {
    db.prepare_cached(
        "INSERT INTO chat_group (app_id, group_id, data, dismissed) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (app_id, group_id) DO UPDATE SET data = excluded.data, dismissed = excluded.dismissed
         RETURNING key",
    )?
    .query_row(params![row.app_id, row.group.group_id, row.group.encode_to_vec(), row.dismissed], |row| {
        row.get(0)
    })
}

pub(super) fn members(db: &Connection, group: GroupKey) -> rusqlite::Result<Vec<MemberRow>> {
    db.prepare_cached(
        "SELECT user, role, nickname, entered_at, enter_type, joined_seq FROM member WHERE chat_group = ?1
         ORDER BY entered_at, position",
    )?
    .query_map([group], |row| {
        Ok(MemberRow {
            user: row.get(0)?,
            role: row.get(1)?,
            nickname: row.get(2)?,
            entered_at: row.get(3)?,
            enter_type: row.get(4)?,
            joined_seq: unsigned(row.get(5)?),
        })
    })?
    .collect()
}

pub(super) fn put_member(db: &Connection, group: GroupKey, member: &MemberRow) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO member (chat_group, user, role, nickname, entered_at, enter_type, joined_seq)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (chat_group, user) DO UPDATE SET role = excluded.role, nickname = excluded.nickname,
           entered_at = excluded.entered_at, enter_type = excluded.enter_type, joined_seq = excluded.joined_seq",
    )?
    .execute(params![
        group,
        member.user,
        member.role,
        member.nickname,
        member.entered_at,
        member.enter_type,
        signed(member.joined_seq)
    ])?;
    Ok(())
}

pub(super) fn remove_member(db: &Connection, group: GroupKey, user: UserKey) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM member WHERE chat_group = ?1 AND user = ?2")?.execute([group, user])?;
    Ok(())
}
