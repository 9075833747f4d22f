//! The recovery key: 32 random bytes a person keeps on paper. Here lives its written form, nothing about what it
//! opens.

use std::fmt;
use std::str::FromStr;

use zeroize::Zeroizing;

/// Digits of the written form: no I, L, O, U, which people confuse with 1, 1, 0 and V.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const KEY_BYTES: usize = 32;
const CHECK_BYTES: usize = 3;
/// (32 + 3) bytes at 5 bits a character.
const CHARACTERS: usize = 56;

/// Opens a sealed vault whose passphrase is lost. Written as 14 groups of four characters, the last of which carry a
/// checksum, so that one mistyped character is noticed (a wrong key passes once in 16 million).
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryKey(Zeroizing<[u8; KEY_BYTES]>);

/// A recovery key was not typed as printed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecoveryKeyError {
    /// Too short or too long.
    #[error("the recovery key has {found} characters and should have {CHARACTERS}; compare it with the sheet")]
    Length {
        /// Characters found, without spaces and dashes.
        found: usize,
    },
    /// Something that never stands in a recovery key.
    #[error("character {position} of the recovery key is not a letter or digit it can hold; compare it with the sheet")]
    Character {
        /// Counted from 1, without spaces and dashes.
        position: usize,
    },
    /// The checksum does not fit.
    #[error("the recovery key has a typing mistake; compare each group with the sheet")]
    Checksum,
}

impl RecoveryKey {
    pub(crate) fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    pub(crate) fn bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }

    fn checksum(bytes: &[u8]) -> [u8; CHECK_BYTES] {
        let hash = blake3::derive_key("consilium recovery key checksum v1", bytes);
        [hash[0], hash[1], hash[2]]
    }

    /// The form to print: 14 groups of four characters, joined by dashes.
    #[must_use]
    pub fn written(&self) -> Zeroizing<String> {
        let mut text = String::with_capacity(CHARACTERS + 13);
        let check = Self::checksum(self.0.as_slice());
        let (mut bits, mut held, mut count) = (0_u32, 0_u32, 0);
        for byte in self.0.iter().chain(&check) {
            bits = (bits << 8) | u32::from(*byte);
            held += 8;
            while held >= 5 {
                held -= 5;
                if count > 0 && count % 4 == 0 {
                    text.push('-');
                }
                let digit = usize::try_from((bits >> held) & 31).unwrap_or(0);
                text.push(char::from(ALPHABET.get(digit).copied().unwrap_or(b'0')));
                count += 1;
            }
            bits &= (1 << held) - 1;
        }
        Zeroizing::new(text)
    }
}

/// Never shows the key.
impl fmt::Debug for RecoveryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryKey(…)")
    }
}

impl FromStr for RecoveryKey {
    type Err = RecoveryKeyError;

    /// Accepts small letters, spaces and dashes anywhere, and O, I, L for the digits they resemble.
    fn from_str(text: &str) -> Result<Self, RecoveryKeyError> {
        let typed: Zeroizing<Vec<char>> =
            Zeroizing::new(text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '–' | '—')).collect());
        if typed.len() != CHARACTERS {
            return Err(RecoveryKeyError::Length { found: typed.len() });
        }
        let mut bytes = Zeroizing::new(Vec::with_capacity(KEY_BYTES + CHECK_BYTES));
        let (mut bits, mut held) = (0_u32, 0_u32);
        for (index, character) in typed.iter().enumerate() {
            let plain = match character.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            let digit = ALPHABET
                .iter()
                .position(|d| char::from(*d) == plain)
                .and_then(|d| u32::try_from(d).ok())
                .ok_or(RecoveryKeyError::Character { position: index + 1 })?;
            bits = (bits << 5) | digit;
            held += 5;
            if held >= 8 {
                held -= 8;
                bytes.push(u8::try_from((bits >> held) & 0xff).unwrap_or(0));
                bits &= (1 << held) - 1;
            }
        }
        let (key, check) = bytes.split_at_checked(KEY_BYTES).ok_or(RecoveryKeyError::Checksum)?;
        if Self::checksum(key) != check {
            return Err(RecoveryKeyError::Checksum);
        }
        key.try_into().map(Self::from_bytes).map_err(|_| RecoveryKeyError::Checksum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> RecoveryKey {
        let mut bytes = [0; 32];
        for (i, b) in (0_u8..).zip(bytes.iter_mut()) {
            *b = i.wrapping_mul(37).wrapping_add(11);
        }
        RecoveryKey::from_bytes(bytes)
    }

    #[test]
    fn a_recovery_key_reads_back_as_a_person_types_it() {
        let written = key().written().to_string();
        assert_eq!(written.len(), 56 + 13);
        assert_eq!(written.parse(), Ok(key()));
        assert_eq!(written.to_lowercase().replace('-', " ").replace('0', "o").parse(), Ok(key()));
        assert!(!format!("{:?}", key()).contains(&written[..4]));
    }

    #[test]
    fn every_single_mistyped_character_is_noticed() {
        let written = key().written().replace('-', "");
        for position in 0..written.len() {
            for wrong in ALPHABET.iter().map(|b| char::from(*b)) {
                let mut typed: Vec<char> = written.chars().collect();
                if typed[position] == wrong {
                    continue;
                }
                typed[position] = wrong;
                let typed: String = typed.into_iter().collect();
                assert_eq!(typed.parse::<RecoveryKey>(), Err(RecoveryKeyError::Checksum), "{position} {wrong}");
            }
        }
    }

    #[test]
    fn a_missing_or_impossible_character_is_named() {
        let written = key().written().to_string();
        assert_eq!(written[..written.len() - 1].parse::<RecoveryKey>(), Err(RecoveryKeyError::Length { found: 55 }));
        let odd = format!("ü{}", &written[1..]);
        assert_eq!(odd.parse::<RecoveryKey>(), Err(RecoveryKeyError::Character { position: 1 }));
        assert_eq!("".parse::<RecoveryKey>(), Err(RecoveryKeyError::Length { found: 0 }));
    }
}
