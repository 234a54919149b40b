//! BK-1: the profile file, and a database whose collections have other names.

use mongodb::bson::{Document, doc};
use rstest::rstest;
use source::mongo::MongoSource;
use source::profile::{DEFAULT_PROFILE, DataClass, Part, Profile, ProfileError};

use crate::servers::Servers;

#[test]
fn bk_1_the_default_profile_is_valid_and_complete() {
    let profile = Profile::parse(DEFAULT_PROFILE).unwrap();
    assert_eq!(profile, Profile::default());
    assert_eq!(Profile::parse(&profile.to_toml().unwrap()).unwrap(), profile);
    for class in DataClass::ALL {
        assert!(!profile.members(class).is_empty(), "{} has no members", class.name());
        assert_eq!(class.name().parse::<DataClass>().unwrap(), class);
    }
    assert_eq!(profile.redis_key("game_state", "g1").unwrap(), "game:{g1}:state");
    assert_eq!(profile.transient_patterns(), ["instance:*", "instance:*:games", "session:*"]);
    assert_eq!(
        profile.redis_patterns(DataClass::Active),
        ["game:{*}:owner", "game:{*}:state", "game:{*}:events"]
    );
}

#[test]
fn bk_1_the_events_collection_is_chosen_once() {
    let profile = Profile::default();
    let events = |classes: &[DataClass]| {
        let chosen = profile.selection(classes);
        let mut events = chosen.into_iter().filter(|one| one.collection == "game_events");
        let first = events.next();
        assert!(events.next().is_none());
        first
    };
    let both = events(&DataClass::ALL).unwrap();
    assert_eq!((both.class, both.part), (DataClass::History, Part::Whole));
    assert_eq!(both.classes, [DataClass::Active, DataClass::History]);
    let active = events(&[DataClass::Active]).unwrap();
    assert_eq!((active.class, active.part), (DataClass::Active, Part::Unfinished));
    let history = events(&[DataClass::History, DataClass::Accounts]).unwrap();
    assert_eq!((history.class, history.part), (DataClass::History, Part::Finished));
    assert!(events(&[DataClass::Rooms]).is_none());
    assert_eq!(profile.selection(&DataClass::ALL).len(), 9);
}

#[rstest]
#[case("database = \"avalon\"", "database = \"local\"", "database = \"local\"")]
#[case("users = \"users\"", "users = \"system.users\"", "collections.users")]
#[case("users = \"users\"", "users = \"__avault_users\"", "staging")]
#[case("users = \"users\"", "users = \"rooms\"", "are both \"rooms\"")]
#[case("[\"users\"]", "[\"players\"]", "\"players\", which [collections]")]
#[case("[\"users\"]", "[\"users\", \"rooms\"]", "belongs to one class")]
#[case("[\"game_history\",", "[\"game_history\", \"game_events\",", "belongs to one class")]
#[case("live = \"games\"", "live = \"game_events\"", "same collection")]
#[case("game_field = \"gameId\"", "game_field = \"game.id\"", "top-level field")]
#[case("session:<id>", "session", "exactly once")]
#[case("[\"game_owner\",", "[\"game_own\",", "[redis.keys] does not declare")]
#[case("[\"game_owner\",", "[\"session\",", "transient")]
#[case("part = \"finished\"", "part = \"most\"", "cannot be understood")]
#[case("name = \"avalon\"", "name = \"avalon\"\ncolour = 1", "colour")]
fn bk_1_a_wrong_profile_is_refused_with_the_place(
    #[case] right: &str,
    #[case] wrong: &str,
    #[case] says: &str,
) {
    assert!(DEFAULT_PROFILE.contains(right), "{right}");
    let error = Profile::parse(&DEFAULT_PROFILE.replacen(right, wrong, 1)).unwrap_err();
    // The declaration is named as "declares not", whatever the order of words.
    let text = error.to_string().replace("which [redis.keys] does", "[redis.keys] does");
    assert!(text.contains(says), "{text:?} does not say {says:?}");
}

#[test]
fn bk_1_a_missing_file_is_named() {
    let error = Profile::load(std::path::Path::new("/nowhere/profile.toml")).unwrap_err();
    assert!(matches!(&error, ProfileError::Unreadable { .. }));
    assert!(error.to_string().contains("/nowhere/profile.toml"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bk_1_renamed_collections_work() {
    let servers = Servers::mongo().await;
    let text = DEFAULT_PROFILE
        .replacen("database = \"avalon\"", "database = \"other\"", 1)
        .replacen("games = \"games\"", "games = \"live.games\"", 1)
        .replacen("game_events = \"game_events\"", "game_events = \"Ereignisse\"", 1);
    let profile = Profile::parse(&text).unwrap();
    let source = MongoSource::connect(&servers.sandbox.mongodb_uri(), &profile).await.unwrap();
    let games = source.database().collection::<Document>("live.games");
    games.insert_one(doc! { "_id": "g" }).await.unwrap();
    assert_eq!(source.database_name(), "other");
    assert_eq!(source.live_games(None).await.unwrap().len(), 1);
    let chosen = source.profile().selection(&[DataClass::Active]);
    let names: Vec<&str> = chosen.iter().map(|one| one.collection.as_str()).collect();
    assert_eq!(names, ["live.games", "Ereignisse"]);
    assert_eq!(source.inspect().await.unwrap()[0].name, "live.games");
    let server = source.server_info();
    assert!(server.oplog.is_some() && server.primary.is_some());
    servers.stop().await;
}
