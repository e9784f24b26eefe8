//! Which APNs host a build belongs to.

use zim_proto::IOSEnvironment;

/// The `isProduct` value for [`Zpns::set_device_token`](crate::Zpns::set_device_token).
///
/// [`IOSEnvironment::Automatic`] reads `aps-environment` from the embedded provisioning profile
/// (`embedded.mobileprovision`), given as the bytes of the file. An app from the store has no such file: production.
#[must_use]
pub fn is_product(environment: IOSEnvironment, provisioning_profile: Option<&[u8]>) -> bool {
    match environment {
        IOSEnvironment::Production => true,
        IOSEnvironment::Development => false,
        IOSEnvironment::Automatic => {
            provisioning_profile.and_then(aps_environment) != Some(b"development".as_slice())
        }
    }
}

/// Value of the entitlement `aps-environment`. The profile is a signed envelope around a property list that stands in it
/// as plain text, so that the two tags can be searched for.
fn aps_environment(profile: &[u8]) -> Option<&[u8]> {
    let rest = after(profile, b"<key>aps-environment</key>")?.trim_ascii_start();
    let value = rest.strip_prefix(b"<string>".as_slice())?;
    let end = value.iter().position(|byte| *byte == b'<')?;
    Some(value[..end].trim_ascii())
}

fn after<'a>(text: &'a [u8], wanted: &[u8]) -> Option<&'a [u8]> {
    let start = text.windows(wanted.len()).position(|window| window == wanted)?;
    Some(&text[start + wanted.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(value: &str) -> Vec<u8> {
        let mut bytes = vec![0x30, 0x82, 0xff, 0x00];
        bytes.extend_from_slice(
            format!("<dict><key>aps-environment</key>\n\t\t<string>{value}</string></dict>").as_bytes(),
        );
        bytes.extend_from_slice(&[0xa0, 0x82]);
        bytes
    }

    #[test]
    fn automatic_follows_the_profile() {
        let automatic = IOSEnvironment::Automatic;
        assert!(!is_product(automatic, Some(&profile("development"))));
        assert!(is_product(automatic, Some(&profile("production"))));
        assert!(is_product(automatic, None), "an app from the store embeds none");
        assert!(is_product(automatic, Some(b"<key>aps-environment</key>")), "cut short");
        assert!(is_product(automatic, Some(b"")), "empty");
    }

    #[test]
    fn an_explicit_choice_ignores_the_profile() {
        assert!(is_product(IOSEnvironment::Production, Some(&profile("development"))));
        assert!(!is_product(IOSEnvironment::Development, Some(&profile("production"))));
    }
}
