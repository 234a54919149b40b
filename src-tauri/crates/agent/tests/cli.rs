//! The command line as a shell sees it: help, exit codes, JSON.

use std::path::Path;

use assert_cmd::Command;
use tempfile::TempDir;

/// `avault` with a home of its own and nothing of the caller's environment that matters.
fn avault(home: &Path) -> Command {
    let mut command = Command::cargo_bin("avault").unwrap();
    command.env("AVAULT_HOME", home).env("NO_COLOR", "1").env_remove("AVAULT_CONFIG");
    for name in
        ["AVAULT_STORE", "AVAULT_PASSPHRASE", "AVAULT_PASSPHRASE_FILE", "AVAULT_MONGODB_URI"]
    {
        command.env_remove(name);
    }
    command
}

fn home() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn help_is_what_was_agreed() {
    let home = home();
    for path in [
        "",
        "backup",
        "backup browse",
        "backup verify",
        "backup pin",
        "restore",
        "prune",
        "policy",
        "policy simulate",
        "key",
        "key add",
        "key passphrase",
        "export",
        "import",
        "game bisect",
        "game check",
        "game diff",
        "game import",
        "game share",
        "game show",
        "simulate",
        "snapshot",
        "snapshot list",
        "sandbox",
        "demo",
    ] {
        let arguments = path.split_whitespace().chain(["--help"]);
        let output = avault(home.path()).args(arguments).env("COLUMNS", "100").output().unwrap();
        assert!(output.status.success());
        let name = format!("help {path}").trim().replace(' ', "_");
        insta::assert_snapshot!(
            name,
            text(&output.stdout).replace(&home.path().display().to_string(), "HOME")
        );
    }
}

