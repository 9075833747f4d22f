//! Style, script and icon, embedded in the program. Each is served under a name that holds the hash of its bytes, so a
//! browser may keep it for ever. Nothing is ever loaded from anywhere else.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "assets/"]
struct Files;

struct Asset {
    media_type: &'static str,
    bytes: Vec<u8>,
}

struct Assets {
    by_hashed: BTreeMap<String, Asset>,
    hashed: BTreeMap<String, String>,
}

static ASSETS: LazyLock<Assets> = LazyLock::new(|| {
    let mut assets = Assets { by_hashed: BTreeMap::new(), hashed: BTreeMap::new() };
    let mut names: Vec<_> = Files::iter().collect();
    // Styles last: they name fonts, and must name them with their hashes.
    names.sort_by_key(|name| (name.ends_with(".css"), name.clone()));
    for name in names {
        let Some(file) = Files::get(&name) else { continue };
        let mut bytes = file.data.into_owned();
        if name.ends_with(".css") {
            bytes = with_hashed_names(bytes, &assets.hashed);
        }
        let hash: String = blake3::hash(&bytes).to_hex().chars().take(12).collect();
        let hashed = match name.rsplit_once('.') {
            Some((stem, extension)) => format!("{stem}.{hash}.{extension}"),
            None => format!("{name}.{hash}"),
        };
        assets.hashed.insert(name.to_string(), hashed.clone());
        assets.by_hashed.insert(hashed, Asset { media_type: media_type(&name), bytes });
    }
    assets
});

fn with_hashed_names(style: Vec<u8>, hashed: &BTreeMap<String, String>) -> Vec<u8> {
    let mut text = String::from_utf8_lossy(&style).into_owned();
    for (name, hashed) in hashed {
        text = text.replace(&format!("url({name})"), &format!("url({hashed})"));
    }
    text.into_bytes()
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        _ => "text/plain; charset=utf-8",
    }
}

/// The address of an asset: `/assets/app.0123456789ab.css`.
pub(crate) fn address(name: &str) -> String {
    let hashed = ASSETS.hashed.get(name).map_or(name, String::as_str);
    format!("/assets/{hashed}")
}

/// Serves one asset.
pub(crate) async fn serve(Path(name): Path<String>) -> Response {
    match ASSETS.by_hashed.get(&name) {
        None => StatusCode::NOT_FOUND.into_response(),
        Some(asset) => (
            [(header::CONTENT_TYPE, asset.media_type), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")],
            asset.bytes.as_slice(),
        )
            .into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_asset_is_named_by_its_content() {
        let css = address("app.css");
        assert!(address("source-sans-3-latin.woff2").len() > "/assets/source-sans-3-latin..woff2".len());
        let (_, name) = css.rsplit_once('/').unwrap();
        let style = String::from_utf8(ASSETS.by_hashed[name].bytes.clone()).unwrap();
        assert!(!style.contains("url(source-sans-3-latin.woff2)"), "a font is named with its hash");
        assert!(css.starts_with("/assets/app.") && css.ends_with(".css") && css.len() > "/assets/app..css".len());
    }
}
