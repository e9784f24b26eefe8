//! Return codes as published, and how the services' own codes become them.

use crate::service::ServiceError;
use crate::store::StoreError;
use serde_json::{Map, Value};
use zim_proto::ErrorCode;

/// A published return code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Code(pub(super) u32);

impl Code {
    pub(super) const BAD_INPUT: Self = Self(2);
    pub(super) const TOO_FAST: Self = Self(7);
    pub(super) const DATABASE: Self = Self(105_001);
    pub(super) const APP_ID_MALFORMED: Self = Self(100_000_001);
    pub(super) const TIMESTAMP_EMPTY: Self = Self(100_000_002);
    pub(super) const TIMESTAMP_MALFORMED: Self = Self(100_000_003);
    pub(super) const SIGNATURE_EXPIRED: Self = Self(100_000_004);
    pub(super) const SIGNATURE_ERROR: Self = Self(100_000_005);
    pub(super) const ACTION_EMPTY: Self = Self(100_000_006);
    pub(super) const ACTION_UNSUPPORTED: Self = Self(100_000_007);
    pub(super) const NONCE_EMPTY: Self = Self(100_000_008);
    pub(super) const SIGNATURE_EMPTY: Self = Self(100_000_009);
    pub(super) const BODY_UNREADABLE: Self = Self(100_000_012);
    pub(super) const VERSION_EMPTY: Self = Self(100_000_013);
    pub(super) const VERSION_UNSUPPORTED: Self = Self(100_000_014);
    pub(super) const APP_UNKNOWN: Self = Self(100_000_016);
    pub(super) const APP_DISABLED: Self = Self(100_000_017);
    pub(super) const BUSINESS: Self = Self(660_000_001);
    pub(super) const PARAMETER: Self = Self(660_000_002);
    pub(super) const LIST_TOO_LONG: Self = Self(660_000_011);
    pub(super) const MESSAGE_MISSING: Self = Self(660_000_022);
    pub(super) const REVOKED_BEFORE: Self = Self(660_000_023);
    pub(super) const TOO_LATE_TO_REVOKE: Self = Self(660_000_024);
    pub(super) const NOT_BASE64: Self = Self(660_000_025);
    pub(super) const NOT_THE_SENDER: Self = Self(660_000_026);
    pub(super) const NEVER_LOGGED_IN: Self = Self(660_200_001);
    pub(super) const MESSAGE_TOO_LARGE: Self = Self(660_400_001);
    pub(super) const OPERATOR_UNREGISTERED: Self = Self(660_500_002);
    pub(super) const ALL_USERS_RATE: Self = Self(660_500_003);
    pub(super) const GROUP_MISSING: Self = Self(660_600_001);
    pub(super) const MEMBER_LIST_RATE: Self = Self(660_600_004);
    pub(super) const KICK_RATE: Self = Self(660_600_005);
    pub(super) const NOT_IN_GROUP: Self = Self(660_600_008);
    pub(super) const CREATE_GROUP_RATE: Self = Self(660_600_010);
    pub(super) const GROUP_EXISTS: Self = Self(660_600_011);
    pub(super) const OWNER_MISSING: Self = Self(660_600_013);
    pub(super) const SENDER_NOT_IN_GROUP: Self = Self(660_600_024);
    pub(super) const TO_SELF: Self = Self(660_600_030);
    pub(super) const NO_PERMISSION: Self = Self(660_600_032);
    pub(super) const EVERY_USER_FAILED: Self = Self(660_600_033);
    pub(super) const REGISTER_RATE: Self = Self(660_700_001);
    pub(super) const USER_EXISTS: Self = Self(660_700_002);
    pub(super) const NAME_TOO_LONG: Self = Self(660_700_006);
    pub(super) const AVATAR_TOO_LONG: Self = Self(660_700_007);
    pub(super) const NO_SUCH_USER: Self = Self(660_700_012);
    pub(super) const PEER_UNREGISTERED: Self = Self(660_800_001);
    pub(super) const CALLEES_UNREGISTERED: Self = Self(660_900_003);
    pub(super) const NO_CALL: Self = Self(660_900_004);
    pub(super) const TOO_MANY_CALLEES: Self = Self(660_900_007);
    pub(super) const NOT_IN_CALL: Self = Self(660_900_008);
}

