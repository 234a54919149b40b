//! From serialisable values straight to canonical JSON.

use std::fmt::Display;

use serde::Serialize;
use serde::ser::{self, Impossible, Serializer};

use crate::canonical::CanonicalError;
use crate::canonical::number;
use crate::canonical::writer::{OpenObject, Writer};

type Written = Result<(), CanonicalError>;

/// Serialises into the writer.
pub(super) struct Canonical<'w>(pub(super) &'w mut Writer);

impl<'w> Serializer for Canonical<'w> {
    type Ok = ();
    type Error = CanonicalError;
    type SerializeSeq = Array<'w>;
    type SerializeTuple = Array<'w>;
    type SerializeTupleStruct = Array<'w>;
    type SerializeTupleVariant = Array<'w>;
    type SerializeMap = Object<'w>;
    type SerializeStruct = Object<'w>;
    type SerializeStructVariant = Object<'w>;

    fn serialize_bool(self, value: bool) -> Written {
        self.0.raw(if value { b"true" } else { b"false" });
        Ok(())
    }

    fn serialize_i8(self, value: i8) -> Written {
        number::signed(self.0, value.into())
    }

    fn serialize_i16(self, value: i16) -> Written {
        number::signed(self.0, value.into())
    }

    fn serialize_i32(self, value: i32) -> Written {
        number::signed(self.0, value.into())
    }

    fn serialize_i64(self, value: i64) -> Written {
        number::signed(self.0, value)
    }

    fn serialize_u8(self, value: u8) -> Written {
        number::unsigned(self.0, value.into())
    }

    fn serialize_u16(self, value: u16) -> Written {
        number::unsigned(self.0, value.into())
    }

    fn serialize_u32(self, value: u32) -> Written {
        number::unsigned(self.0, value.into())
    }

    fn serialize_u64(self, value: u64) -> Written {
        number::unsigned(self.0, value)
    }

    fn serialize_f32(self, value: f32) -> Written {
        number::double(self.0, value.into())
    }

    fn serialize_f64(self, value: f64) -> Written {
        number::double(self.0, value)
    }

    fn serialize_char(self, value: char) -> Written {
        self.0.string(value.encode_utf8(&mut [0; 4]));
        Ok(())
    }

    fn serialize_str(self, value: &str) -> Written {
        self.0.string(value);
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Written {
        self.collect_seq(value)
    }

    fn serialize_none(self) -> Written {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Written {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Written {
        self.0.raw(b"null");
        Ok(())
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Written {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Written {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Written {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Written {
        let mut object = self.0.begin_object();
        write_member(self.0, &mut object, variant, value)?;
        self.0.end_object(object)
    }

    fn serialize_seq(self, _len: Option<usize>) -> Result<Array<'w>, CanonicalError> {
        self.0.byte(b'[');
        Ok(Array { writer: self.0, empty: true, variant: None })
    }

    fn serialize_tuple(self, len: usize) -> Result<Array<'w>, CanonicalError> {
        self.serialize_seq(Some(len))
    }

    fn serialize_tuple_struct(
        self,
        _name: &'static str,
        len: usize,
    ) -> Result<Array<'w>, CanonicalError> {
        self.serialize_seq(Some(len))
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _len: usize,
    ) -> Result<Array<'w>, CanonicalError> {
        let mut object = self.0.begin_object();
        self.0.member(&mut object, variant);
        self.0.byte(b'[');
        Ok(Array { writer: self.0, empty: true, variant: Some(object) })
    }

    fn serialize_map(self, _len: Option<usize>) -> Result<Object<'w>, CanonicalError> {
        let object = self.0.begin_object();
        Ok(Object { writer: self.0, object, member: 0, outer: None })
    }

    fn serialize_struct(
        self,
        _name: &'static str,
        len: usize,
    ) -> Result<Object<'w>, CanonicalError> {
        self.serialize_map(Some(len))
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _len: usize,
    ) -> Result<Object<'w>, CanonicalError> {
        let mut outer = self.0.begin_object();
        self.0.member(&mut outer, variant);
        let object = self.0.begin_object();
        Ok(Object { writer: self.0, object, member: 0, outer: Some(outer) })
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Written {
        self.0.string(&value.to_string());
        Ok(())
    }
}

fn write_member<T: Serialize + ?Sized>(
    writer: &mut Writer,
    object: &mut OpenObject,
    name: &str,
    value: &T,
) -> Written {
    writer.member(object, name);
    let member = writer.last_member();
    value.serialize(Canonical(writer))?;
    writer.end_member(member);
    Ok(())
}

/// An array that is being written.
pub(super) struct Array<'w> {
    writer: &'w mut Writer,
    empty: bool,
    variant: Option<OpenObject>,
}

