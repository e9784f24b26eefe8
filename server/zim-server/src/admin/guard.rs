//! Who may call: the owner of the admin token, from no page of another site, and nobody who guesses.

use super::fault::Fault;
use crate::hub::Hub;
use axum::extract::{ConnectInfo, Extension, Request, State};
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, HOST, ORIGIN, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use subtle::ConstantTimeEq as _;

/// Wrong tokens of one address in a [`WINDOW`] before it is shut out for the rest of it.
const MOST_WRONG: u32 = 10;
const WINDOW: Duration = Duration::from_secs(60);
/// Addresses remembered at once.
const ADDRESSES: usize = 10_000;
/// Set by browsers, and not by pages: where a request comes from.
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

pub(super) async fn guard(
    State(hub): State<Arc<Hub>>,
    Extension(ConnectInfo(peer)): Extension<ConnectInfo<SocketAddr>>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = match check(&hub, peer.ip(), &request) {
        Ok(()) => next.run(request).await,
        Err(refusal) => {
            hub.metrics.admin_refused.add(1);
            tracing::warn!(path = request.uri().path(), %peer, ?refusal, "administration refused");
            refusal.into_response()
        }
    };
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Why a call is not even looked at.
#[derive(Debug)]
enum Refusal {
    /// Too many wrong tokens; it passes again after this time.
    Throttled(Duration),
    /// A page of another site asked for it.
    OtherSite,
    /// Without the admin token.
    Token,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Throttled(wait) => {
                let seconds = wait.as_millis().div_ceil(1_000).to_string();
                let error = format!("too many wrong tokens from this address; again in {seconds} s");
                let fault = Fault::new(StatusCode::TOO_MANY_REQUESTS, "", error);
                ([(RETRY_AFTER, seconds)], fault).into_response()
            }
            Self::OtherSite => {
                Fault::new(StatusCode::FORBIDDEN, "", "a page of another site asked for this").into_response()
            }
            Self::Token => {
                let fault = Fault::new(StatusCode::UNAUTHORIZED, "", "the admin token is missing or wrong");
                ([(WWW_AUTHENTICATE, "Bearer")], fault).into_response()
            }
        }
    }
}

fn check(hub: &Hub, peer: IpAddr, request: &Request) -> Result<(), Refusal> {
    let now = hub.clock.elapsed();
    if let Some(wait) = hub.throttle.wait(peer, now) {
        return Err(Refusal::Throttled(wait));
    }
    if !is_same_site(request) {
        return Err(Refusal::OtherSite);
    }
    let given = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    let expected = hub.config.admin_token.as_bytes();
    if !expected.is_empty() && bool::from(given.as_bytes().ct_eq(expected)) {
        return Ok(());
    }
    if !given.is_empty() {
        hub.throttle.wrong(peer, now);
    }
    Err(Refusal::Token)
}

/// Whether no browser says that a page of another site caused this.
fn is_same_site(request: &Request) -> bool {
    let header = |name: &HeaderName| request.headers().get(name).map(HeaderValue::as_bytes);
    if header(&FETCH_SITE).is_some_and(|site| site != b"same-origin" && site != b"none") {
        return false;
    }
    let Some(origin) = header(&ORIGIN) else { return true };
    let asked = request.uri().authority().map(|authority| authority.as_str().as_bytes());
    let asked = header(&HOST).or(asked).unwrap_or_default();
    let origin = origin.strip_prefix(b"https://").or_else(|| origin.strip_prefix(b"http://"));
    origin.is_some_and(|origin| origin.eq_ignore_ascii_case(asked))
}

/// Counts wrong tokens by address. A network of IPv6 counts as one: whoever has one address of it has all.
#[derive(Default)]
pub(crate) struct Throttle(Mutex<HashMap<IpAddr, Wrong>>);

struct Wrong {
    since: Duration,
    count: u32,
}

impl Throttle {
    /// How long the address is still shut out.
    fn wait(&self, peer: IpAddr, now: Duration) -> Option<Duration> {
        let wrong = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let wrong = wrong.get(&network(peer)).filter(|wrong| wrong.count >= MOST_WRONG)?;
        (wrong.since + WINDOW).checked_sub(now).filter(|wait| !wait.is_zero())
    }

    fn wrong(&self, peer: IpAddr, now: Duration) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let peer = network(peer);
        if all.len() >= ADDRESSES && !all.contains_key(&peer) {
            all.retain(|_, wrong| now < wrong.since + WINDOW);
            let oldest = all.iter().min_by_key(|(_, wrong)| wrong.since).map(|(peer, _)| *peer);
            if let Some(oldest) = oldest.filter(|_| all.len() >= ADDRESSES) {
                all.remove(&oldest);
            }
        }
        let wrong = all.entry(peer).or_insert(Wrong { since: now, count: 0 });
        if now >= wrong.since + WINDOW {
            *wrong = Wrong { since: now, count: 0 };
        }
        wrong.count += 1;
    }
}

fn network(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(headers: &[(&str, &str)]) -> Request {
        let mut request = Request::builder().uri("/admin/v1/apps");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(axum::body::Body::empty()).unwrap()
    }

    #[test]
    fn only_pages_of_the_server_itself_pass() {
        let host = ("host", "im.example.com:8480");
        for (headers, passes) in [
            (vec![], true),
            (vec![host], true),
            (vec![host, ("origin", "https://im.example.com:8480")], true),
            (vec![host, ("origin", "http://IM.example.com:8480"), ("sec-fetch-site", "same-origin")], true),
            (vec![host, ("sec-fetch-site", "none")], true),
            (vec![host, ("origin", "https://im.example.com")], false),
            (vec![host, ("origin", "https://evil.example")], false),
            (vec![host, ("origin", "null")], false),
            (vec![host, ("sec-fetch-site", "cross-site")], false),
            (vec![host, ("sec-fetch-site", "same-site")], false),
        ] {
            assert_eq!(is_same_site(&request(&headers)), passes, "{headers:?}");
        }
    }

    #[test]
    fn an_address_is_shut_out_for_the_rest_of_its_minute_and_no_other_one() {
        let throttle = Throttle::default();
        let [one, other] = ["192.0.2.1", "192.0.2.2"].map(|text| text.parse().unwrap());
        let at = Duration::from_secs;
        for second in 0..u64::from(MOST_WRONG) {
            assert_eq!(throttle.wait(one, at(second)), None);
            throttle.wrong(one, at(second));
        }
        assert_eq!(throttle.wait(one, at(20)), Some(at(40)));
        assert_eq!(throttle.wait(other, at(20)), None);
        assert_eq!(throttle.wait(one, at(60)), None);
        throttle.wrong(one, at(61));
        assert_eq!(throttle.wait(one, at(61)), None, "a new minute counts from one");
    }

    #[test]
    fn a_network_of_ipv6_is_one_address_and_the_memory_is_bounded() {
        let throttle = Throttle::default();
        for host in 0..u128::from(MOST_WRONG) {
            throttle.wrong(Ipv6Addr::from_bits((0x2001_0db8 << 96) + host).into(), Duration::ZERO);
        }
        assert!(throttle.wait("2001:db8::ffff".parse().unwrap(), Duration::ZERO).is_some());
        for host in 0..u32::try_from(ADDRESSES).unwrap() + 5 {
            throttle.wrong(std::net::Ipv4Addr::from_bits(host).into(), Duration::from_secs(1));
        }
        assert_eq!(throttle.0.lock().unwrap().len(), ADDRESSES);
    }
}
