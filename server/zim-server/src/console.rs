//! The console: a web page for the owner of the server, embedded in the program.
//!
//! Its source is `server/console`; `server/console/dist` is what its build makes and what is served here. The page has no
//! rights of its own: it calls the administration interface with the admin token its user types in.

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../console/dist"]
struct Assets;

const INDEX: &str = "index.html";
/// The page runs its own scripts and styles only, talks to this server only, and nobody puts it in a frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
                      require-trusted-types-for 'script'; trusted-types 'none'";
/// On every answer, also on refusals.
static GUARDS: [(HeaderName, &str); 6] = [
    (CONTENT_SECURITY_POLICY, POLICY),
    (X_FRAME_OPTIONS, "DENY"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];
/// The name of an asset holds a hash of its bytes: it never changes.
const FOREVER: &str = "public, max-age=31536000, immutable";
/// The page names the assets: ask each time, `ETag` makes that cheap.
const ASK: &str = "no-cache";

/// `/console/` and what is below; `/console` leads there.
pub(crate) fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/console", get(async || Redirect::permanent("/console/")).fallback(only_get))
        .route("/console/", get(async |headers: HeaderMap| serve(INDEX, &headers)).fallback(only_get))
        .route(
            "/console/{*path}",
            get(async |Path(path): Path<String>, headers: HeaderMap| serve(&path, &headers))
                .fallback(only_get),
        )
}

async fn only_get() -> Response {
    guarded((StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "GET, HEAD")]).into_response())
}

fn guarded(mut response: Response) -> Response {
    for (name, value) in &GUARDS {
        response.headers_mut().insert(name.clone(), HeaderValue::from_static(value));
    }
    response
}

fn serve(path: &str, asked: &HeaderMap) -> Response {
    let Some(file) = Assets::get(path) else {
        return guarded((StatusCode::NOT_FOUND, "no such file\n").into_response());
    };
    let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(&file.metadata.sha256_hash()[..18]));
    let caching = if path.starts_with("assets/") { FOREVER } else { ASK };
    let headers = [(ETAG, tag.as_str()), (CACHE_CONTROL, caching)];
    if is_known(asked, &tag) {
        return guarded((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    guarded((headers, [(CONTENT_TYPE, media_type(path))], Body::from(file.data)).into_response())
}

/// Whether the browser already has the bytes with this tag.
fn is_known(asked: &HeaderMap, tag: &str) -> bool {
    let tags = asked.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    tags.flat_map(|tags| tags.split(',')).map(str::trim).any(|known| {
        // A proxy that compresses marks the tag as weak.
        known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag
    })
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(path: &str, known: Option<&str>) -> Response {
        let mut asked = HeaderMap::new();
        if let Some(known) = known {
            asked.insert(IF_NONE_MATCH, known.parse().unwrap());
        }
        serve(path, &asked)
    }

    fn header<'a>(response: &'a Response, name: &str) -> &'a str {
        response.headers().get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    async fn text(response: Response) -> String {
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    /// What is between `before` and the next quotation mark, everywhere.
    fn all<'a>(text: &'a str, before: &str) -> Vec<&'a str> {
        text.split(before).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
    }

    #[tokio::test]
    async fn the_page_is_asked_for_each_time_and_its_assets_are_kept_for_ever() {
        let page = get(INDEX, None);
        assert_eq!(header(&page, "cache-control"), ASK);
        assert_eq!(header(&page, "content-type"), "text/html; charset=utf-8");
        let page = text(page).await;
        let assets: Vec<&str> = [all(&page, "src=\"/console/"), all(&page, "href=\"/console/")].concat();
        assert!(assets.len() >= 3, "script, style and icon: {page}");
        for asset in assets {
            let response = get(asset, None);
            assert_eq!(response.status(), StatusCode::OK, "{asset}");
            assert_eq!(header(&response, "cache-control"), FOREVER, "{asset}");
            assert_ne!(header(&response, "content-type"), "application/octet-stream", "{asset}");
        }
    }

    #[tokio::test]
    async fn the_page_obeys_its_own_policy() {
        let page = text(get(INDEX, None)).await;
        for script in page.split("<script").skip(1) {
            assert!(
                script.split('>').next().unwrap().contains("src=\"/console/"),
                "an inline script: {page}"
            );
        }
        for forbidden in ["<style", " style=", " onclick=", "http://", "https://", "data:"] {
            assert!(!page.contains(forbidden), "{forbidden} in {page}");
        }
    }

    #[test]
    fn bytes_the_browser_has_are_not_sent_again() {
        let tag = header(&get(INDEX, None), "etag").to_owned();
        assert!(tag.starts_with('"') && tag.ends_with('"'), "{tag}");
        for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
            let response = get(INDEX, Some(&known));
            assert_eq!(response.status(), StatusCode::NOT_MODIFIED, "{known}");
            assert_eq!(header(&response, "etag"), tag);
        }
        assert_eq!(get(INDEX, Some("\"other\"")).status(), StatusCode::OK);
    }

    #[test]
    fn every_answer_is_guarded_and_nothing_else_is_served() {
        for (path, status) in [
            (INDEX, StatusCode::OK),
            ("nothing", StatusCode::NOT_FOUND),
            ("../Cargo.toml", StatusCode::NOT_FOUND),
            ("assets/", StatusCode::NOT_FOUND),
        ] {
            let response = get(path, None);
            assert_eq!(response.status(), status, "{path}");
            let policy = header(&response, "content-security-policy");
            assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
            assert!(!policy.contains("unsafe"), "{policy}");
            assert_eq!(header(&response, "x-frame-options"), "DENY");
            assert_eq!(header(&response, "x-content-type-options"), "nosniff");
            assert_eq!(header(&response, "referrer-policy"), "no-referrer");
        }
    }
}
