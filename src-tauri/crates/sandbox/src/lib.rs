//! Private, real mongod and redis-server processes on free loopback ports.
