//! Stands in for COS: keeps objects, and refuses each request that is not signed as published.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use crate::signature::{Request, Signed, signature};

pub const BUCKET: &str = "games-1250000000";
pub const HOST: &str = "games-1250000000.cos.ap-guangzhou.myqcloud.com";
pub const ID: &str = "AKIDQjz3ltompVjBni5LitkWHFlFpwkn9U5q";
pub const SECRET: &str = "BQYIM75p8x0iWVFSIgqEKwFprpRSVHlz";
/// So many keys in a page of a listing, so that there are pages.
const PAGE: usize = 7;

/// What the bucket does with `x-cos-forbid-overwrite`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bucket {
    /// Never had versions: the condition is kept.
    Plain,
    /// Has versions: the condition is passed over in silence.
    Versioned,
    /// Refuses a request that carries it.
    Refusing,
    /// Its listings show nothing that was written, and the condition is kept.
    StaleList,
}

#[derive(Debug, Default)]
pub struct Seen {
    /// What was asked: `PUT`, `PUT if absent`, `GET part` …
    pub kinds: BTreeSet<String>,
    pub wrong: Vec<String>,
    objects: BTreeMap<String, Vec<u8>>,
    versions: u64,
}

pub struct Server {
    pub port: u16,
    pub seen: Arc<Mutex<Seen>>,
}

impl Server {
    pub fn start(bucket: Bucket) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let shared = seen.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = shared.clone();
                std::thread::spawn(move || serve(&stream, bucket, &shared));
            }
        });
        Self { port, seen }
    }
}

fn serve(stream: &TcpStream, bucket: Bucket, seen: &Mutex<Seen>) {
    let mut reader = BufReader::new(stream);
    while let Some((request, body)) = read(&mut reader) {
        let head = request.method == "HEAD";
        let (status, headers, body) = answer(&request, body, bucket, &mut seen.lock().unwrap());
        let mut out = format!("HTTP/1.1 {status} x\r\nContent-Length: {}\r\n", body.len());
        headers.iter().for_each(|(name, value)| out.push_str(&format!("{name}: {value}\r\n")));
        out.push_str("\r\n");
        let mut stream = stream;
        let _ = stream.write_all(out.as_bytes());
        if !head {
            let _ = stream.write_all(&body);
        }
    }
}

fn decoded(text: &str) -> String {
    let (bytes, mut out, mut at) = (text.as_bytes(), Vec::new(), 0);
    while at < bytes.len() {
        let byte =
            (bytes[at] == b'%').then(|| u8::from_str_radix(&text[at + 1..at + 3], 16).unwrap());
        out.push(byte.unwrap_or(bytes[at]));
        at += if byte.is_some() { 3 } else { 1 };
    }
    String::from_utf8(out).unwrap()
}

/// One request as a proxy gets it: with the whole address, so that the host it is meant for shows.
fn read(reader: &mut impl BufRead) -> Option<(Request, Vec<u8>)> {
    let mut line = String::new();
    if reader.read_line(&mut line).ok()? == 0 {
        return None;
    }
    let mut words = line.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let address = target.strip_prefix("http://")?;
    let (host, rest) = address.split_once('/')?;
    headers.insert("host of the address".to_owned(), host.to_owned());
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let parameters = pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decoded(name).to_lowercase(), decoded(value)))
        .collect();
    let path = format!("/{}", decoded(path));
    Some((Request { method, path, parameters, headers }, body))
}

