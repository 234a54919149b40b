//! The buffer that canonical JSON is written into.

use std::cmp::Ordering;

use crate::canonical::CanonicalError;

/// A member of an open object: where its name (unescaped) and its text lie. A name without escapes
/// lies in the text itself, every other among the names.
#[derive(Debug, Clone, Copy)]
struct Member {
    /// The first bytes of the name, which nearly always decide the order.
    head: u64,
    escaped: bool,
    name: (usize, usize),
    text: (usize, usize),
}

/// Writes values in canonical form. Members of an object are written as they come and put in
/// order when the object closes; one that comes in order costs nothing more.
#[derive(Debug, Default)]
pub(super) struct Writer {
    out: Vec<u8>,
    names: Vec<u8>,
    members: Vec<Member>,
    scratch: Vec<u8>,
}

/// An object that is being written.
#[derive(Debug, Clone, Copy)]
pub(super) struct OpenObject {
    start: usize,
    first_member: usize,
    first_name: usize,
    sorted: bool,
}

impl Writer {
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.out
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.out
    }

    pub(super) fn clear(&mut self) {
        self.out.clear();
        self.names.clear();
        self.members.clear();
    }

    pub(super) fn raw(&mut self, text: &[u8]) {
        self.out.extend_from_slice(text);
    }

    pub(super) fn byte(&mut self, byte: u8) {
        self.out.push(byte);
    }

    /// Writes a string, escaped as RFC 8785 says.
    pub(super) fn string(&mut self, text: &str) {
        self.out.push(b'"');
        let bytes = text.as_bytes();
        let mut done = 0;
        for (at, &byte) in bytes.iter().enumerate() {
            if byte >= 0x20 && byte != b'"' && byte != b'\\' {
                continue;
            }
            self.out.extend_from_slice(&bytes[done..at]);
            done = at + 1;
            self.escape(byte);
        }
        self.out.extend_from_slice(&bytes[done..]);
        self.out.push(b'"');
    }

    /// Writes a string that has nothing to escape.
    pub(super) fn plain_string(&mut self, text: &str) {
        self.out.reserve(text.len() + 2);
        self.out.push(b'"');
        self.out.extend_from_slice(text.as_bytes());
        self.out.push(b'"');
    }

    fn escape(&mut self, byte: u8) {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let short = match byte {
            b'"' | b'\\' => byte,
            0x08 => b'b',
            0x09 => b't',
            0x0a => b'n',
            0x0c => b'f',
            0x0d => b'r',
            _ => {
                self.out.extend_from_slice(b"\\u00");
                self.out.push(DIGITS[usize::from(byte >> 4)]);
                self.out.push(DIGITS[usize::from(byte & 15)]);
                return;
            }
        };
        self.out.extend_from_slice(&[b'\\', short]);
    }

    pub(super) fn begin_object(&mut self) -> OpenObject {
        let start = self.out.len();
        self.out.push(b'{');
        OpenObject {
            start,
            first_member: self.members.len(),
            first_name: self.names.len(),
            sorted: true,
        }
    }

    /// Writes a member's name; its value must be written next, then [`Writer::end_member`].
    pub(super) fn member(&mut self, object: &mut OpenObject, name: &str) {
        let text = self.separate(object);
        let from = self.names.len();
        self.names.extend_from_slice(name.as_bytes());
        let place = (from, self.names.len());
        let head = head(name.as_bytes());
        self.begin_member(object, Member { head, escaped: true, name: place, text });
        self.string(name);
        self.out.push(b':');
    }

    /// As [`Writer::member`], for a name that has nothing to escape.
    pub(super) fn plain_member(&mut self, object: &mut OpenObject, name: &str) {
        let text = self.separate(object);
        self.plain_string(name);
        let end = self.out.len() - 1;
        let place = (end - name.len(), end);
        let head = head(name.as_bytes());
        self.begin_member(object, Member { head, escaped: false, name: place, text });
        self.out.push(b':');
    }

    /// Ends the member before; where the next one begins.
    fn separate(&mut self, object: &OpenObject) -> (usize, usize) {
        if self.members.len() > object.first_member {
            self.out.push(b',');
        }
        (self.out.len(), self.out.len())
    }

    fn begin_member(&mut self, object: &mut OpenObject, member: Member) {
        if object.sorted
            && self.members.len() > object.first_member
            && let Some(last) = self.members.last()
        {
            object.sorted = order(&self.out, &self.names, last, &member) == Ordering::Less;
        }
        self.members.push(member);
    }

    pub(super) fn end_member(&mut self, index: usize) {
        let end = self.out.len();
        if let Some(member) = self.members.get_mut(index) {
            member.text.1 = end;
        }
    }

    /// The index under which the member begun last is known.
    pub(super) fn last_member(&self) -> usize {
        self.members.len().saturating_sub(1)
    }

    pub(super) fn end_object(&mut self, object: OpenObject) -> Result<(), CanonicalError> {
        if !object.sorted {
            self.sort(object)?;
        }
        self.members.truncate(object.first_member);
        self.names.truncate(object.first_name);
        self.out.push(b'}');
        Ok(())
    }

    fn sort(&mut self, object: OpenObject) -> Result<(), CanonicalError> {
        let (out, names) = (&self.out, &self.names);
        let members = &mut self.members[object.first_member..];
        let name = |member: &Member| member.name_in(out, names);
        members.sort_unstable_by(|a, b| order(out, names, a, b));
        if let Some(pair) = members.windows(2).find(|pair| name(&pair[0]) == name(&pair[1])) {
            let twice = String::from_utf8_lossy(name(&pair[0])).into_owned();
            return Err(CanonicalError::DuplicateMember(twice));
        }
        self.scratch.clear();
        for (index, member) in members.iter().enumerate() {
            if index > 0 {
                self.scratch.push(b',');
            }
            self.scratch.extend_from_slice(&self.out[member.text.0..member.text.1]);
        }
        self.out.truncate(object.start + 1);
        self.out.extend_from_slice(&self.scratch);
        Ok(())
    }
}

