//! The `OfflinePush` object.

use super::codes::Refusal;
use super::fields::Fields;
use zim_proto::v1;

/// What to push, `None` without `Enable`. `VoIPConfig` {`HandleType`, `HandleValue`, `HasVideo`} is an addition of ours.
pub(super) fn read(fields: &Fields) -> Result<Option<v1::PushConfig>, Refusal> {
    let Some(push) = fields.object("OfflinePush")? else { return Ok(None) };
    if !push.switch("Enable")? {
        return Ok(None);
    }
    let voip = push.object("VoIPConfig")?.map(|voip| {
        Ok::<_, Refusal>(v1::VoipConfig {
            handle_type: signed(voip.number_in("HandleType", 0..=i32::MAX.unsigned_abs(), Some(0))?),
            handle_value: voip.text("HandleValue")?,
            has_video: voip.switch("HasVideo")?,
        })
    });
    let template = push.object("PrivateMessageTemplate")?.map(|template| {
        Ok::<_, Refusal>(v1::PrivateMessageTemplate {
            template_id: template.needed("TemplateId")?,
            title_parameters: template.text("TitleParameters")?,
            content_parameters: template.text("ContentParameters")?,
        })
    });
    let increment = push.number("BadgeIncrement")?.unwrap_or(0);
    let config = v1::PushConfig {
        title: push.text("Title")?,
        content: push.text("Content")?,
        payload: push.text("Payload")?,
        resources_id: push.text("PushStrategyId")?,
        thread_id: push.text("ThreadId")?,
        enable_badge: push.switch("EnableBadge")?,
        // Larger counts as 99, which the service does.
        badge_increment: i32::try_from(increment.clamp(0, 99)).unwrap_or(0),
        voip: voip.transpose()?,
        private_message_template: template.transpose()?,
    };
    Ok(Some(config))
}

fn signed(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
