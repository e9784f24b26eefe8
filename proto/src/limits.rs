//! Published limits: sizes, counts and character sets of everything a client may send.
//!
//! Bytes are bytes of UTF-8. Where published sources disagree the larger value is here (a server may be configured to
//! accept less); a value marked *ours* is published nowhere and only keeps one field from filling a frame.

// ---- identifiers ---------------------------------------------------------------------------------------------

/// Longest user id, bytes (`ZIMUserInfo.userID`).
pub const USER_ID_BYTES: usize = 32;
/// Longest group id, bytes (server API, `GroupId`).
pub const GROUP_ID_BYTES: usize = 32;
/// Characters allowed in user and group ids besides ASCII letters and digits. The client reference lists all but the
/// space, which the server API admits.
pub const ID_PUNCTUATION: &str = "!#$%&()+-:;<=.>?@[]^_{}|~ ";
/// First character of group ids the service makes; an app may not choose such an id.
pub const GENERATED_GROUP_ID_PREFIX: char = '#';
/// Longest call id, characters (published wrapper check).
pub const CALL_ID_CHARACTERS: usize = 20;
/// Length of a device id: 128 random bits in lower-case hexadecimal (protocol rule).
pub const DEVICE_ID_CHARACTERS: usize = 32;
/// Largest message and local message id. 2^53 - 1, because JavaScript hosts carry ids as numbers.
pub const MAX_MESSAGE_ID: u64 = (1 << 53) - 1;

// ---- login ---------------------------------------------------------------------------------------------------

/// Longest user name, bytes.
pub const USER_NAME_BYTES: usize = 256;
/// Longest custom status, bytes (`updateUserCustomStatus`).
pub const CUSTOM_STATUS_BYTES: usize = 64;
/// Longest token, bytes. *Ours*: a Token04 with a full RTC payload stays below 2 KiB.
pub const TOKEN_BYTES: usize = 4096;
/// Length of an AppSign proof, bytes (HMAC-SHA256).
pub const APP_SIGN_PROOF_BYTES: usize = 32;
/// Longest SDK version text, bytes. *Ours*.
pub const SDK_VERSION_BYTES: usize = 64;
/// Most capabilities in a hello. *Ours*.
pub const CAPABILITIES: usize = 64;
/// Longest capability name, bytes. *Ours*.
pub const CAPABILITY_BYTES: usize = 64;

// ---- messages ------------------------------------------------------------------------------------------------

/// Largest text or custom message, bytes: 2 KiB by default in the published service, 32 KiB at most.
pub const TEXT_BYTES: usize = 32 << 10;
/// Largest command message, bytes: 5 KB in the message guide, 48 KiB in the published wrapper.
pub const COMMAND_BYTES: usize = 48 << 10;
/// Largest `searchedContent` of a custom message, bytes. Published only as "counts with the content".
pub const SEARCHED_CONTENT_BYTES: usize = TEXT_BYTES;
/// Largest `subType` of a custom message (published wrapper check).
pub const CUSTOM_SUB_TYPE_MAX: u32 = 200;
/// Largest `extendedData` of a message, bytes.
pub const MESSAGE_EXTENDED_DATA_BYTES: usize = 1 << 10;
/// Largest `revokeExtendedData` of a recall, bytes. *Ours*: what a message's own may have (the server API's `Payload` is
/// held to its published 200 bytes by the server).
pub const REVOKE_EXTENDED_DATA_BYTES: usize = MESSAGE_EXTENDED_DATA_BYTES;
/// Largest `localExtendedData` of a message, bytes; it never leaves the device.
pub const MESSAGE_LOCAL_EXTENDED_DATA_BYTES: usize = 128 << 10;
/// Most users one message mentions. *Ours*: one page of group members.
pub const MENTIONED_USERS: usize = 100;
/// Most records one query page returns; a larger count is clamped, 0 is refused.
pub const PAGE: u32 = 100;
/// Most messages one client sends per second (message type table).
pub const MESSAGES_PER_SECOND: u32 = 10;

// ---- offline push --------------------------------------------------------------------------------------------