/// The first byte of characters from U+E000 on.
const FIRST_PRIVATE: u8 = 0xee;

/// The first eight bytes of a name, zeros behind a shorter one.
fn head(name: &[u8]) -> u64 {
    match name.first_chunk::<8>() {
        Some(first) => u64::from_be_bytes(*first),
        None => {
            let mut first = [0; 8];
            first[..name.len()].copy_from_slice(name);
            u64::from_be_bytes(first)
        }
    }
}

impl Member {
    fn name_in<'n>(&self, out: &'n [u8], names: &'n [u8]) -> &'n [u8] {
        let (from, to) = self.name;
        if self.escaped { &names[from..to] } else { &out[from..to] }
    }
}

/// Order of two members by the UTF-16 code units of their names.
fn order(out: &[u8], names: &[u8], a: &Member, b: &Member) -> Ordering {
    let differ = (a.head ^ b.head).leading_zeros() / 8;
    if differ < 8 {
        let shift = 56 - 8 * differ;
        let (x, y) = ((a.head >> shift) as u8, (b.head >> shift) as u8);
        if x < FIRST_PRIVATE || y < FIRST_PRIVATE {
            return x.cmp(&y);
        }
    }
    order_of_names(a.name_in(out, names), b.name_in(out, names))
}

/// Order by UTF-16 code units. It differs from byte order only where both names differ first in a
/// character from U+E000 on.
fn order_of_names(a: &[u8], b: &[u8]) -> Ordering {
    let first = a.iter().zip(b).find(|(a, b)| a != b);
    match first {
        Some((x, y)) if *x < FIRST_PRIVATE || *y < FIRST_PRIVATE => x.cmp(y),
        None => a.len().cmp(&b.len()),
        Some(_) => match (std::str::from_utf8(a), std::str::from_utf8(b)) {
            (Ok(a), Ok(b)) => a.encode_utf16().cmp(b.encode_utf16()),
            _ => a.cmp(b),
        },
    }
}