impl Array<'_> {
    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Written {
        if !std::mem::take(&mut self.empty) {
            self.writer.byte(b',');
        }
        value.serialize(Canonical(self.writer))
    }

    fn close(self) -> Written {
        self.writer.byte(b']');
        self.variant.map_or(Ok(()), |object| self.writer.end_object(object))
    }
}

macro_rules! array {
    ($($part:ident $method:ident),*) => {$(
        impl ser::$part for Array<'_> {
            type Ok = ();
            type Error = CanonicalError;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Written {
                self.element(value)
            }

            fn end(self) -> Written {
                self.close()
            }
        }
    )*};
}

array!(
    SerializeSeq serialize_element, SerializeTuple serialize_element,
    SerializeTupleStruct serialize_field, SerializeTupleVariant serialize_field
);

/// An object that is being written.
pub(super) struct Object<'w> {
    writer: &'w mut Writer,
    object: OpenObject,
    member: usize,
    outer: Option<OpenObject>,
}

impl Object<'_> {
    fn close(self) -> Written {
        self.writer.end_object(self.object)?;
        self.outer.map_or(Ok(()), |outer| self.writer.end_object(outer))
    }
}

impl ser::SerializeMap for Object<'_> {
    type Ok = ();
    type Error = CanonicalError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Written {
        key.serialize(MemberName { writer: self.writer, object: &mut self.object })?;
        self.member = self.writer.last_member();
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Written {
        value.serialize(Canonical(self.writer))?;
        self.writer.end_member(self.member);
        Ok(())
    }

    fn end(self) -> Written {
        self.close()
    }
}

impl ser::SerializeStruct for Object<'_> {
    type Ok = ();
    type Error = CanonicalError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Written {
        write_member(self.writer, &mut self.object, key, value)
    }

    fn end(self) -> Written {
        self.close()
    }
}

impl ser::SerializeStructVariant for Object<'_> {
    type Ok = ();
    type Error = CanonicalError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Written {
        write_member(self.writer, &mut self.object, key, value)
    }

    fn end(self) -> Written {
        self.close()
    }
}

/// Serialises a map key; only what has a string form is one.
struct MemberName<'a> {
    writer: &'a mut Writer,
    object: &'a mut OpenObject,
}

macro_rules! not_a_name {
    ($($method:ident($($argument:ty),*) -> $out:ty;)*) => {$(
        fn $method(self, $(_: $argument),*) -> Result<$out, CanonicalError> {
            Err(CanonicalError::KeyNotString)
        }
    )*};
}

macro_rules! number_name {
    ($($method:ident: $number:ty),*) => {$(
        fn $method(self, value: $number) -> Written {
            self.serialize_str(&value.to_string())
        }
    )*};
}

impl Serializer for MemberName<'_> {
    type Ok = ();
    type Error = CanonicalError;
    type SerializeSeq = Impossible<(), CanonicalError>;
    type SerializeTuple = Impossible<(), CanonicalError>;
    type SerializeTupleStruct = Impossible<(), CanonicalError>;
    type SerializeTupleVariant = Impossible<(), CanonicalError>;
    type SerializeMap = Impossible<(), CanonicalError>;
    type SerializeStruct = Impossible<(), CanonicalError>;
    type SerializeStructVariant = Impossible<(), CanonicalError>;

    number_name!(
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64,
        serialize_char: char
    );

    fn serialize_str(self, value: &str) -> Written {
        self.writer.member(self.object, value);
        Ok(())
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Written {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Written {
        value.serialize(self)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Written {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Written {
        Err(CanonicalError::KeyNotString)
    }

    not_a_name! {
        serialize_bool(bool) -> ();
        serialize_f32(f32) -> ();
        serialize_f64(f64) -> ();
        serialize_bytes(&[u8]) -> ();
        serialize_none() -> ();
        serialize_unit() -> ();
        serialize_unit_struct(&'static str) -> ();
        serialize_seq(Option<usize>) -> Self::SerializeSeq;
        serialize_tuple(usize) -> Self::SerializeTuple;
        serialize_tuple_struct(&'static str, usize) -> Self::SerializeTupleStruct;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Self::SerializeTupleVariant;
        serialize_map(Option<usize>) -> Self::SerializeMap;
        serialize_struct(&'static str, usize) -> Self::SerializeStruct;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Self::SerializeStructVariant;
    }
}
