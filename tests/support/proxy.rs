//! A network between a client and a server that can be cut.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

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
    network: watch::Sender<Network>,
    accepting: tokio::task::JoinHandle<()>,
}

impl Proxy {
    /// Begins to forward to a server of this machine.
    pub async fn to(server: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let port = listener.local_addr().expect("its number").port();
        let (network, state) = watch::channel(Network::Whole);
        let accepting = tokio::spawn(accept(listener, server, state));
        Self { port, network, accepting }
    }

    /// The port to connect to.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Tears every connection down and refuses new ones.
    pub fn cut(&self) {
        self.network.send_replace(Network::Cut);
    }

    /// Lets every byte vanish, in both directions, without a word.
    pub fn fall_silent(&self) {
        self.network.send_replace(Network::Silent);
    }

    /// New connections pass again; those that were silent stay so for ever.
    pub fn heal(&self) {
        self.network.send_replace(Network::Whole);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, server: u16, state: watch::Receiver<Network>) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        if *state.borrow() == Network::Cut {
            continue;
        }
        connections.spawn(forward(client, server, state.clone()));
    }
}

async fn forward(client: TcpStream, server: u16, mut state: watch::Receiver<Network>) {
    if *state.borrow() == Network::Silent {
        return hold(client, state).await;
    }
    let Ok(server) = TcpStream::connect(("127.0.0.1", server)).await else { return };
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let both = async {
        tokio::join!(
            pipe(&mut from_client, &mut to_server),
            pipe(&mut from_server, &mut to_client)
        );
    };
    tokio::select! {
        () = both => return,
        changed = state.wait_for(|state| *state != Network::Whole) => {
            if changed.is_err() { return }
        }
    }
    let silent = *state.borrow() == Network::Silent;
    if silent {
        // Both ends stay open until the network is cut for good.
        let cut = state.wait_for(|state| *state == Network::Cut).await;
        drop(cut);
    }
}

async fn hold(client: TcpStream, mut state: watch::Receiver<Network>) {
    let cut = state.wait_for(|state| *state == Network::Cut).await;
    drop(cut);
    drop(client);
}

async fn pipe(from: &mut tokio::net::tcp::OwnedReadHalf, to: &mut tokio::net::tcp::OwnedWriteHalf) {
    let mut bytes = vec![0; 64 << 10];
    loop {
        match from.read(&mut bytes).await {
            Ok(0) | Err(_) => break,
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
