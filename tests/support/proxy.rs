//! A network between a client and a server that can be cut.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

/// What becomes of bytes and connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Network {
    /// They pass.
    Whole,
    /// Connections are torn down and refused.
    Cut,
    /// Bytes vanish; connections stay and new ones are accepted, but nobody ever answers.
    Silent,
}

/// Forwards connections from a free loopback port to a server.
pub struct Proxy {
    port: u16,
    line: Arc<Line>,
    accepting: JoinHandle<()>,
}

struct Line {
    server: u16,
    network: watch::Sender<Network>,
    /// What may be sent before the network is cut.
    sent: Allowance,
    /// What may be received before the network falls silent.
    received: Allowance,
    /// After how many refused connections a network that was cut is whole again.
    refusals: AtomicU64,
    refused: AtomicU64,
}

/// Bytes that may still pass; negative once something happened because they were used up.
struct Allowance(AtomicI64);

impl Allowance {
    fn unlimited() -> Self {
        Self(AtomicI64::new(i64::MAX))
    }

    /// Whether these bytes are the first that may not pass any more.
    fn is_used_up_by(&self, bytes: usize) -> bool {
        let bytes = i64::try_from(bytes).expect("a length");
        let before = self.0.fetch_sub(bytes, Ordering::SeqCst);
        (0..bytes).contains(&before)
    }
}

impl Proxy {
    /// Begins to forward to a server of this machine.
    pub async fn to(server: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let port = listener.local_addr().expect("its number").port();
        let line = Arc::new(Line {
            server,
            network: watch::Sender::new(Network::Whole),
            sent: Allowance::unlimited(),
            received: Allowance::unlimited(),
            refusals: AtomicU64::new(u64::MAX),
            refused: AtomicU64::new(0),
        });
        let accepting = tokio::spawn(accept(listener, line.clone()));
        Self { port, line, accepting }
    }

    /// The port to connect to.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Tears every connection down and refuses new ones.
    pub fn cut(&self) {
        self.line.network.send_replace(Network::Cut);
    }

    /// Is cut once so many bytes were sent to the server, and heals by itself after so many
    /// refused connections.
    pub fn cut_after_sending(&self, bytes: i64, refusals: u64) {
        self.line.refusals.store(refusals, Ordering::SeqCst);
        self.line.sent.0.store(bytes, Ordering::SeqCst);
    }

    /// How many connections were refused.
    pub fn refused(&self) -> u64 {
        self.line.refused.load(Ordering::SeqCst)
    }

    /// Lets every byte vanish, in both directions, without a word.
    pub fn fall_silent(&self) {
        self.line.network.send_replace(Network::Silent);
    }

    /// Falls silent once so many bytes were received from the server.
    pub fn fall_silent_after_receiving(&self, bytes: i64) {
        self.line.received.0.store(bytes, Ordering::SeqCst);
    }

    /// New connections pass again; those that were silent stay so for ever.
    pub fn heal(&self) {
        self.line.network.send_replace(Network::Whole);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Line {
    fn state(&self) -> Network {
        *self.network.borrow()
    }

    fn refuse(&self) {
        let refused = self.refused.fetch_add(1, Ordering::SeqCst) + 1;
        if refused == self.refusals.load(Ordering::SeqCst) {
            self.network.send_replace(Network::Whole);
        }
    }

    async fn is_cut(&self) {
        let mut state = self.network.subscribe();
        // Nobody tells it any more only when the proxy is gone, which ends this too.
        let _ = state.wait_for(|state| *state == Network::Cut).await;
    }
}

async fn accept(listener: TcpListener, line: Arc<Line>) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        if line.state() == Network::Cut {
            line.refuse();
            continue;
        }
        connections.spawn(forward(client, line.clone()));
    }
}

async fn forward(client: TcpStream, line: Arc<Line>) {
    if line.state() == Network::Silent {
        line.is_cut().await;
        return drop(client);
    }
    let mut state = line.network.subscribe();
    let Ok(server) = TcpStream::connect(("127.0.0.1", line.server)).await else { return };
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let both = async {
        tokio::join!(
            pipe(&mut from_client, &mut to_server, |bytes| {
                let ends = line.sent.is_used_up_by(bytes);
                ends.then(|| line.network.send_replace(Network::Cut)).is_some()
            }),
            pipe(&mut from_server, &mut to_client, |bytes| {
                let ends = line.received.is_used_up_by(bytes);
                ends.then(|| line.network.send_replace(Network::Silent)).is_some()
            })
        );
    };
    tokio::select! {
        biased;
        changed = state.wait_for(|state| *state != Network::Whole) => {
            if changed.is_err() { return }
        }
        () = both => return,
    }
    if line.state() == Network::Silent {
        // Both ends stay open until the network is cut for good.
        line.is_cut().await;
    }
}

/// Carries bytes until one end is closed, or until `ends_with` so many more; those are lost.
async fn pipe(
    from: &mut OwnedReadHalf,
    to: &mut OwnedWriteHalf,
    ends_with: impl Fn(usize) -> bool,
) {
    let mut bytes = vec![0; 64 << 10];
    loop {
        match from.read(&mut bytes).await {
            Ok(0) | Err(_) => break,
            Ok(many) if ends_with(many) => {
                // Whoever carries this line sees what became of the network, and drops it.
                return std::future::pending().await;
            }
            Ok(many) => {
                if to.write_all(bytes.get(..many).unwrap_or_default()).await.is_err() {
                    break;
                }
            }
        }
    }
    // A failed shutdown means that the other end is gone already.
    let _ = to.shutdown().await;
}
