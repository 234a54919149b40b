//! Messages of `proto/vault.proto`; the generated code is committed, so building needs no `protoc`.

#[rustfmt::skip]
#[allow(missing_docs, clippy::all, clippy::pedantic)]
mod generated {
    include!("avault.v1.rs");
}

pub(crate) use generated::*;
