//! Embeds the folder knowledge/ and yields one Knowledge value.
