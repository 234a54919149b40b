//! Private servers for one test.

use sandbox::{RedisTopology, Sandbox, SandboxOptions};
use source::mongo::MongoSource;
use source::profile::Profile;

pub struct Servers {
    pub sandbox: Sandbox,
}

impl Servers {
    pub async fn mongo() -> Self {
        Self::start(1, RedisTopology::None).await
    }

    pub async fn start(mongo_members: u8, redis: RedisTopology) -> Self {
        let options = SandboxOptions { mongo_members, redis, ..SandboxOptions::default() };
        Self { sandbox: Sandbox::start(options).await.unwrap() }
    }

    pub async fn source(&self) -> MongoSource {
        MongoSource::connect(&self.sandbox.mongodb_uri(), &Profile::default()).await.unwrap()
    }

    pub async fn stop(self) {
        self.sandbox.stop().await.unwrap();
    }
}
