//! Addresses of servers, with and without their credentials.

/// The part of a connection string that may be shown: scheme, credentials and options are left out.
///
/// `mongodb://user:secret@db1:27017,db2/admin?replicaSet=rs` becomes `db1:27017,db2`.
#[must_use]
pub fn hosts(uri: &str) -> String {
    let after_scheme = uri.split_once("://").map_or(uri, |(_, rest)| rest);
    let authority = after_scheme.split(['/', '?']).next().unwrap_or_default();
    let hosts = authority.rsplit_once('@').map_or(authority, |(_, hosts)| hosts);
    hosts.to_owned()
}

/// Says whether a connection string holds credentials.
#[must_use]
pub fn has_credentials(uri: &str) -> bool {
    let after_scheme = uri.split_once("://").map_or(uri, |(_, rest)| rest);
    let authority = after_scheme.split(['/', '?']).next().unwrap_or_default();
    authority.contains('@')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_left_out() {
        for (uri, shown, secret) in [
            ("mongodb://u:p@db1:27017,db2/admin?replicaSet=rs", "db1:27017,db2", true),
            ("mongodb://db1:27017/?replicaSet=rs", "db1:27017", false),
            ("redis://:p@cache:6379/0", "cache:6379", true),
            ("rediss://cache", "cache", false),
            ("mongodb+srv://u:p%40ss@cluster.example.net", "cluster.example.net", true),
            ("mongodb://db/?authSource=a@b", "db", false),
            ("", "", false),
        ] {
            assert_eq!(hosts(uri), shown);
            assert_eq!(has_credentials(uri), secret, "{uri}");
        }
    }
}
