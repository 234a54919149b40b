//! Deserialising a struct while keeping the members it does not know, so that a hash still
//! verifies over what was received.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, DeserializeSeed, IntoDeserializer, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, forward_to_deserialize_any};
use serde_json::{Map, Value};

/// Members that the typed form does not know; nothing is allocated when there are none.
pub type Extra = Option<Box<Map<String, Value>>>;

/// Deserialises `T` and puts the members that `T` does not declare into `extra`.
///
/// # Errors
/// Fails when a declared member is malformed or missing.
pub fn collecting<'de, T, D>(deserializer: D, extra: &mut Extra) -> Result<T, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    T::deserialize(Collector { inner: deserializer, extra })
}

/// Adds a member.
pub(crate) fn keep(extra: &mut Extra, key: &str, value: Value) {
    extra.get_or_insert_default().insert(key.to_owned(), value);
}

struct Collector<'e, D> {
    inner: D,
    extra: &'e mut Extra,
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Collector<'_, D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_any(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.inner.deserialize_map(CollectingVisitor { visitor, fields, extra: self.extra })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

struct CollectingVisitor<'e, V> {
    visitor: V,
    fields: &'static [&'static str],
    extra: &'e mut Extra,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for CollectingVisitor<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_map(CollectingMap { map, fields: self.fields, extra: self.extra })
    }
}

struct CollectingMap<'e, A> {
    map: A,
    fields: &'static [&'static str],
    extra: &'e mut Extra,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for CollectingMap<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        while let Some(Key(key)) = self.map.next_key::<Key<'de>>()? {
            if let Some(known) = self.fields.iter().find(|field| **field == key) {
                return seed.deserialize((*known).into_deserializer()).map(Some);
            }
            let value = self.map.next_value::<Value>()?;
            if self.extra.as_ref().is_some_and(|extra| extra.contains_key(&*key)) {
                return Err(de::Error::custom(format_args!("duplicate field `{key}`")));
            }
            keep(self.extra, &key, value);
        }
        Ok(None)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

/// A member name, borrowed from the input where that is possible.
pub(crate) struct Key<'de>(pub(crate) Cow<'de, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;
        impl<'de> Visitor<'de> for KeyVisitor {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a member name")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(KeyVisitor)
    }
}
