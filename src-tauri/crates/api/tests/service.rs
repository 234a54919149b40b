//! The service before anything is connected.

use api::service::{Service, ServiceOptions};
use api::{ApiError, ApiEvent, Caller, Operation, Role, Tag};
use serde_json::{Value, json};
use tempfile::TempDir;

async fn service() -> (Service, TempDir) {
    let scratch = tempfile::tempdir().unwrap();
    let mut options = ServiceOptions::from_environment(|_| None);
    options.home = scratch.path().join("home");
    options.time_zone = "Asia/Shanghai".to_owned();
    (Service::start(options).await.unwrap(), scratch)
}

async fn call(service: &Service, name: &str, request: Value) -> Result<Value, ApiError> {
    let operation = Operation::named(name).unwrap();
    service.call(&service.local_owner(), operation, request).await
}

#[tokio::test]
async fn a_first_start_offers_the_choices() {
    let (service, _scratch) = service().await;
    let status = call(&service, "setup.status", json!({})).await.unwrap();
    assert_eq!(status["stage"], "choose");
    assert!(!service.reconnect().await.unwrap());
    let settings = call(&service, "settings.get", json!({})).await.unwrap();
    assert_eq!(settings["language"], "en");
    assert_eq!(settings["connection"], Value::Null);
    service.shut_down().await;
}

#[tokio::test]
async fn what_needs_a_connection_says_so() {
    let (service, _scratch) = service().await;
    let request = json!({"classes": [], "method": "full"});
    let error = call(&service, "backup.create", request).await.unwrap_err();
    assert_eq!(error.code, "not_connected");
    assert!(error.hint.is_some());
    let error = call(&service, "sandbox.damage", json!({"kind": "delete_games", "count": 1})).await;
    assert_eq!(error.unwrap_err().code, "not_a_sandbox");
}

#[tokio::test]
async fn settings_are_kept_told_and_audited() {
    let (service, _scratch) = service().await;
    let mut events = service.events();
    let view = call(&service, "settings.set", json!({"language": "zh-CN"})).await.unwrap();
    assert_eq!(view["language"], "zh-CN");
    let event = events.recv().await.unwrap();
    assert_eq!(event, ApiEvent::Invalidate { tags: vec![Tag::Settings, Tag::Audit] });
    let view = call(&service, "settings.set", json!({"theme": "dark"})).await.unwrap();
    assert_eq!((&view["language"], &view["theme"]), (&json!("zh-CN"), &json!("dark")));
    let audit = call(&service, "audit.list", json!({"limit": 10})).await.unwrap();
    assert_eq!(audit.as_array().unwrap().len(), 2);
    assert_eq!(audit[0]["verb"], "settings.set");
    assert_eq!(audit[0]["outcome"], "done");
}

#[tokio::test]
async fn requests_are_validated_before_anything_runs() {
    let (service, _scratch) = service().await;
    for (name, request, field) in [
        ("audit.list", json!({"limit": 0}), "limit"),
        (
            "game.list",
            json!({"status": "live", "search": "", "cursor": null, "limit": 201}),
            "limit",
        ),
        ("settings.set", json!({"timeZone": "../etc/passwd\n"}), "timeZone"),
        ("backup.show", json!({"id": " "}), "id"),
        (
            "backup.verify",
            json!({"backup": "x", "level": "L4", "samplePercent": 0.0}),
            "samplePercent",
        ),
        ("setup.openVault", json!({"storeUrl": "/x", "passphrase": ""}), "passphrase"),
        (
            "backup.export",
            json!({"backup": "", "classes": [], "format": "archive", "path": "/x", "gzip": false}),
            "backup",
        ),
        (
            "backup.import",
            json!({"format": "mongodump", "path": "/x", "gzip": false, "from": null,
                "database": " ", "redis": false}),
            "database",
        ),
    ] {
        let error = call(&service, name, request).await.unwrap_err();
        assert_eq!(error.code, "invalid_request", "{name}");
        assert_eq!(error.context.get("field").map(String::as_str), Some(field), "{name}");
    }
    let error = call(&service, "backup.show", json!({"ident": 3})).await.unwrap_err();
    assert_eq!(error.code, "invalid_request");
}

#[tokio::test]
async fn a_viewer_is_refused_and_the_refusal_is_recorded() {
    let (service, _scratch) = service().await;
    let viewer = Caller { actor: "guest".to_owned(), role: Role::Viewer };
    let request = json!({"planId": "p", "confirmName": "avalon"});
    let error = service.call(&viewer, Operation::RestoreApply, request).await.unwrap_err();
    assert_eq!(error.code, "forbidden");
    let audit = call(&service, "audit.list", json!({"limit": 1})).await.unwrap();
    assert_eq!(audit[0]["outcome"], "refused");
}

