//! Whether stores are apart from what they are to outlive: MongoDB, and each other.
//!
//! A pure function of addresses. What lies on the same host, disk, bucket, or is reached with the
//! same credentials of the same service, is lost together or deleted together.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use vault::StoreUrl;

use super::outcome::{SeparationWarning, StoreName};
use super::place::StorePlace;

/// What is looked at.
#[derive(Debug, Clone, Default)]
pub struct Separation<'a> {
    /// MongoDB's hosts, each with or without a port.
    pub mongodb: Vec<String>,
    /// The name of this machine, where it is known.
    pub this_host: Option<String>,
    /// The stores by name.
    pub stores: Vec<(StoreName, &'a StorePlace)>,
}

/// What is not apart, store by store.
#[must_use]
pub fn examine(separation: &Separation<'_>) -> Vec<SeparationWarning> {
    let mut warnings = Vec::new();
    for (number, (name, place)) in separation.stores.iter().enumerate() {
        warnings.extend(with_mongodb(separation, *name, place));
        let before = separation.stores.iter().take(number);
        warnings
            .extend(before.filter_map(|(other, theirs)| with_store(*name, place, *other, theirs)));
    }
    warnings
}

fn with_mongodb(
    separation: &Separation<'_>,
    store: StoreName,
    place: &StorePlace,
) -> Option<SeparationWarning> {
    let host = host_of(&place.url)?;
    let same = separation.mongodb.iter().map(|address| without_port(address)).find(|mongodb| {
        let (here, there) = (is_local(separation, mongodb), is_local(separation, &host));
        (here && there) || mongodb.eq_ignore_ascii_case(&host)
    })?;
    let message = format!(
        "the {} store {} is on the same host as MongoDB ({same}): one fault takes both",
        store.name(),
        place.url,
    );
    Some(SeparationWarning {
        store,
        code: "with_mongodb".to_owned(),
        from: same.to_owned(),
        message,
    })
}

fn with_store(
    store: StoreName,
    place: &StorePlace,
    other: StoreName,
    theirs: &StorePlace,
) -> Option<SeparationWarning> {
    let (code, what) = if same_place(&place.url, &theirs.url) {
        ("same_place", "lies in the same folder or bucket as")
    } else if same_disk(&place.url, &theirs.url) {
        ("same_disk", "lies on the same disk as")
    } else if same_account(place, theirs) {
        ("same_credentials", "is reached with the same credentials at the same service as")
    } else {
        return None;
    };
    let message = format!(
        "the {} store {} {what} the {} store: whatever destroys one destroys both",
        store.name(),
        place.url,
        other.name(),
    );
    Some(SeparationWarning { store, code: code.to_owned(), from: other.name().to_owned(), message })
}

/// The host that a store is on; a folder is on this machine.
fn host_of(url: &StoreUrl) -> Option<String> {
    match url {
        StoreUrl::Folder(_) => Some("localhost".to_owned()),
        StoreUrl::Memory => None,
        StoreUrl::S3(bucket) => {
            let region = bucket.region.as_deref().unwrap_or("us-east-1");
            let named = bucket.endpoint.as_deref().map(host_of_endpoint);
            Some(named.unwrap_or_else(|| format!("s3.{region}.amazonaws.com")))
        }
        StoreUrl::Cos(bucket) => {
            let region = bucket.region.as_deref().unwrap_or_default();
            let named = bucket.endpoint.as_deref().map(host_of_endpoint);
            Some(named.unwrap_or_else(|| format!("cos.{region}.myqcloud.com")))
        }
    }
}

fn host_of_endpoint(endpoint: &str) -> String {
    let rest = endpoint.split_once("://").map_or(endpoint, |(_, rest)| rest);
    without_port(rest.split('/').next().unwrap_or_default()).to_owned()
}

fn without_port(address: &str) -> &str {
    match address.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None if address.matches(':').count() > 1 => address,
        None => address.split(':').next().unwrap_or_default(),
    }
}

fn is_local(separation: &Separation<'_>, host: &str) -> bool {
    let loopback = host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    let named = separation.this_host.as_deref().is_some_and(|this| this.eq_ignore_ascii_case(host));
    loopback || named || host.eq_ignore_ascii_case("localhost")
}

fn same_place(one: &StoreUrl, other: &StoreUrl) -> bool {
    match (one, other) {
        (StoreUrl::Folder(one), StoreUrl::Folder(other)) => {
            let (one, other) = (absolute(one), absolute(other));
            one.starts_with(&other) || other.starts_with(&one)
        }
        (StoreUrl::S3(one_bucket), StoreUrl::S3(other_bucket))
        | (StoreUrl::Cos(one_bucket), StoreUrl::Cos(other_bucket)) => {
            one_bucket.name == other_bucket.name && host_of(one) == host_of(other)
        }
        _ => false,
    }
}

