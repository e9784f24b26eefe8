//! Groups: creating, entering, leaving, looking.

use super::error_users;
use crate::client::{Client, unexpected};
use crate::dispatch::Call;
use crate::model::convert::{group, group_member, unsigned};
use crate::model::{
    ErrorUserInfo, GroupAdvancedConfig, GroupFullInfo, GroupInfo, GroupMemberInfo, GroupMemberQueryConfig,
};
use zim_proto::v1::{self, request::Op, response::Result as Answer};

/// What [`Client::create_group`] made.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GroupCreated {
    /// The group, with its id if the service made one.
    pub group_info: GroupFullInfo,
    /// Members, the creator included.
    pub user_list: Vec<GroupMemberInfo>,
    /// Who could not be added, and why.
    pub error_user_list: Vec<ErrorUserInfo>,
}

/// What [`Client::invite_users_into_group`] did.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GroupUsersInvited {
    /// Who is a member now.
    pub user_list: Vec<GroupMemberInfo>,
    /// Who is not, and why.
    pub error_user_list: Vec<ErrorUserInfo>,
}

/// One page of [`Client::query_group_member_list`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GroupMemberList {
    /// The members.
    pub user_list: Vec<GroupMemberInfo>,
    /// For the next page; 0 = this was the last.
    pub next_flag: u32,
}

impl Client {
    /// Creates a group with this user as owner. An empty `group_id` lets the service make one; a chosen one must not
    /// begin with `#`. Emits `GroupStateChanged` on the user's devices and on those of the added users.
    ///
    /// 6000001 for a malformed id or name, 6000524 if the id is taken, 6000527 if it was once, 6000121 without a login.
    pub fn create_group(
        &self,
        group_info: GroupInfo,
        user_ids: Vec<String>,
        config: GroupAdvancedConfig,
    ) -> Call<GroupCreated> {
        let group = v1::Group {
            group_id: group_info.group_id,
            name: group_info.group_name,
            avatar_url: group_info.group_avatar_url,
            notice: config.group_notice,
            attributes: config.group_attributes,
            max_member_count: config.max_member_count,
            join_mode: unsigned(config.join_mode.value()),
            invite_mode: unsigned(config.invite_mode.value()),
            be_invite_mode: unsigned(config.be_invite_mode.value()),
            ..v1::Group::default()
        };
        let request = v1::CreateGroup { group: Some(group), user_ids };
        self.request(Op::CreateGroup(request), |answer| match answer {
            Answer::GroupCreated(created) => Ok(GroupCreated {
                group_info: full(created.group.as_ref()),
                user_list: members(&created.members),
                error_user_list: error_users(&created.errors),
            }),
            _ => Err(unexpected()),
        })
    }

    /// Joins a group. 6000523 unknown group, 6000543 the group wants an application, 6000542 invitation only.
    pub fn join_group(&self, group_id: &str) -> Call<GroupFullInfo> {
        let request = v1::JoinGroup { group_id: group_id.to_owned() };
        self.request(Op::JoinGroup(request), |answer| match answer {
            Answer::GroupJoined(joined) => Ok(full(joined.group.as_ref())),
            _ => Err(unexpected()),
        })
    }

    /// Adds users to a group. Who could not be added is in the answer's error list.
    pub fn invite_users_into_group(&self, user_ids: Vec<String>, group_id: &str) -> Call<GroupUsersInvited> {
        let request = v1::InviteIntoGroup { group_id: group_id.to_owned(), user_ids };
        self.request(Op::InviteIntoGroup(request), |answer| match answer {
            Answer::GroupInvited(invited) => Ok(GroupUsersInvited {
                user_list: members(&invited.members),
                error_user_list: error_users(&invited.errors),
            }),
            _ => Err(unexpected()),
        })
    }

    /// Leaves a group. The local conversation stays, disabled. An owner who leaves hands over to the earliest member.
    pub fn leave_group(&self, group_id: &str) -> Call<()> {
        self.request_done(Op::LeaveGroup(v1::LeaveGroup { group_id: group_id.to_owned() }))
    }

    /// Ends a group for everybody; owner only. Its id is never used again.
    pub fn dismiss_group(&self, group_id: &str) -> Call<()> {
        self.request_done(Op::DismissGroup(v1::DismissGroup { group_id: group_id.to_owned() }))
    }

    /// Asks the service for a group of this user.
    pub fn query_group_info(&self, group_id: &str) -> Call<GroupFullInfo> {
        let request = v1::QueryGroup { group_id: group_id.to_owned() };
        self.request(Op::QueryGroup(request), |answer| match answer {
            Answer::GroupInfo(info) => Ok(full(info.group.as_ref())),
            _ => Err(unexpected()),
        })
    }

    /// Asks the service for the members of a group, at most 100 a page. A count of 0 is 6000001.
    #[allow(clippy::needless_pass_by_value, reason = "configurations are given by value everywhere")]
    pub fn query_group_member_list(
        &self,
        group_id: &str,
        config: GroupMemberQueryConfig,
    ) -> Call<GroupMemberList> {
        let GroupMemberQueryConfig { next_flag, count } = config;
        let request = v1::QueryGroupMembers { group_id: group_id.to_owned(), next_flag, count };
        self.request(Op::QueryGroupMembers(request), |answer| match answer {
            Answer::GroupMembers(page) => {
                Ok(GroupMemberList { user_list: members(&page.members), next_flag: page.next_flag })
            }
            _ => Err(unexpected()),
        })
    }
}

fn full(wire: Option<&v1::Group>) -> GroupFullInfo {
    wire.map(group).unwrap_or_default()
}

fn members(wire: &[v1::GroupMember]) -> Vec<GroupMemberInfo> {
    wire.iter().map(group_member).collect()
}
