//! A private moto, which stands in for AWS: its KMS seals, and its IAM checks signatures and policies.

use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::server::{self, free_ports, until_it_answers};

/// The region of everything in these tests.
pub const REGION: &str = "eu-central-1";
/// The alias of the key that is there from the start.
pub const ALIAS: &str = "alias/avalon";

/// Where it is told whether to check signatures.
const RESET: &str = "/moto-api/reset-auth";
/// How long the server may take to answer; ten times what a slow machine needs.
const START: Duration = Duration::from_secs(90);
/// What an identity of the product needs, and no more.
const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["kms:Encrypt","kms:Decrypt"],"Resource":"*"}]}"#;
/// Who may take the role on.
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}"#;

/// What signs requests.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// Access key id.
    pub id: String,
    /// Secret access key.
    pub secret: String,
    /// Token of temporary ones.
    pub token: Option<String>,
}

/// moto on a free loopback port; it ends with this value.
pub struct MotoServer {
    process: Child,
    folder: TempDir,
    port: u16,
    /// The ARN of the key that is there from the start.
    pub arn: String,
}

impl MotoServer {
    /// Starts a server with a key. From then on it checks who asks.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let [port] = free_ports().await;
        let process = start(&folder, port);
        let mut server = Self { process, folder, port, arn: String::new() };
        server.answer().await;
        server.arn = server.create_key().await;
        let alias = json!({"AliasName": ALIAS, "TargetKeyId": server.arn});
        server.kms("CreateAlias", &alias).await;
        server
    }

    /// Where it is.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Makes another key and tells its ARN.
    pub async fn create_key(&self) -> String {
        let made = self.kms("CreateKey", &json!({})).await;
        made["KeyMetadata"]["Arn"].as_str().expect("an ARN").to_owned()
    }

    /// Credentials of a user, with or without the right to encrypt and decrypt.
    pub async fn user(&self, name: &str, may: bool) -> Credentials {
        self.form("iam", &[("Action", "CreateUser"), ("UserName", name)]).await;
        if may {
            let policy = [
                ("Action", "PutUserPolicy"),
                ("UserName", name),
                ("PolicyName", "avault"),
                ("PolicyDocument", POLICY),
            ];
            self.form("iam", &policy).await;
        }
        let made = self.form("iam", &[("Action", "CreateAccessKey"), ("UserName", name)]).await;
        credentials(&made)
    }

    /// Temporary credentials of a role with the right to encrypt and decrypt.
    pub async fn role(&self) -> Credentials {
        let made =
            [("Action", "CreateRole"), ("RoleName", "avault"), ("AssumeRolePolicyDocument", TRUST)];
        self.form("iam", &made).await;
        let policy = [
            ("Action", "PutRolePolicy"),
            ("RoleName", "avault"),
            ("PolicyName", "avault"),
            ("PolicyDocument", POLICY),
        ];
        self.form("iam", &policy).await;
        let taken = [
            ("Action", "AssumeRole"),
            ("RoleArn", "arn:aws:iam::123456789012:role/avault"),
            ("RoleSessionName", "tests"),
        ];
        credentials(&self.form("sts", &taken).await)
    }

    /// Asks KMS with every right.
    pub async fn kms(&self, operation: &str, body: &Value) -> Value {
        let (status, text) = self.kms_answer(operation, body).await;
        assert_eq!(status, 200, "{operation}: {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Asks KMS with every right, and tells status and answer.
    pub async fn kms_answer(&self, operation: &str, body: &Value) -> (u16, String) {
        let target = format!("X-Amz-Target: TrentService.{operation}\r\n");
        self.unchecked("kms", "application/x-amz-json-1.1", &target, &body.to_string()).await
    }

    /// Stops the server.
    pub async fn stop(&mut self) {
        self.process.kill().await.expect("the server stops");
    }

    async fn form(&self, service: &str, fields: &[(&str, &str)]) -> String {
        let encode = |text: &str| text.bytes().map(|b| format!("%{b:02X}")).collect::<String>();
        let fields = fields.iter().map(|(name, value)| format!("{name}={}", encode(value)));
        let body = format!("Version=2010-05-08&{}", fields.collect::<Vec<_>>().join("&"));
        let kind = "application/x-www-form-urlencoded";
        let (status, text) = self.unchecked(service, kind, "", &body).await;
        assert_eq!(status, 200, "{text}");
        text
    }

    /// A request that nobody signed, while the server does not check that.
    async fn unchecked(
        &self,
        service: &str,
        kind: &str,
        headers: &str,
        body: &str,
    ) -> (u16, String) {
        self.check(false).await;
        // Nobody looks at the signature, but the service is read from it.
        let headers = format!(
            "{headers}Authorization: AWS4-HMAC-SHA256 Credential=admin/20260101/{REGION}/{service}/aws4_request, \
             SignedHeaders=host, Signature=0\r\n"
        );
        let answer = post(self.port, "/", kind, &headers, body).await.expect("an answer");
        self.check(true).await;
        answer
    }

    async fn check(&self, signatures: bool) {
        let unchecked = if signatures { "0" } else { "inf" };
        let answer = post(self.port, RESET, "text/plain", "", unchecked).await;
        assert_eq!(answer.map(|(status, _)| status), Some(200));
    }

    async fn answer(&self) {
        let answers = async || post(self.port, RESET, "text/plain", "", "inf").await.is_some();
        until_it_answers(self.folder.path(), START, answers).await;
    }
}

/// The credentials in an answer of IAM or STS.
fn credentials(xml: &str) -> Credentials {
    let field = |name: &str| {
        let rest = xml.split_once(&format!("<{name}>"))?.1;
        Some(rest.split_once(&format!("</{name}>"))?.0.trim().to_owned())
    };
    Credentials {
        id: field("AccessKeyId").expect("an id"),
        secret: field("SecretAccessKey").expect("a secret"),
        token: field("SessionToken"),
    }
}

async fn post(
    port: u16,
    path: &str,
    kind: &str,
    headers: &str,
    body: &str,
) -> Option<(u16, String)> {
    let headers = format!("{headers}Content-Type: {kind}\r\n");
    server::request(port, "POST", path, &headers, body).await
}

fn start(folder: &TempDir, port: u16) -> Child {
    let program = sandbox::tools::find("moto_server").expect("the stand-in's program");
    let mut command = Command::new(program);
    command
        .args(["-H", "127.0.0.1", "-p", &port.to_string()])
        .env("HOME", folder.path())
        .env("MOTO_PORT", port.to_string());
    server::spawn(&mut command, folder.path())
}