#[tokio::test]
async fn views_of_snapshots_are_kept_each_under_a_name_of_its_own() {
    let (service, _scratch) = service_with_a_vault().await;
    let view = |name: &str| json!({"name": name, "query": "kinds=game_over"});
    let kept = json!([view("over"), view("结束")]);
    call(&service, "settings.set", json!({"snapshotViews": kept})).await.unwrap();
    call(&service, "settings.set", json!({"theme": "dark"})).await.unwrap();
    let settings = call(&service, "settings.get", json!({})).await.unwrap();
    assert_eq!(settings["snapshotViews"], kept, "another setting leaves them");
    let many: Vec<Value> = (0..51).map(|number| view(&number.to_string())).collect();
    let long = json!({"name": "long", "query": "x".repeat(2001)});
    for refused in [json!([view("a"), view("a ")]), json!([view(" ")]), json!([long]), json!(many)]
    {
        let request = json!({"snapshotViews": refused});
        let error = call(&service, "settings.set", request).await.unwrap_err();
        assert_eq!(
            (error.code.as_str(), error.context["field"].as_str()),
            ("invalid_request", "snapshotViews")
        );
    }
    assert_eq!(call(&service, "settings.get", json!({})).await.unwrap()["snapshotViews"], kept);
}

/// A service with a vault of its own, which the configuration's passphrase opens.
async fn service_with_a_vault() -> (Service, TempDir) {
    let scratch = tempfile::tempdir().unwrap();
    std::fs::write(scratch.path().join("key"), "the first passphrase").unwrap();
    let config = "[store]\nurl = \"STORE\"\n[key]\npassphrase_file = \"key\"\n";
    let config = config.replace("STORE", &scratch.path().join("store").display().to_string());
    std::fs::write(scratch.path().join("avault.toml"), config).unwrap();
    let mut options = ServiceOptions::from_environment(|_| None);
    options.home = scratch.path().join("home");
    options.config = Some(scratch.path().join("avault.toml"));
    let service = Service::start(options).await.unwrap();
    service.create_vault().await.unwrap();
    assert!(service.reconnect().await.unwrap());
    (service, scratch)
}

#[tokio::test]
async fn keys_are_changed_by_an_owner_alone_and_each_change_is_recorded() {
    let (service, _scratch) = service_with_a_vault().await;
    for role in [Role::Operator, Role::Viewer] {
        let caller = Caller { actor: "guest".to_owned(), role };
        for (operation, request) in [
            (Operation::KeyAdd, json!({"key": {"provider": "recovery"}, "label": ""})),
            (Operation::KeyRemove, json!({"id": "x"})),
            (Operation::KeyRotate, json!({})),
            (Operation::KeyChangePassphrase, json!({"id": null, "passphrase": "x"})),
        ] {
            let error = service.call(&caller, operation, request).await.unwrap_err();
            assert_eq!(error.code, "forbidden");
        }
        service.call(&caller, Operation::KeyList, json!({})).await.unwrap();
    }
    let request = json!({"key": {"provider": "recovery"}, "label": "safe"});
    let added = call(&service, "key.add", request).await.unwrap();
    let text = added["recoveryKey"].as_str().unwrap().to_owned();
    let new = "the second passphrase";
    let request = json!({"id": null, "passphrase": new});
    let changed = call(&service, "key.changePassphrase", request).await.unwrap();
    // The recovery key that this process made is still at hand in it.
    assert_eq!(changed["rootRenewed"], true);
    call(&service, "key.rotate", json!({})).await.unwrap();
    let gone = call(&service, "key.remove", json!({"id": added["id"]})).await.unwrap();
    let list = call(&service, "key.list", json!({})).await.unwrap();
    assert_eq!(gone["present"], list);
    assert_eq!(list["dataKeys"].as_array().unwrap().len(), 2);
    let only = json!({"id": list["keys"][0]["id"]});
    assert_eq!(call(&service, "key.remove", only).await.unwrap_err().code, "last_key");
    let transit = json!({"key": {"provider": "transit"}, "label": ""});
    assert_eq!(call(&service, "key.add", transit).await.unwrap_err().code, "no_key_server");
    let audit = call(&service, "audit.list", json!({"limit": 100})).await.unwrap();
    let verbs: Vec<(&str, &str)> = audit
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["outcome"] == "done")
        .map(|entry| (entry["verb"].as_str().unwrap(), entry["subject"].as_str().unwrap()))
        .collect();
    let removed = added["id"].as_str().unwrap();
    let expected = [
        ("key.remove", removed),
        ("key.rotate", ""),
        ("key.changePassphrase", ""),
        ("key.add", "recovery safe"),
    ];
    assert_eq!(verbs[..4], expected);
    for secret in [text.as_str(), new, "the first passphrase"] {
        assert!(!audit.to_string().contains(secret) && !list.to_string().contains(secret));
    }
    service.shut_down().await;
}