#[test]
fn nothing_to_connect_to_is_could_not_run() {
    let home = home();
    let output = avault(home.path()).args(["backup", "list"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output.stderr);
    assert!(said.contains("nothing says what to connect to"), "{said}");
    assert!(said.contains("--config"), "the hint is missing: {said}");
    assert!(output.stdout.is_empty());
}

#[test]
fn a_wrong_argument_is_could_not_run() {
    let home = home();
    avault(home.path()).args(["backup", "eat"]).assert().code(2);
    avault(home.path()).args(["simulate", "--players", "3-4"]).assert().code(2);
    avault(home.path()).args(["--config", "/no/such/avault.toml", "check"]).assert().code(2);
}

#[test]
fn a_vault_is_made_once() {
    let home = home();
    let store = home.path().join("store");
    let key = home.path().join("key");
    std::fs::write(&key, "a passphrase for a test\n").unwrap();
    let init = || {
        let mut command = avault(home.path());
        command.env("AVAULT_PASSPHRASE_FILE", &key).args(["init", "--json", "--store"]).arg(&store);
        command.output().unwrap()
    };
    let made = init();
    assert_eq!(made.status.code(), Some(0), "{}", text(&made.stderr));
    assert!(text(&made.stdout).starts_with("{\"vault\":"));
    let again = init();
    assert_eq!(again.status.code(), Some(2));
    assert!(text(&again.stderr).contains("holds a vault already"), "{}", text(&again.stderr));
    let list = avault(home.path())
        .env("AVAULT_PASSPHRASE_FILE", &key)
        .args(["backup", "list", "--json", "--store"])
        .arg(&store)
        .output()
        .unwrap();
    assert_eq!(list.status.code(), Some(0), "{}", text(&list.stderr));
    assert!(list.stdout.is_empty());
    std::fs::write(&key, "another passphrase\n").unwrap();
    let wrong = avault(home.path())
        .env("AVAULT_PASSPHRASE_FILE", &key)
        .args(["backup", "list", "--store"])
        .arg(&store)
        .output()
        .unwrap();
    assert_eq!(wrong.status.code(), Some(2));
    assert!(text(&wrong.stderr).contains("the key does not open this vault"));
}

#[test]
fn a_vault_without_a_passphrase_says_how_to_give_one() {
    let home = home();
    let output = avault(home.path()).args(["init", "--store"]).arg(home.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("AVAULT_PASSPHRASE_FILE"));
}

#[test]
fn a_sandbox_that_was_never_started_is_down() {
    let home = home();
    let output = avault(home.path()).args(["sandbox", "status", "--json"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(text(&output.stdout).trim(), "{\"up\":false}");
    avault(home.path()).args(["sandbox", "down"]).assert().code(0);
}

#[test]
fn completions_are_printed_for_each_shell() {
    let home = home();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = avault(home.path()).args(["completions", shell]).output().unwrap();
        assert!(output.status.success());
        assert!(text(&output.stdout).contains("avault"), "{shell}");
    }
}

#[test]
fn the_policy_is_shown_and_simulated_without_any_server() {
    let home = home();
    let config = home.path().join("avault.toml");
    std::fs::write(&config, "[policy.accounts]\nmethod = \"full\"\nevery = \"week\"\nkeep = 14\n")
        .unwrap();
    let run = |arguments: &[&str]| {
        let output = avault(home.path()).arg("--config").arg(&config).args(arguments).output();
        let output = output.unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    insta::assert_snapshot!("policy_show", run(&["policy", "show"]));
    let simulated: serde_json::Value =
        serde_json::from_str(&run(&["--json", "policy", "simulate", "--days", "70"])).unwrap();
    let accounts = &simulated["classes"][0];
    assert_eq!(accounts["class"], "accounts");
    assert_eq!(accounts["bytes"], serde_json::Value::Null);
    let runs = accounts["runs"][0]["runs"].as_u64().unwrap();
    // The first day, and the Mondays after it.
    assert!((10..=11).contains(&runs), "{accounts}");
}

#[test]
fn a_reader_that_goes_away_ends_nothing() {
    let home = home();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin("avault"));
    command.args(["completions", "bash"]).env("AVAULT_HOME", home.path());
    let output = command.stdout(writer).output().unwrap();
    assert!(output.status.success(), "{:?}", output.status);
    assert_eq!(text(&output.stderr), "");
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_is_told() {
    let home = home();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin("avault"));
    command.args(["completions", "bash"]).env("AVAULT_HOME", home.path());
    let output = command.stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let told = text(&output.stderr);
    assert!(told.contains("the output could not be written"), "{told}");
}

fn fixture(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/fixtures");
    folder.join(name).to_str().unwrap().to_owned()
}

#[test]
fn games_of_a_file_are_shown_without_any_server() {
    let home = home();
    let file = fixture("proavalon/hit-5.json");
    let out = home.path().join("games.jsonl");
    let import = ["game", "import", &file, "--out", out.to_str().unwrap()];
    avault(home.path()).args(import).assert().code(0);
    avault(home.path()).args(import).assert().code(2);
    let log = std::fs::read_to_string(&out).unwrap();
    let first: serde_json::Value = serde_json::from_str(log.lines().next().unwrap()).unwrap();
    let game = first["gameId"].as_str().unwrap();

    let show = |more: &[&str]| {
        let base = ["--json", "game", "show", game, "--file", &file];
        let output = avault(home.path()).args(base).args(more).output().unwrap();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let (code, told, _) = show(&[]);
    let view: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!((code, view["winner"].as_str()), (Some(0), Some("evil")));
    let events = view["events"].as_array().unwrap();
    assert_eq!(events.len(), log.lines().count());
    // Had the shot not fallen, the game would wait for it.
    let shot = events.iter().find(|event| event["kind"] == "AssassinTargetNamed").unwrap();
    let edit = format!("{}=skip", shot["seq"]);
    let (code, told, _) = show(&["--what-if", &edit]);
    let course: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!((code, &course["winner"]), (Some(0), &serde_json::Value::Null));
    assert_eq!(course["whatIf"]["waits"]["turn"], "shoot");

    let plain = ["game", "show", game, "--file", &file, "--what-if", &edit];
    let output = avault(home.path()).args(plain).output().unwrap();
    let told = text(&output.stdout);
    assert!(told.contains("not what happened") && told.contains("Changes: winner"), "{told}");

    // Two moments of it, and both forms of the file: the same game.
    let diff = |more: &[&str]| {
        let base = ["--json", "game", "diff", game, "--from-file", &file];
        let output = avault(home.path()).args(base).args(more).output().unwrap();
        (output.status.code(), serde_json::from_slice::<serde_json::Value>(&output.stdout))
    };
    let (code, view) = diff(&["--to-file", &file, "--from", "1"]);
    assert_eq!((code, &view.unwrap()["outcome"]["winner"]), (Some(0), &true.into()));
    let (code, view) = diff(&["--to-file", out.to_str().unwrap()]);
    assert_eq!((code, &view.unwrap()["facts"]), (Some(0), &serde_json::json!([])));
    let (code, refused) = diff(&["--from-backup", "latest"]);
    assert!(code == Some(2) && refused.is_err());

    let (code, _, told) = show(&["--what-if", "9"]);
    assert_eq!(code, Some(2), "{told}");
    let (code, _, told) = show(&["--what-if", &edit, "--as", "audience"]);
    assert!(code == Some(2) && told.contains("god alone"), "{told}");
    let (code, _, told) = show(&["--event-log"]);
    assert!(code == Some(2) && told.contains("cannot be used with"), "{told}");
}