fn same_account(one: &StorePlace, other: &StorePlace) -> bool {
    let same_id = match (&one.credentials.access_key_id, &other.credentials.access_key_id) {
        (Some(one), Some(other)) => one == other,
        _ => false,
    };
    same_id && host_of(&one.url) == host_of(&other.url)
}

fn absolute(path: &Path) -> PathBuf {
    let named = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    named.canonicalize().unwrap_or(named)
}

#[cfg(unix)]
fn same_disk(one: &StoreUrl, other: &StoreUrl) -> bool {
    use std::os::unix::fs::MetadataExt;
    // A folder that does not exist yet will lie on the disk of the one above it.
    let disk = |path: &Path| {
        let path = absolute(path);
        path.ancestors().find_map(|folder| folder.metadata().ok()).map(|found| found.dev())
    };
    match (one, other) {
        (StoreUrl::Folder(one), StoreUrl::Folder(other)) => {
            matches!((disk(one), disk(other)), (Some(one), Some(other)) if one == other)
        }
        _ => false,
    }
}

/// Elsewhere a disk is told by the beginning of a path.
#[cfg(not(unix))]
fn same_disk(one: &StoreUrl, other: &StoreUrl) -> bool {
    let disk = |path: &Path| absolute(path).components().next().map(|part| format!("{part:?}"));
    match (one, other) {
        (StoreUrl::Folder(one), StoreUrl::Folder(other)) => disk(one) == disk(other),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stores::outcome::Cycle;
    use vault::StoreCredentials;

    fn place(url: &str, id: &str) -> StorePlace {
        StorePlace {
            url: StoreUrl::parse(url).unwrap(),
            credentials: StoreCredentials {
                access_key_id: Some(id.to_owned()).filter(|id| !id.is_empty()),
                ..StoreCredentials::default()
            },
            bandwidth: None,
            every: Cycle::Week,
        }
    }

    fn codes(mongodb: &str, primary: &StorePlace, replica: &StorePlace) -> Vec<String> {
        let separation = Separation {
            mongodb: vec![mongodb.to_owned()],
            this_host: Some("console-1".to_owned()),
            stores: vec![(StoreName::Primary, primary), (StoreName::Replica, replica)],
        };
        examine(&separation).into_iter().map(|warning| warning.code).collect()
    }

    #[test]
    fn a_store_beside_mongodb_is_told() {
        let far = place("s3://far/x?endpoint=https://s3.example.net", "A");
        for (mongodb, url, told) in [
            ("127.0.0.1:27017", "/srv/backup", true),
            ("localhost:27017", "/srv/backup", true),
            ("[::1]:27017", "s3://b/x?endpoint=http://127.0.0.1:8333", true),
            ("console-1:27017", "/srv/backup", true),
            ("db1:27017", "/srv/backup", false),
            ("db1:27017", "s3://b/x?endpoint=https://DB1:9000", true),
            ("db1:27017", "s3://b/x?endpoint=https://db2:9000", false),
            ("db1:27017", "cos://b-1/x?region=ap-guangzhou", false),
        ] {
            let found = codes(mongodb, &place(url, "B"), &far);
            assert_eq!(found == ["with_mongodb"], told, "{mongodb} {url}: {found:?}");
            assert_eq!(found.len(), usize::from(told));
        }
    }

    #[test]
    fn a_replica_that_is_lost_with_the_primary_is_told() {
        let s3 = "s3://a/x?endpoint=https://one.example.net";
        for (replica, id, code) in [
            ("s3://a/y?endpoint=https://one.example.net", "B", Some("same_place")),
            ("s3://b/y?endpoint=https://one.example.net", "A", Some("same_credentials")),
            ("s3://b/y?endpoint=https://one.example.net", "B", None),
            ("s3://a/x?endpoint=https://two.example.net", "A", None),
            ("cos://a/x?region=ap-guangzhou", "A", None),
            ("/srv/replica", "", None),
        ] {
            let found = codes("db1:27017", &place(s3, "A"), &place(replica, id));
            assert_eq!(found, code.into_iter().collect::<Vec<_>>(), "{replica}");
        }
    }

    #[test]
    fn folders_on_one_disk_are_one_place() {
        let scratch = tempfile::tempdir().unwrap();
        let folder = |name: &str| place(scratch.path().join(name).to_str().unwrap(), "");
        assert_eq!(codes("db1", &folder("a"), &folder("b")), ["same_disk"]);
        assert_eq!(codes("db1", &folder("a"), &folder("a/inside")), ["same_place"]);
        #[cfg(target_os = "linux")]
        assert!(codes("db1", &folder("a"), &place("/proc/replica", "")).is_empty());
    }
}
