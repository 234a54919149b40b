//! The signature of requests to Tencent Cloud: TC3-HMAC-SHA256.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use data_encoding::HEXLOWER;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

const ALGORITHM: &str = "TC3-HMAC-SHA256";
const TERMINATOR: &str = "tc3_request";

/// Who signs, for what, and when.
pub(super) struct Signer<'a> {
    pub(super) service: &'a str,
    pub(super) secret_id: &'a str,
    pub(super) secret_key: &'a SecretString,
    /// Unix time in seconds.
    pub(super) timestamp: i64,
}

impl Signer<'_> {
    /// The header `Authorization` of a `POST` to `/`. `headers` are those that are signed: names in
    /// lower case and in the order of the alphabet, with their values. None for a time that no
    /// calendar has.
    pub(super) fn authorization(&self, headers: &[(&str, &str)], body: &[u8]) -> Option<String> {
        let moment = jiff::Timestamp::from_second(self.timestamp).ok()?;
        let date = moment.strftime("%Y-%m-%d").to_string();
        let scope = format!("{date}/{}/{TERMINATOR}", self.service);
        let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
        let names = names.join(";");
        let lines =
            headers.iter().map(|(name, value)| format!("{name}:{}\n", value.trim().to_lowercase()));
        let lines: String = lines.collect();
        let request = format!("POST\n/\n\n{lines}\n{names}\n{}", hash(body));
        let text =
            format!("{ALGORITHM}\n{}\n{scope}\n{}", self.timestamp, hash(request.as_bytes()));
        let signature = HEXLOWER.encode(&hmac(&self.key(&date), &text));
        let id = self.secret_id;
        Some(format!(
            "{ALGORITHM} Credential={id}/{scope}, SignedHeaders={names}, Signature={signature}"
        ))
    }

    /// The key of one day and one service.
    fn key(&self, date: &str) -> Zeroizing<Vec<u8>> {
        let secret = Zeroizing::new(format!("TC3{}", self.secret_key.expose_secret()));
        let key = hmac(secret.as_bytes(), date);
        let key = hmac(&key, self.service);
        hmac(&key, TERMINATOR)
    }
}

fn hmac(key: &[u8], text: &str) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(sign(&Key::new(HMAC_SHA256, key), text.as_bytes()).as_ref().to_vec())
}

fn hash(bytes: &[u8]) -> String {
    HEXLOWER.encode(digest(&SHA256, bytes).as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    /// The payload of the example in Tencent's documentation.
    const PAYLOAD: &str =
        r#"{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}"#;

    /// One request that Tencent's own SDK signed.
    #[derive(Deserialize)]
    struct Vector {
        service: String,
        host: String,
        content_type: String,
        secret_id: String,
        secret_key: String,
        timestamp: i64,
        body: String,
        authorization: String,
    }

    fn example(id: &str, key: &str, headers: &[(&str, &str)]) -> String {
        let secret_key = SecretString::from(key);
        let signer = Signer {
            service: "cvm",
            secret_id: id,
            secret_key: &secret_key,
            timestamp: 1551113065,
        };
        signer.authorization(headers, PAYLOAD.as_bytes()).unwrap()
    }

    #[test]
    fn the_published_examples_are_signed_as_published() {
        let both = [
            ("content-type", "application/json; charset=utf-8"),
            ("host", "cvm.tencentcloudapi.com"),
        ];
        let three = [both[0], both[1], ("x-tc-action", "DescribeInstances")];
        assert_eq!(
            example(
                "AKIDz8krbsJ5yKBZQpn74WFkmLPx3*******",
                "Gu5t9xGARNpq86cd98joQYCN3*******",
                &three
            ),
            "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3*******/2019-02-25/cvm/tc3_request, \
             SignedHeaders=content-type;host;x-tc-action, \
             Signature=be4f67d323c78ab9acb7395e43c0dbcf822a9cfac32fea2449a7bc7726b770a3"
        );
        assert_eq!(
            example(
                "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE",
                "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
                &both
            ),
            "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request, \
             SignedHeaders=content-type;host, \
             Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"
        );
    }

    #[test]
    fn requests_are_signed_as_the_sdk_signs_them() {
        let text = include_str!("../../../tests/tc3/vectors.json");
        let vectors: Vec<Vector> = serde_json::from_str(text).unwrap();
        assert!(vectors.len() >= 6);
        for vector in vectors {
            let secret_key = SecretString::from(vector.secret_key);
            let signer = Signer {
                service: &vector.service,
                secret_id: &vector.secret_id,
                secret_key: &secret_key,
                timestamp: vector.timestamp,
            };
            let headers = [("content-type", &*vector.content_type), ("host", &*vector.host)];
            let signed = signer.authorization(&headers, vector.body.as_bytes()).unwrap();
            assert_eq!(signed, vector.authorization, "{}", vector.body);
        }
    }
}
