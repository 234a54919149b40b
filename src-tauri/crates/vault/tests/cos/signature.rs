//! The signature of a request to COS, computed by the published rules alone
//! (<https://www.tencentcloud.com/document/product/436/7778>).

use std::collections::BTreeMap;
use std::fmt::Write;

use aws_lc_rs::{digest, hmac};

/// What of a request is signed.
#[derive(Debug, Clone, Default)]
pub struct Request {
    pub method: String,
    /// As sent, without its parameters, percent-encoding undone.
    pub path: String,
    /// By name in lower case, percent-encoding undone.
    pub parameters: BTreeMap<String, String>,
    /// By name in lower case.
    pub headers: BTreeMap<String, String>,
}

/// What an `Authorization` header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    pub id: String,
    pub key_time: (i64, i64),
    pub header_list: Vec<String>,
    pub parameter_list: Vec<String>,
    pub signature: String,
}

impl Signed {
    pub fn read(authorization: &str) -> Option<Self> {
        let fields: BTreeMap<_, _> =
            authorization.split('&').filter_map(|pair| pair.split_once('=')).collect();
        let list = |name: &str| -> Option<Vec<String>> {
            let names = fields.get(name)?.split(';').filter(|name| !name.is_empty());
            Some(names.map(str::to_owned).collect())
        };
        let times = fields.get("q-key-time").filter(|time| fields.get("q-sign-time") == Some(time));
        let (begin, end) = times?.split_once(';')?;
        if fields.get("q-sign-algorithm") != Some(&"sha1") {
            return None;
        }
        Some(Self {
            id: (*fields.get("q-ak")?).to_owned(),
            key_time: (begin.parse().ok()?, end.parse().ok()?),
            header_list: list("q-header-list")?,
            parameter_list: list("q-url-param-list")?,
            signature: (*fields.get("q-signature")?).to_owned(),
        })
    }
}

pub fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(byte as char);
            }
            byte => write!(out, "%{byte:02X}").unwrap(),
        }
        out
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn hmac_sha1(key: &[u8], text: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key);
    hex(hmac::sign(&key, text.as_bytes()).as_ref())
}

fn listed(names: &[String], values: &BTreeMap<String, String>) -> String {
    let pair = |name: &String| format!("{name}={}", encoded(&values[name]));
    names.iter().map(pair).collect::<Vec<_>>().join("&")
}

/// The signature of what the lists of `signed` name; `None` when they name what is not there, or not in
/// order, or not every parameter.
pub fn signature(request: &Request, signed: &Signed, secret: &str) -> Option<String> {
    let ascending = |names: &[String]| names.is_sorted();
    let headers = signed.header_list.iter().all(|name| request.headers.contains_key(name));
    let parameters: Vec<_> = request.parameters.keys().map(|name| encoded(name)).collect();
    if !headers || parameters != signed.parameter_list || !ascending(&signed.header_list) {
        return None;
    }
    let key_time = format!("{};{}", signed.key_time.0, signed.key_time.1);
    let http = format!(
        "{}\n{}\n{}\n{}\n",
        request.method.to_lowercase(),
        request.path,
        listed(&signed.parameter_list, &request.parameters),
        listed(&signed.header_list, &request.headers),
    );
    let hashed = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, http.as_bytes());
    let text = format!("sha1\n{key_time}\n{}\n", hex(hashed.as_ref()));
    Some(hmac_sha1(hmac_sha1(secret.as_bytes(), &key_time).as_bytes(), &text))
}
