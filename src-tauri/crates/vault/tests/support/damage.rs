//! Each way in which an object of a store can be damaged.

use std::collections::BTreeMap;

use bytes::Bytes;

/// What lies in a store.
pub type Objects = BTreeMap<String, Bytes>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Damage {
    Delete,
    Truncate,
    Flip,
    /// With another object of the same type; both are damaged.
    Swap,
    Zero,
    /// The first version of what was written again since.
    Stale,
    /// An object of the same type of another vault.
    Foreign,
}

impl Damage {
    /// What rot makes of an object's bytes; none for damage that puts other bytes in their place, or
    /// takes them away.
    pub fn rot(self, body: &Bytes) -> Option<Bytes> {
        match self {
            Self::Truncate => Some(body.slice(..body.len() * 2 / 3)),
            Self::Flip => {
                let mut bytes = body.to_vec();
                let middle = bytes.len() / 2;
                bytes[middle] ^= 1;
                Some(bytes.into())
            }
            Self::Zero => Some(vec![0; body.len()].into()),
            Self::Delete | Self::Swap | Self::Stale | Self::Foreign => None,
        }
    }
}

/// Damages `key`; the keys damaged, none when this damage does not exist for it.
pub fn inflict(objects: &mut Objects, earlier: &Objects, key: &str, damage: Damage) -> Vec<String> {
    let mut keys = vec![key.to_owned()];
    let body = objects[key].clone();
    if let Some(rotten) = damage.rot(&body) {
        objects.insert(key.to_owned(), rotten);
        return keys;
    }
    let damaged = match damage {
        Damage::Delete => {
            objects.remove(key);
            return keys;
        }
        Damage::Stale => match earlier.get(key) {
            Some(old) if *old != body => old.clone(),
            _ => return Vec::new(),
        },
        Damage::Swap => {
            let folder = key.rsplit_once('/').map_or("", |(folder, _)| folder);
            let folder = folder.split('/').next().unwrap_or_default();
            let other = objects.keys().find(|other| {
                other.as_str() != key && other.starts_with(folder) && objects[*other] != body
            });
            let Some(other) = other.cloned() else {
                return Vec::new();
            };
            keys.push(other.clone());
            let theirs = objects[&other].clone();
            objects.insert(other, body);
            theirs
        }
        // There is no other vault here.
        _ => return Vec::new(),
    };
    objects.insert(key.to_owned(), damaged);
    keys
}
