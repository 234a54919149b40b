//! What the private servers of these tests have in common.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};

/// Loopback ports that were all free at one moment.
pub(crate) async fn free_ports<const N: usize>() -> [u16; N] {
    let mut listeners = Vec::new();
    for _ in 0..N {
        listeners.push(TcpListener::bind("127.0.0.1:0").await.expect("a free port"));
    }
    let port = |listener: &TcpListener| listener.local_addr().expect("an address").port();
    let ports: Vec<u16> = listeners.iter().map(port).collect();
    ports.try_into().expect("as many ports as listeners")
}

/// Starts a server that writes into `log` of its folder and ends with its handle.
pub(crate) fn spawn(command: &mut Command, folder: &Path) -> Child {
    let log = std::fs::File::create(folder.join("log")).expect("a log");
    command
        .stdin(Stdio::null())
        .stdout(log.try_clone().expect("a log"))
        .stderr(log)
        .kill_on_drop(true)
        .spawn()
        .expect("the server starts")
}

/// Waits until a server answers.
pub(crate) async fn until_it_answers(
    folder: &Path,
    within: Duration,
    answers: impl AsyncFn() -> bool,
) {
    let begun = Instant::now();
    while !answers().await {
        let log = folder.join("log");
        assert!(begun.elapsed() < within, "no answer; see {}", log.display());
        // The server tells nobody when it is ready: asking again is all there is.
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Status and body of a request to a loopback port; none when nobody answers. `headers` are whole
/// lines.
pub(crate) async fn request(
    port: u16,
    method: &str,
    path: &str,
    headers: &str,
    body: &str,
) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n{headers}\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.ok()?;
    let status = answer.split_whitespace().nth(1)?.parse().ok()?;
    Some((status, answer.split_once("\r\n\r\n")?.1.to_owned()))
}
