//! What identifies a credential at its vendor, so that an owner can tell two apart. Nothing secret.

use serde::{Serialize, Serializer};

/// Names and values in the order they are shown. The names are those of a `[[credential]]` table, or of the vendor's file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity(Vec<(&'static str, String)>);

impl Identity {
    /// With these; what has no value is left out.
    #[must_use]
    pub fn new<const N: usize>(facts: [(&'static str, String); N]) -> Self {
        Self(facts.into_iter().filter(|(_, value)| !value.is_empty()).collect())
    }

    /// The value of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Identity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}
