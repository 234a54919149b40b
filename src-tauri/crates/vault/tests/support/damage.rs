//! Each way in which an object of a store can be damaged.

use std::collections::BTreeMap;

use bytes::Bytes;

/// What lies in a store.
pub type Objects = BTreeMap<String, Bytes>;

#[derive(Debug, Clone, Copy)]
pub enum Damage {
    Delete,
    Truncate,
    Flip,
    Swap,
    Zero,
    Stale,
}

/// Damages `key`; the keys damaged, none when this damage does not exist for it.
pub fn inflict(objects: &mut Objects, earlier: &Objects, key: &str, damage: Damage) -> Vec<String> {
    let mut keys = vec![key.to_owned()];
    let body = objects[key].clone();
    let damaged = match damage {
        Damage::Delete => {
            objects.remove(key);
            return keys;
        }
        Damage::Truncate => body.slice(..body.len() * 2 / 3),
        Damage::Flip => {
            let mut bytes = body.to_vec();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            bytes.into()
        }
        Damage::Zero => vec![0; body.len()].into(),
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
    };
    objects.insert(key.to_owned(), damaged);
    keys
}
