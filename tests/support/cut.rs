//! A line that can be cut.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// Passes bytes on to a server until so many were sent up; then it drops every connection, turns
/// away the next few, and works again.
pub struct CutProxy {
    port: u16,
    line: Arc<Line>,
    _listener: Listener,
}

struct Line {
    upstream: u16,
    /// Bytes that may still be sent up before the cut; negative after it.
    left: AtomicI64,
    refusals: AtomicU64,
    refused: AtomicU64,
    cut: Notify,
}

struct Listener(JoinHandle<()>);

impl Drop for Listener {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl CutProxy {
    /// Stands before the server at `upstream`, cuts after `bytes` and turns away `refusals`.
    pub async fn start(upstream: u16, bytes: i64, refusals: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let line = Arc::new(Line {
            upstream,
            left: AtomicI64::new(bytes),
            refusals: AtomicU64::new(refusals),
            refused: AtomicU64::new(0),
            cut: Notify::new(),
        });
        let listener = Listener(tokio::spawn(listen(listener, line.clone())));
        Self { port, line, _listener: listener }
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// How many connections were turned away.
    pub fn refused(&self) -> u64 {
        self.line.refused.load(Ordering::SeqCst)
    }
}

async fn listen(listener: TcpListener, line: Arc<Line>) {
    while let Ok((client, _)) = listener.accept().await {
        tokio::spawn(serve(client, line.clone()));
    }
}

async fn serve(mut client: TcpStream, line: Arc<Line>) {
    let is_cut = line.left.load(Ordering::SeqCst) < 0;
    if is_cut && line.refused.load(Ordering::SeqCst) < line.refusals.load(Ordering::SeqCst) {
        line.refused.fetch_add(1, Ordering::SeqCst);
        return;
    }
    let cut = line.cut.notified();
    let Ok(mut server) = TcpStream::connect(("127.0.0.1", line.upstream)).await else { return };
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    let up = async {
        let mut piece = vec![0; 16 << 10];
        while let Ok(length @ 1..) = from_client.read(&mut piece).await {
            let bytes = i64::try_from(length).expect("a length");
            let before = line.left.fetch_sub(bytes, Ordering::SeqCst);
            if before >= 0 && before < bytes {
                // In the middle of a request; every other connection goes with it.
                line.cut.notify_waiters();
                return;
            }
            if to_server.write_all(&piece[..length]).await.is_err() {
                return;
            }
        }
    };
    let down = tokio::io::copy(&mut from_server, &mut to_client);
    tokio::select! {
        () = up => {}
        _ = down => {}
        () = cut => {}
    }
}