#[tokio::test]
async fn a_new_passphrase_is_kept_for_the_next_start() {
    let (first, scratch) = service_with_a_vault().await;
    first.shut_down().await;
    // As a person in the window: no configuration, the passphrase typed.
    let mut options = ServiceOptions::from_environment(|_| None);
    options.home = scratch.path().join("home of the window");
    let service = Service::start(options.clone()).await.unwrap();
    let store = scratch.path().join("store");
    let request = json!({"storeUrl": store, "passphrase": "the first passphrase"});
    call(&service, "setup.openVault", request).await.unwrap();
    let request = json!({"id": null, "passphrase": "the second passphrase"});
    call(&service, "key.changePassphrase", request).await.unwrap();
    service.shut_down().await;
    drop(service);
    let service = Service::start(options).await.unwrap();
    assert!(service.reconnect().await.unwrap());
    let settings = call(&service, "settings.get", json!({})).await.unwrap();
    assert_eq!(settings["store"]["keyProvider"], "passphrase");
    service.shut_down().await;
}

#[tokio::test]
async fn a_passphrase_never_comes_back() {
    let (service, scratch) = service().await;
    let secret = "correct horse battery staple";
    let store = scratch.path().join("nothing-here");
    let request = json!({"storeUrl": store, "passphrase": secret});
    let error = call(&service, "setup.openVault", request).await.unwrap_err();
    assert_eq!(error.code, "not_a_vault");
    let audit = call(&service, "audit.list", json!({"limit": 10})).await.unwrap();
    for answer in [json!(error), audit, call(&service, "settings.get", json!({})).await.unwrap()] {
        assert!(!answer.to_string().contains(secret));
    }
}

#[tokio::test]
async fn a_policy_is_changed_by_owners_unless_the_file_states_it() {
    let (service, scratch) = service().await;
    let view = call(&service, "policy.get", json!({})).await.unwrap();
    assert_eq!(
        (&view["origin"], &view["policy"]["accounts"]["keep"]),
        (&json!("default"), &json!(90))
    );
    let mut policy = view["policy"].clone();
    policy["accounts"]["keep"] = json!("forever");
    let request = json!({ "policy": policy });
    let view = call(&service, "policy.set", request.clone()).await.unwrap();
    assert_eq!(view["origin"], "console");
    assert_eq!(call(&service, "policy.get", json!({})).await.unwrap()["policy"], policy);
    let audit = call(&service, "audit.list", json!({"limit": 1})).await.unwrap();
    assert!(audit[0]["subject"].as_str().unwrap().contains("forever"), "{audit}");
    let operator = Caller { actor: "kay".to_owned(), role: Role::Operator };
    let error = service.call(&operator, Operation::PolicySet, request.clone()).await.unwrap_err();
    assert_eq!(error.code, "forbidden");
    policy["rooms"]["every"] = json!("event");
    let error = call(&service, "policy.set", json!({ "policy": policy })).await.unwrap_err();
    assert_eq!(error.code, "invalid_request");
    // What a change comes to is told before it is made.
    let asked = json!({ "policy": Value::Null, "days": 40 });
    let told = call(&service, "policy.simulate", asked).await.unwrap();
    assert_eq!(told["classes"][0]["expired"], 0);
    let view = call(&service, "policy.set", json!({ "policy": Value::Null })).await.unwrap();
    assert_eq!(view["origin"], "default");
    service.shut_down().await;

    let config = scratch.path().join("avault.toml");
    std::fs::write(&config, "[policy]\npre_image_days = 9\n").unwrap();
    let mut options = ServiceOptions::from_environment(|_| None);
    options.home = scratch.path().join("other");
    options.config = Some(config);
    let service = Service::start(options).await.unwrap();
    let view = call(&service, "policy.get", json!({})).await.unwrap();
    assert_eq!((&view["origin"], &view["policy"]["pre_image_days"]), (&json!("file"), &json!(9)));
    let error = call(&service, "policy.set", request).await.unwrap_err();
    assert_eq!(error.code, "policy_in_file");
}
