//! Free loopback ports.

use std::net::TcpListener;

use crate::SandboxError;

/// Offset of the bus port that a Redis Cluster node opens beside its client port.
pub(crate) const CLUSTER_BUS_OFFSET: u16 = 10_000;

/// True when nobody listens on the loopback port now. Another program may still win it before the
/// server binds: starting is therefore retried with another port.
pub(crate) fn is_free(port: u16) -> bool {
    TcpListener::bind(("127.0.0.1", port)).is_ok()
}

/// A free loopback port; with `cluster_bus`, port + 10000 is free too.
pub(crate) fn free(cluster_bus: bool) -> Result<u16, SandboxError> {
    for _ in 0..256 {
        let listener = TcpListener::bind(("127.0.0.1", 0))
            .map_err(SandboxError::io("opening a loopback port for", "127.0.0.1"))?;
        let port = listener
            .local_addr()
            .map_err(SandboxError::io("reading the port of", "127.0.0.1"))?
            .port();
        let bus_is_free = !cluster_bus || port.checked_add(CLUSTER_BUS_OFFSET).is_some_and(is_free);
        if bus_is_free {
            return Ok(port);
        }
    }
    Err(SandboxError::Options("no free loopback port was found in 256 tries".into()))
}