/// Why a call failed.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) code: Code,
    pub(super) message: String,
    /// What is answered beside code and message: a list that explains each element.
    pub(super) fields: Map<String, Value>,
}

impl Refusal {
    pub(super) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), fields: Map::new() }
    }

    /// A parameter at fault.
    pub(super) fn parameter(name: &str, fault: impl std::fmt::Display) -> Self {
        Self::new(Code::PARAMETER, format!("{name} {fault}"))
    }

    pub(super) fn with(mut self, fields: Map<String, Value>) -> Self {
        self.fields = fields;
        self
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "server API: the store failed");
        Self::new(Code::DATABASE, "the store failed")
    }
}

impl From<ServiceError> for Refusal {
    fn from(error: ServiceError) -> Self {
        let message = match error.parameter {
            Some(parameter) => format!("{} {}", published(parameter), error.message),
            None => error.message,
        };
        Self::new(of_service(error.code), message)
    }
}

/// Names of the client's parameters as this interface spells them.
fn published(parameter: &'static str) -> &'static str {
    match parameter {
        "toConversationID" => "ToUserId",
        "message" => "MessageBody.Message",
        "message.type" => "MessageType",
        "message.subType" => "SubMsgType",
        "message.searchedContent" => "SearchedContent",
        "message.extendedData" => "MessageBody.ExtendedData",
        "priority" => "Priority",
        "hasReceipt" => "MessageBody.HasReceipt",
        "invitees" => "UserIds",
        "timeout" | "config.timeout" => "Timeout",
        "extendedData" | "config.extendedData" => "ExtendedData",
        "pushConfig.title" => "OfflinePush.Title",
        "pushConfig.content" => "OfflinePush.Content",
        "pushConfig.payload" => "OfflinePush.Payload",
        "pushConfig.resourcesID" => "OfflinePush.PushStrategyId",
        "pushConfig.threadID" => "OfflinePush.ThreadId",
        other => other,
    }
}

/// The published code of this interface for one of the client's.
pub(super) fn of_service(code: ErrorCode) -> Code {
    match code {
        ErrorCode::CommonModuleParamsInvalid => Code::PARAMETER,
        ErrorCode::MessageModuleTargetDoesNotExist => Code::PEER_UNREGISTERED,
        ErrorCode::MessageModuleCommonError => Code::MESSAGE_MISSING,
        ErrorCode::MessageModuleMessageHasBeenRevoked => Code::REVOKED_BEFORE,
        ErrorCode::MessageModuleMessageExceedsRevokeTime => Code::TOO_LATE_TO_REVOKE,
        ErrorCode::MessageModuleEditNoCorrespondingOperationAuthority => Code::NOT_THE_SENDER,
        ErrorCode::CommonModuleUserIsNotExist => Code::NO_SUCH_USER,
        ErrorCode::GroupModuleGroupDoesNotExist => Code::GROUP_MISSING,
        ErrorCode::GroupModuleUserIsNotInTheGroup => Code::NOT_IN_GROUP,
        ErrorCode::GroupModuleGroupAlreadyExists | ErrorCode::GroupModuleCreateGroupWithDismissed => {
            Code::GROUP_EXISTS
        }
        ErrorCode::GroupModuleGroupNoCorrespondingOperationAuthority => Code::NO_PERMISSION,
        ErrorCode::CallModuleDoesNotExist => Code::NO_CALL,
        ErrorCode::CallModuleInviteUserDoesNotExist => Code::CALLEES_UNREGISTERED,
        ErrorCode::CallModuleIsNotInvitee => Code::NOT_IN_CALL,
        ErrorCode::CallModuleServerError => Code::TOO_MANY_CALLEES,
        _ => Code::BUSINESS,
    }
}
