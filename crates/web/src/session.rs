//! Who is signed in. As notebook servers do it: a link with a one-time token, printed by the program, becomes a cookie.
//! Sessions live in memory and end with the server. No passwords and no names are kept here.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use aws_lc_rs::rand;
use consilium_casefile::{Instant, Session};
use serde::{Deserialize, Serialize};

/// A link made by another process is good for this long, microseconds.
const LINK_LIFE: i64 = 10 * 60 * 1_000_000;

/// Sessions and the tokens that open one.
#[derive(Debug)]
pub(crate) struct Sessions {
    /// Shared with other processes of the same person through a file only they can read.
    key: [u8; 32],
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    /// One-time tokens not used yet, by hash.
    tokens: HashMap<[u8; 32], Session>,
    /// Signed links used already, by hash.
    used: HashSet<[u8; 32]>,
    /// Cookies, by hash.
    cookies: HashMap<[u8; 32], Session>,
}

impl Sessions {
    pub(crate) fn new(key: [u8; 32]) -> Self {
        Self { key, inner: Mutex::default() }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The key that signs links.
    pub(crate) fn key(&self) -> &[u8; 32] {
        &self.key
    }

    /// A new one-time token for a session; good until used, or until the server ends.
    pub(crate) fn token(&self, session: Session) -> String {
        let token = random_text();
        self.inner().tokens.insert(hash(&token), session);
        token
    }

    /// Takes a token; the cookie's value if it was good. A token opens one session, once.
    pub(crate) fn sign_in(&self, token: &str, now: Instant) -> Option<String> {
        let session = self.take_token(token, now)?;
        let cookie = random_text();
        self.inner().cookies.insert(hash(&cookie), session);
        Some(cookie)
    }

    fn take_token(&self, token: &str, now: Instant) -> Option<Session> {
        let digest = hash(token);
        if let Some(session) = self.inner().tokens.remove(&digest) {
            return Some(session);
        }
        let (payload, signature) = token.split_once('.')?;
        let payload = hex::decode(payload).ok()?;
        // Compared as hashes, so that how long it takes tells nothing about the signature.
        let expected = hash(&blake3::keyed_hash(&self.key, &payload).to_hex());
        let link: Link = serde_json::from_slice(&payload).ok()?;
        let age = now.micros.saturating_sub(link.made);
        let good = expected == hash(signature) && (0..=LINK_LIFE).contains(&age);
        (good && self.inner().used.insert(digest)).then_some(link.session)
    }

    /// Whose cookie this is.
    pub(crate) fn of_cookie(&self, cookie: &str) -> Option<Session> {
        self.inner().cookies.get(&hash(cookie)).cloned()
    }

    /// Ends one session.
    pub(crate) fn sign_out(&self, cookie: &str) {
        self.inner().cookies.remove(&hash(cookie));
    }

    /// Ends every session of an access that was withdrawn, and its unused links.
    pub(crate) fn end_all_of(&self, actor: &consilium_casefile::ActorId) {
        let mut inner = self.inner();
        inner.cookies.retain(|_, s| s.actor != *actor);
        inner.tokens.retain(|_, s| s.actor != *actor);
    }
}

/// What a link made by another process says.
#[derive(Debug, Serialize, Deserialize)]
struct Link {
    /// Microseconds since the epoch.
    made: i64,
    /// For whom.
    session: Session,
    /// So that two links of one moment differ.
    nonce: u64,
}

/// A one-time token another process of the same person can make: moment and session, and a signature over them.
pub(crate) fn signed_link(key: &[u8; 32], made: Instant, session: &Session) -> String {
    let nonce = uuid::Uuid::new_v4().as_u64_pair().0;
    let link = Link { made: made.micros, session: session.clone(), nonce };
    let payload = serde_json::to_vec(&link).unwrap_or_default();
    format!("{}.{}", hex::encode(&payload), blake3::keyed_hash(key, &payload).to_hex())
}

/// 32 random bytes; zeros never: without randomness there is no signing in.
pub(crate) fn random_key() -> Option<[u8; 32]> {
    let mut key = [0_u8; 32];
    rand::fill(&mut key).ok()?;
    Some(key)
}

/// 256 random bits as text. Two independent sources are not needed: a failing system source yields a fresh UUID pair.
fn random_text() -> String {
    match random_key() {
        Some(key) => hex::encode(key),
        None => format!("{}{}", uuid::Uuid::new_v4().simple(), uuid::Uuid::new_v4().simple()),
    }
}

fn hash(text: &str) -> [u8; 32] {
    *blake3::hash(text.as_bytes()).as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Instant = Instant { micros: 1_790_000_000_000_000, offset_minutes: 0 };

    #[test]
    fn a_token_opens_one_session_once() {
        let sessions = Sessions::new([1; 32]);
        let token = sessions.token(Session::owner());
        let cookie = sessions.sign_in(&token, NOW).unwrap();
        assert_eq!(sessions.of_cookie(&cookie), Some(Session::owner()));
        assert_eq!(sessions.sign_in(&token, NOW), None);
        assert_eq!(sessions.of_cookie("guessed"), None);
        sessions.sign_out(&cookie);
        assert_eq!(sessions.of_cookie(&cookie), None);
    }

    #[test]
    fn a_signed_link_is_good_once_for_ten_minutes_and_only_with_the_key() {
        let sessions = Sessions::new([1; 32]);
        let at = |micros| Instant { micros, ..NOW };
        let link = signed_link(&[1; 32], at(NOW.micros - 1), &Session::owner());
        assert!(sessions.sign_in(&link, NOW).is_some());
        assert!(sessions.sign_in(&link, NOW).is_none());
        let (payload, signature) = link.split_once('.').unwrap();
        for bad in [
            signed_link(&[2; 32], NOW, &Session::owner()),
            signed_link(&[1; 32], at(NOW.micros - LINK_LIFE - 1), &Session::owner()),
            signed_link(&[1; 32], at(NOW.micros + 1), &Session::owner()),
            format!("{payload}00.{signature}"),
            format!("{payload}.{}", signature.to_uppercase()),
            "x.y".to_owned(),
            ".".to_owned(),
            String::new(),
        ] {
            assert!(sessions.sign_in(&bad, NOW).is_none(), "{bad}");
        }
    }
}
