//! What stands between the network and every page: whom we answer to (Host), who may ask us to change something (Origin),
//! and what a browser may do with what we send. Nothing here knows a case.

use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};

/// No page needs more than this. Styles, scripts and pictures come from here and nothing is inline.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// For what a person was handed: no script, no form, no frame, nothing loaded.
pub(crate) const ORIGINAL_POLICY: &str = "sandbox; default-src 'none'; frame-ancestors 'none'";

/// For a packet looked at before it goes: its own inline styles, its own pictures and pages, no script, no form.
pub(crate) const PACKET_POLICY: HeaderValue = HeaderValue::from_static(
    "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; frame-ancestors 'none'",
);

/// For a PDF that is shown and not saved: the browser's own reader may draw it, nothing is loaded.
pub(crate) const PDF_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'none'",
);

/// The names we answer to.
#[derive(Debug, Clone)]
pub(crate) struct Names(HashSet<String>);

impl Names {
    /// Loopback names with the port, the bound address, and names somebody configured.
    pub(crate) fn new(bound: SocketAddr, configured: &[String]) -> Self {
        let port = bound.port();
        let mut names: HashSet<String> =
            ["127.0.0.1", "localhost", "[::1]"].iter().map(|host| format!("{host}:{port}")).collect();
        if !bound.ip().is_unspecified() {
            names.insert(match bound.ip() {
                IpAddr::V4(ip) => format!("{ip}:{port}"),
                IpAddr::V6(ip) => format!("[{ip}]:{port}"),
            });
        }
        names.extend(configured.iter().map(|name| name.to_ascii_lowercase()));
        if port == 80 {
            names.extend(names.clone().iter().filter_map(|n| n.strip_suffix(":80")).map(str::to_owned));
        }
        Self(names)
    }

    /// Whether the request names us: a page that resolves its own name to this machine does not.
    pub(crate) fn answers_to(&self, headers: &HeaderMap, uri_host: Option<&str>) -> bool {
        let host = headers.get(header::HOST).and_then(|h| h.to_str().ok()).or(uri_host);
        host.is_some_and(|host| self.0.contains(&host.to_ascii_lowercase()))
    }

    /// Whether a request that changes something comes from one of our own pages.
    ///
    /// Browsers state where a request comes from in `Sec-Fetch-Site` and, with a POST, in `Origin`. Whatever is stated
    /// must be us, and something must be stated.
    pub(crate) fn may_change(&self, method: &Method, headers: &HeaderMap) -> bool {
        if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
            return true;
        }
        let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
        let site = text(HeaderName::from_static("sec-fetch-site")).map(|site| site == "same-origin");
        let origin = text(header::ORIGIN).map(|origin| {
            let rest = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
            rest.is_some_and(|host| self.0.contains(&host.to_ascii_lowercase()))
        });
        match (site, origin) {
            (None, None) => false,
            (site, origin) => site.unwrap_or(true) && origin.unwrap_or(true),
        }
    }
}

/// Adds to every answer what a browser must know. A handler that set its own policy keeps it.
pub(crate) fn harden(headers: &mut HeaderMap) {
    let mut set = |name: HeaderName, value: &'static str| {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    set(header::CONTENT_SECURITY_POLICY, POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    // Nothing leaves this origin; within it the browser must still state the origin of a form.
    set(header::REFERRER_POLICY, "same-origin");
    set(header::X_FRAME_OPTIONS, "DENY");
    set(header::CACHE_CONTROL, "no-store");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    set(HeaderName::from_static("cross-origin-embedder-policy"), "require-corp");
    set(
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()",
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        Names::new(SocketAddr::from(([127, 0, 0, 1], 7700)), &["consilium.example:443".to_owned()])
    }

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        pairs.iter().map(|(n, v)| (n.parse::<HeaderName>().unwrap(), v.parse::<HeaderValue>().unwrap())).collect()
    }

    #[test]
    fn we_answer_to_our_own_names_only() {
        let check =
            |host: &str, expect| assert_eq!(names().answers_to(&headers(&[("host", host)]), None), expect, "{host}");
        check("127.0.0.1:7700", true);
        check("LOCALHOST:7700", true);
        check("[::1]:7700", true);
        check("consilium.example:443", true);
        check("127.0.0.1", false);
        check("127.0.0.1:80", false);
        check("rebound.example:7700", false);
        check("127.0.0.1:7700.rebound.example", false);
        assert!(!names().answers_to(&HeaderMap::new(), None));
    }

    #[test]
    fn a_change_comes_from_our_own_pages_only() {
        let check = |pairs: &[(&str, &str)], expect| {
            assert_eq!(names().may_change(&Method::POST, &headers(pairs)), expect, "{pairs:?}");
        };
        check(&[("origin", "http://127.0.0.1:7700")], true);
        check(&[("sec-fetch-site", "same-origin")], true);
        check(&[("origin", "http://127.0.0.1:7700"), ("sec-fetch-site", "same-origin")], true);
        check(&[], false);
        check(&[("origin", "null")], false);
        check(&[("origin", "http://evil.example")], false);
        check(&[("origin", "http://127.0.0.1:7701")], false);
        check(&[("sec-fetch-site", "cross-site")], false);
        check(&[("sec-fetch-site", "same-site")], false);
        check(&[("sec-fetch-site", "none")], false);
        check(&[("origin", "http://evil.example"), ("sec-fetch-site", "same-origin")], false);
        check(&[("origin", "http://127.0.0.1:7700"), ("sec-fetch-site", "cross-site")], false);
        assert!(names().may_change(&Method::GET, &HeaderMap::new()));
    }
}
