//! The format does not depend on the implementation of AES-GCM: an object sealed here opens with
//! nothing but `docs/format.md` and other libraries.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Key, Nonce};
use argon2::{Algorithm, Argon2, Params, Version};
use hkdf::Hkdf;
use sha2::Sha256;
use support::*;
use vault::store::MemoryBackend;

const HEADER: usize = 64;
const TRAILER: usize = 32;

fn varint(bytes: &[u8], at: &mut usize) -> u64 {
    let (mut value, mut shift) = (0, 0);
    loop {
        let byte = bytes[*at];
        *at += 1;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return value;
        }
        shift += 7;
    }
}

/// Fields of a message: length-delimited ones as bytes, varints as their value.
fn fields(bytes: &[u8]) -> Vec<(u64, Vec<u8>, u64)> {
    let (mut at, mut out) = (0, Vec::new());
    while at < bytes.len() {
        let tag = varint(bytes, &mut at);
        let value = varint(bytes, &mut at);
        if tag & 7 == 2 {
            out.push((tag >> 3, bytes[at..at + value as usize].to_vec(), 0));
            at += value as usize;
        } else {
            out.push((tag >> 3, Vec::new(), value));
        }
    }
    out
}

fn field(bytes: &[u8], number: u64) -> Vec<u8> {
    fields(bytes).into_iter().find(|(found, ..)| *found == number).unwrap().1
}

fn cipher(key: &[u8]) -> Aes256Gcm {
    Aes256Gcm::new(&Key::<Aes256Gcm>::try_from(key).unwrap())
}

fn open_frame(key: &[u8], counter: u32, last: bool, aad: &[u8], frame: &[u8]) -> Vec<u8> {
    let mut nonce = [0; 12];
    nonce[7..11].copy_from_slice(&counter.to_be_bytes());
    nonce[11] = u8::from(last);
    let payload = Payload { msg: frame, aad };
    cipher(key).decrypt(&Nonce::try_from(nonce.as_slice()).unwrap(), payload).unwrap()
}

fn open_object(vault_id: &[u8], secret: &[u8], key: &str, object: &[u8], extra: usize) -> Vec<u8> {
    let (header, body) = object.split_at(HEADER);
    let frame = u32::from_le_bytes(header[12..16].try_into().unwrap()) as usize + 16;
    let mut object_key = [0; 32];
    let info = [b"avalon-vault object v1".as_slice(), &header[5..6], key.as_bytes()].concat();
    Hkdf::<Sha256>::new(Some(&header[32..]), secret).expand(&info, &mut object_key).unwrap();
    let aad = [vault_id, header, key.as_bytes(), &body[..extra]].concat();
    let frames = &body[extra..body.len() - TRAILER];
    let count = frames.chunks(frame).count();
    let frames = frames.chunks(frame).enumerate();
    frames
        .flat_map(|(n, frame)| open_frame(&object_key, n as u32, n + 1 == count, &aad, frame))
        .collect()
}

#[tokio::test]
async fn a_segment_opens_with_other_libraries() {
    let backend = Arc::new(MemoryBackend::default());
    let vault = create(&backend, 1).await;
    back_up(&vault, &documents(0..1000), &BTreeMap::new()).await.unwrap();
    let objects = backend.snapshot();

    let keyring = &objects["keyring"];
    let length = u32::from_le_bytes(keyring[HEADER..HEADER + 4].try_into().unwrap()) as usize;
    let public = &keyring[HEADER + 4..HEADER + 4 + length];
    let (vault_id, wrap) = (field(public, 1), field(public, 3));
    let (parameters, wrapped) = (field(&wrap, 2), field(&wrap, 3));
    let number = |at: usize| u32::from_le_bytes(parameters[at..at + 4].try_into().unwrap());
    let params = Params::new(number(32), number(36), number(40), Some(32)).unwrap();
    let mut kek = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(PASSPHRASE.as_bytes(), &parameters[..32], &mut kek)
        .unwrap();
    let aad = [b"avault passphrase v1".as_slice(), &vault_id, &parameters].concat();
    let root = open_frame(&kek, 0, true, &aad, &wrapped);
    let secret = open_object(&vault_id, &root, "keyring", keyring, 4 + length);
    let data_key = field(&field(&secret, 2), 3);

    let (key, segment) = objects.iter().find(|(key, _)| key.starts_with("segment/")).unwrap();
    let body = open_object(&vault_id, &data_key, key, segment, 0);
    let tail = &body[body.len() - 24..];
    let frames = u64::from_le_bytes(tail[..8].try_into().unwrap()) as usize;
    let mut found = Vec::new();
    std::io::copy(&mut snap::read::FrameDecoder::new(&body[..frames]), &mut found).unwrap();
    assert_eq!(found, documents(0..1000).into_values().collect::<Vec<_>>().concat());
}