type Answer = (u16, Vec<(&'static str, String)>, Vec<u8>);

fn refused(status: u16, code: &str) -> Answer {
    let body = format!(
        "<?xml version='1.0' encoding='utf-8' ?><Error><Code>{code}</Code><Message>{code}</Message><Resource>x</Resource><RequestId>NTg4</RequestId></Error>"
    );
    (status, vec![("Content-Type", "application/xml".to_owned())], body.into_bytes())
}

/// Why a request is not accepted.
fn unsigned(request: &Request) -> Option<String> {
    let told = request.headers.get("authorization").and_then(|text| Signed::read(text));
    let Some(signed) = told else { return Some("it is not signed".to_owned()) };
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let now = i64::try_from(now.as_secs()).unwrap();
    if signed.id != ID || signed.key_time.0 > now + 1 || signed.key_time.1 <= now {
        return Some(format!("{signed:?} at {now}"));
    }
    // What changes the meaning of a request must be signed.
    let must = |name: &&String| name.starts_with("x-cos-") || name.as_str() == "range";
    if let Some(open) =
        request.headers.keys().filter(must).find(|n| !signed.header_list.contains(n))
    {
        return Some(format!("{open} is not signed"));
    }
    let expected = signature(request, &signed, SECRET);
    (expected.as_ref() != Some(&signed.signature)).then(|| format!("{signed:?} for {request:?}"))
}

fn answer(request: &Request, body: Vec<u8>, bucket: Bucket, seen: &mut Seen) -> Answer {
    if request.headers["host of the address"] != HOST || request.headers["host"] != HOST {
        seen.wrong.push(format!("not addressed to the bucket's host: {request:?}"));
        return refused(404, "NoSuchBucket");
    }
    if let Some(why) = unsigned(request) {
        seen.wrong.push(why);
        return refused(403, "SignatureDoesNotMatch");
    }
    let (key, conditional) =
        (request.path[1..].to_owned(), request.headers.contains_key("x-cos-forbid-overwrite"));
    let kind = match (request.method.as_str(), conditional, key.is_empty()) {
        ("PUT", true, _) => "PUT if absent",
        ("GET", _, true) if request.parameters.contains_key("marker") => "LIST next",
        ("GET", _, true) => "LIST",
        ("GET", ..) if request.headers.contains_key("range") => "GET range",
        (method, ..) => method,
    };
    seen.kinds.insert(kind.to_owned());
    let headers = |seen: &Seen| {
        let date = "Thu, 16 May 2019 06:45:51 GMT".to_owned();
        let mut headers = vec![("ETag", "\"0f\"".to_owned()), ("Last-Modified", date)];
        if bucket == Bucket::Versioned {
            headers.push(("x-cos-version-id", format!("MTg0{}", seen.versions)));
        }
        headers
    };
    match kind {
        "PUT if absent" if bucket == Bucket::Refusing => refused(400, "InvalidArgument"),
        "PUT if absent" if bucket != Bucket::Versioned && seen.objects.contains_key(&key) => {
            refused(409, "FileAlreadyExists")
        }
        "PUT" | "PUT if absent" => {
            seen.versions += 1;
            seen.objects.insert(key, body);
            (200, headers(seen), Vec::new())
        }
        "LIST" | "LIST next" => list(request, bucket, seen),
        "DELETE" => {
            seen.objects.remove(&key);
            (204, Vec::new(), Vec::new())
        }
        "GET" | "HEAD" => match seen.objects.get(&key) {
            None => refused(404, "NoSuchKey"),
            Some(found) => (200, headers(seen), found.clone()),
        },
        "GET range" => match seen.objects.get(&key) {
            None => refused(404, "NoSuchKey"),
            Some(found) => part(&request.headers["range"], found, headers(seen)),
        },
        other => {
            seen.wrong.push(format!("{other} is not known here"));
            refused(405, "MethodNotAllowed")
        }
    }
}

/// `bytes=from-to` of an object, both ends included.
fn part(range: &str, found: &[u8], mut headers: Vec<(&'static str, String)>) -> Answer {
    let (from, to) = range.strip_prefix("bytes=").unwrap().split_once('-').unwrap();
    let from: usize = from.parse().unwrap();
    let to = to.parse().unwrap_or(usize::MAX).min(found.len().saturating_sub(1));
    if from >= found.len() {
        return refused(416, "InvalidRange");
    }
    headers.push(("Content-Range", format!("bytes {from}-{to}/{}", found.len())));
    (206, headers, found[from..=to].to_vec())
}

fn list(request: &Request, bucket: Bucket, seen: &Seen) -> Answer {
    let parameter = |name: &str| request.parameters.get(name).cloned().unwrap_or_default();
    let (prefix, marker) = (parameter("prefix"), parameter("marker"));
    let listed = seen.objects.iter().filter(|(key, _)| key.starts_with(&prefix) && **key > marker);
    let listed: Vec<_> = listed.filter(|_| bucket != Bucket::StaleList).collect();
    let mut xml =
        format!("<ListBucketResult><Name>{BUCKET}</Name><Prefix>{prefix}</Prefix><Marker/>");
    for (key, body) in listed.iter().take(PAGE) {
        xml.push_str(&format!(
            "<Contents><Key>{key}</Key><LastModified>2019-05-16T06:45:51.000Z</LastModified><ETag>\"0f\"</ETag><Size>{}</Size></Contents>",
            body.len()
        ));
    }
    if listed.len() > PAGE {
        xml.push_str(&format!("<NextMarker>{}</NextMarker>", listed[PAGE - 1].0));
    }
    let more = listed.len() > PAGE;
    xml.push_str(&format!("<IsTruncated>{more}</IsTruncated></ListBucketResult>"));
    (200, vec![("Content-Type", "application/xml".to_owned())], xml.into_bytes())
}