/// Longest `pushConfig.title`, bytes.
pub const PUSH_TITLE_BYTES: usize = 256;
/// Longest `pushConfig.content`, bytes.
pub const PUSH_CONTENT_BYTES: usize = 1 << 10;
/// Longest `pushConfig.payload`, bytes.
pub const PUSH_PAYLOAD_BYTES: usize = 2 << 10;
/// Longest `pushConfig.resourcesID`, characters.
pub const RESOURCES_ID_CHARACTERS: usize = 32;
/// Longest `pushConfig.threadID`, bytes. *Ours*.
pub const THREAD_ID_BYTES: usize = 256;
/// Largest `pushConfig.badgeIncrement` that counts; the server clamps to 0 … this.
pub const BADGE_INCREMENT_MAX: i32 = 99;
/// Longest `iOSVoIPHandleValue`, bytes. *Ours*.
pub const VOIP_HANDLE_VALUE_BYTES: usize = 256;
/// Longest id of an OPPO private message template, bytes. *Ours*.
pub const TEMPLATE_ID_BYTES: usize = 64;
/// Longest parameter text of an OPPO private message template, bytes. *Ours*: what an OPPO notification may hold at all.
pub const TEMPLATE_PARAMETERS_BYTES: usize = 1 << 10;
/// Most entries in either list of an offline push rule. *Ours*: every platform there is, several times over.
pub const PUSH_RULE_PLATFORMS: usize = 32;
/// Longest vendor token, bytes. *Ours*: the longest in use (FCM, Web) stay below 1 KiB.
pub const VENDOR_TOKEN_BYTES: usize = 4096;
/// Longest bundle id or package name, bytes (Apple's limit for a bundle id is 155, Android's for a package 223).
pub const BUNDLE_ID_BYTES: usize = 255;
/// Largest `appType`: two certificate sets exist, 0 means unset.
pub const APP_TYPE_MAX: u32 = 2;
/// Largest badge number; host languages carry it as a signed 32-bit integer.
pub const BADGE_MAX: u32 = i32::MAX as u32;

// ---- groups --------------------------------------------------------------------------------------------------

/// Longest group name, bytes, unless it is within [`GROUP_NAME_CHARACTERS`].
pub const GROUP_NAME_BYTES: usize = 100;
/// Longest group name, characters, unless it is within [`GROUP_NAME_BYTES`]: sources name one or the other.
pub const GROUP_NAME_CHARACTERS: usize = 50;
/// Longest group notice, characters (other sources: the same number of bytes).
pub const GROUP_NOTICE_CHARACTERS: usize = 300;
/// Longest avatar address of a user or a group, bytes.
pub const AVATAR_URL_BYTES: usize = 500;
/// Most attributes of a group.
pub const GROUP_ATTRIBUTES: usize = 10;
/// Longest key of a group attribute, bytes.
pub const GROUP_ATTRIBUTE_KEY_BYTES: usize = 16;
/// Longest value of a group attribute, bytes.
pub const GROUP_ATTRIBUTE_VALUE_BYTES: usize = 1024;
/// Most users named when a group is created or in one invitation.
pub const GROUP_USERS_PER_REQUEST: usize = 100;
/// Largest group any published plan has.
pub const GROUP_MEMBERS_MAX: u32 = 6000;

// ---- calls ---------------------------------------------------------------------------------------------------

/// Most invitees of one request: a call holds ten users, the caller among them.
pub const CALL_INVITEES: usize = 9;
/// Most users in a call, the caller included.
pub const CALL_USERS: usize = 10;
/// Shortest ring time, seconds.
pub const CALL_TIMEOUT_MIN_S: u32 = 1;
/// Longest ring time, seconds.
pub const CALL_TIMEOUT_MAX_S: u32 = 600;
/// Ring time when the app names none, seconds.
pub const CALL_TIMEOUT_DEFAULT_S: u32 = 90;
/// Largest `extendedData` of a call operation, bytes (server API).
pub const CALL_EXTENDED_DATA_BYTES: usize = 2 << 10;
