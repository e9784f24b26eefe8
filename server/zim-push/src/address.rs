//! Which addresses a server may be made to connect to by somebody who names a host: public ones.

use reqwest::dns::{Name, Resolve, Resolving};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The host of an address is none of the public Internet.
#[derive(Debug, thiserror::Error)]
#[error("{0} is not a public address")]
pub(crate) struct NotPublic(String);

/// Gives only public addresses, so that a name cannot lead into our own network, whatever it resolved to before.
pub(crate) struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                return Err(NotPublic(name.as_str().to_owned()).into());
            }
            Ok(Box::new(public.into_iter()) as Box<dyn Iterator<Item = SocketAddr> + Send>)
        })
    }
}

/// Checks a host that needs no resolving; names pass, they are for [`PublicOnly`].
pub(crate) fn check_literal(url: &reqwest::Url) -> Result<(), NotPublic> {
    // Already in its normal form: `0x7f.1` is `127.0.0.1` here.
    let host = url.host_str().unwrap_or_default();
    match host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
        Ok(address) if !is_public(address) => Err(NotPublic(host.to_owned())),
        _ => Ok(()),
    }
}

/// Whether a request failed because of [`NotPublic`].
pub(crate) fn was_refused(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.is::<NotPublic>() {
            return true;
        }
        next = error.source();
    }
    false
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match embedded(address) {
            Some(address) => is_public_v4(address),
            None => is_public_v6(address),
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || address.is_multicast();
    !is_special
        // This network, carriers' networks, protocol assignments, benchmarks, reserved.
        && a != 0
        && !(a == 100 && (64..128).contains(&b))
        && !(a == 192 && b == 0 && c == 0)
        && !(a == 198 && (18..20).contains(&b))
        && a < 240
}

/// The IPv4 address that an IPv6 address stands for: mapped, translated (NAT64) or tunnelled (6to4).
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let from = |high: u16, low: u16| Ipv4Addr::from(u32::from(high) << 16 | u32::from(low));
    match address.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some(from(high, low)),
        [0x2002, high, low, ..] => Some(from(high, low)),
        _ => None,
    }
}

/// Global unicast without protocol assignments (Teredo among them) and documentation.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    first & 0xe000 == 0x2000
        && !(first == 0x2001 && (second < 0x200 || second == 0xdb8))
        && !(first == 0x3fff && second < 0x1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_public_internet_are_public() {
        for public in ["1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "64:ff9b::101:101"] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        for private in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "192.0.0.8",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
            "fc00::1",
            "fe80::1",
            "ff02::1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
    }

    #[test]
    fn an_address_is_judged_however_it_is_written() {
        for private in
            ["https://127.1/x", "https://0x7f000001/", "https://2130706433/", "https://[::ffff:10.0.0.1]/"]
        {
            assert!(check_literal(&private.parse().unwrap()).is_err(), "{private}");
        }
        for other in ["https://push.example/", "https://9.9.9.9/"] {
            assert!(check_literal(&other.parse().unwrap()).is_ok(), "{other}");
        }
    }

    #[tokio::test]
    async fn a_name_of_this_machine_is_not_resolved() {
        let tls = crate::tls::client_config(Vec::new(), None, &[b"http/1.1"]).unwrap();
        let http = crate::fcm::client_builder(tls).dns_resolver(std::sync::Arc::new(PublicOnly));
        let error = http.build().unwrap().get("https://localhost:9/").send().await.unwrap_err();
        assert!(was_refused(&error), "{error:?}");
    }
}
