//! UI-1, UI-2, UI-3, UI-5, UI-8: the main story in the real window, on real servers, and a picture of
//! every screen in both languages and both themes.

#[path = "dialog.rs"]
mod dialog;
#[path = "driver.rs"]
mod driver;

use std::path::Path;

use acceptance::service::binary;
use dialog::Windows;
use driver::Window;
use thirtyfour::Key;
use thirtyfour::error::WebDriverResult;

/// Where pictures are kept for a person to look at.
const PICTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/screenshots/window");

/// A published record of a game.
const GAMES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/proavalon/hit-5.json");

/// Screens that the rail leads to.
const SCREENS: [(&str, &str); 7] = [
    ("nav-overview", "overview"),
    ("nav-games", "games-live"),
    ("nav-snapshots", "snapshots-total"),
    ("nav-backups", "backups"),
    ("nav-restore", "restore-choose"),
    ("nav-storage", "prune-preview"),
    ("nav-settings", "settings"),
];

/// Runs a body in a window; the session ends before a panic of the body goes on, because ending it
/// while panicking would block.
async fn in_window<F>(body: impl FnOnce(std::sync::Arc<Window>) -> F)
where
    F: Future<Output = WebDriverResult<()>> + Send + 'static,
{
    let home = tempfile::tempdir().expect("a folder");
    let window = Window::open(&binary("avalon-vault"), home.path(), Path::new(PICTURES))
        .await
        .expect("a window");
    let window = std::sync::Arc::new(window);
    let outcome = tokio::spawn(body(window.clone())).await;
    if !matches!(outcome, Ok(Ok(()))) {
        // The picture of what went wrong says more than the error.
        let _kept = window.picture("failure").await;
    }
    if let Some(window) = std::sync::Arc::into_inner(window) {
        window.close().await;
    }
    match outcome {
        Ok(result) => result.expect("the window does what it is asked"),
        Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ui_05_from_the_first_run_to_proof() {
    in_window(|window| async move {
        window.find("setup").await?;
        window.picture("setup").await?;
        window.click("setup-sandbox").await?;
        window.find("job-state").await?;
        window.picture("setup-at-work").await?;
        window.click("setup-finish").await?;

        window.find("overview").await?;
        window.click("backup-create").await?;
        window.click("backup-create-confirm").await?;
        window.find("backup-done").await?;
        window.picture("backup-done").await?;

        window.click("nav-overview").await?;
        window.await_attribute("headline", "data-possible", &["true"]).await?;
        window.click("damage-open").await?;
        window.click("damage-confirm").await?;
        window.find("damage-done").await?;
        window.picture("damage-done").await?;
        window.click("damage-restore").await?;
        window.click("restore-plan").await?;
        window.find("restore-plan-shown").await?;
        window.picture("restore-plan").await?;
        window.click("restore-to-confirm").await?;
        window.write("restore-confirm-name", "avalon").await?;
        window.picture("restore-confirm").await?;
        window.click("restore-apply").await?;
        let verified =
            window.await_attribute("restore-verified", "data-verified", &["true", "false"]).await?;
        window.picture("restore-proof").await?;
        assert_eq!(verified, "true", "the restore was not verified");

        look_inside_a_backup(&window).await?;
        verify_by_sample(&window).await?;
        compare_two_moments(&window).await?;
        replay_a_game(&window).await?;
        share_a_game(&window).await?;
        open_a_file(&window).await?;
        take_snapshots(&window).await?;
        picture_every_screen(&window).await
    })
    .await;
}

/// RS-8: documents of the newest backup, and one of them in full.
async fn look_inside_a_backup(window: &Window) -> WebDriverResult<()> {
    window.click("nav-backups").await?;
    window.click("backup-open").await?;
    window.click("backup-browse").await?;
    window.find("browse-row").await?;
    window.picture("browse").await?;
    window.click("browse-row").await?;
    window.find("browse-document").await?;
    window.click("browse-tab-json").await?;
    window.picture("browse-document").await
}

/// BK-10: a verification of a part says what it covers.
async fn verify_by_sample(window: &Window) -> WebDriverResult<()> {
    window.click("nav-backups").await?;
    window.click("backup-open").await?;
    window.rewrite("verify-sample", "10").await?;
    window.click("backup-verify").await?;
    window.find("coverage").await?;
    let verdict =
        window.await_attribute("verify-result", "data-verdict", &["verified", "failed"]).await?;
    window.picture("verify-sample").await?;
    assert_eq!(verdict, "verified", "a sound backup was not found sound");
    Ok(())
}

/// UI-3: what happened between two moments of a finished game, as facts, structure and JSON.
async fn compare_two_moments(window: &Window) -> WebDriverResult<()> {
    window.click("nav-games").await?;
    window.click("games-finished").await?;
    window.await_attribute("game-row", "data-status", &["finished"]).await?;
    window.click("game-open").await?;
    window.find("seat-0").await?;
    window.click("game-compare").await?;
    window.find("diff-facts").await?;
    window.find("diff-fact").await?;
    // The newest finished game may have been given up, and then decides nothing.
    window.await_attribute("diff-outcome", "data-verdict", &["verified", "attention"]).await?;
    window.picture("diff").await?;
    window.click("diff-tab-structure").await?;
    window.find("diff-structure").await?;
    window.picture("diff-structure").await?;
    window.click("diff-swap").await?;
    window.click("diff-tab-facts").await?;
    window.find("diff-fact").await.map(drop)
}

async fn to_first_event(window: &Window) -> WebDriverResult<()> {
    window.find("game-timeline").await?.send_keys(Key::Home + "").await?;
    window.await_attribute("game-seq", "data-seq", &["1"]).await.map(drop)
}

/// UI-4: a finished game by keys, through other eyes, and as it would have gone.
async fn replay_a_game(window: &Window) -> WebDriverResult<()> {
    window.click("nav-games").await?;
    window.click("games-finished").await?;
    window.await_attribute("game-row", "data-status", &["finished"]).await?;
    // One that was given up may have ended before anybody voted.
    window.click_in("[data-winner]", "game-open").await?;
    window.find("seat-0").await?;
    let last = window.attribute("game-seq", "data-seq").await?;
    assert!(last.parse::<u64>().unwrap() > 8, "a finished game has {last} events");
    to_first_event(window).await?;
    window.find("rules-facts").await?;
    window.picture("replay-rules").await?;
    for seq in ["2", "3", "4"] {
        window.press(Key::Right).await?;
        window.await_attribute("game-seq", "data-seq", &[seq]).await?;
        if seq == "2" {
            window.await_attribute("event-detail", "data-kind", &["RolesAssigned"]).await?;
            window.picture("replay-deal").await?;
        }
    }
    window.press(Key::Left).await?;
    window.await_attribute("game-seq", "data-seq", &["3"]).await?;
    window.press(Key::Down).await?;
    window.picture("replay-god").await?;

    // The audience is not told what god sees of a seat.
    let seat = window.attribute("seat-0", "aria-label").await?;
    window.click("game-lens").await?;
    window.press(Key::Down).await?;
    window.press(Key::Enter).await?;
    window.await_attribute("game-seq", "data-viewer", &["audience"]).await?;
    window.picture("replay-audience").await?;
    assert_ne!(window.attribute("seat-0", "aria-label").await?, seat);
    window.click("game-lens").await?;
    window.press(Key::Up).await?;
    window.press(Key::Enter).await?;
    window.await_attribute("game-seq", "data-viewer", &["god"]).await?;
    assert_eq!(window.attribute("seat-0", "aria-label").await?, seat);

    let mut seq: u64 = window.attribute("game-seq", "data-seq").await?.parse().unwrap();
    while window.attribute("event-detail", "data-kind").await? != "TeamVoteCast" {
        seq += 1;
        // The lens has the keys still.
        window.find("game-timeline").await?.send_keys(Key::Right + "").await?;
        window.await_attribute("game-seq", "data-seq", &[&seq.to_string()]).await?;
    }
    window.click("what-if-open").await?;
    window.click("what-if-skip").await?;
    window.find("what-if").await?;
    window.find("what-if-edit").await?;
    window.picture("what-if").await?;
    window.click("what-if-clear").await?;
    window.find("snapshot-take").await.map(drop)
}

/// UI-4: the game shown becomes a file of its own, at the place that the system's dialog is given.
async fn share_a_game(window: &Window) -> WebDriverResult<()> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("game.html");
    window.click("game-share").await?;
    window.find("share-warning").await?;
    window.click("share-seats").await?;
    window.picture("share").await?;

    let before = Windows::shown().await;
    window.click("share-save").await?;
    dialog::dismiss(&before.another().await).await;
    window.find("share-warning").await?;
    assert!(!file.exists());

    let before = Windows::shown().await;
    window.click("share-save").await?;
    dialog::save_as(&before.another().await, &file).await;
    window.gone("share-save").await?;
    let html = std::fs::read_to_string(&file).expect("the file that was named");
    assert!(html.starts_with("<!doctype html>"), "{}", &html[..html.len().min(80)]);
    let mode = std::os::unix::fs::PermissionsExt::mode(&file.metadata().unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600, "others may read it");
    window.picture("shared").await
}

/// UI-7: games of a file, beside the database or without one.
async fn open_a_file(window: &Window) -> WebDriverResult<()> {
    window.click("nav-games").await?;
    window.choose_file("open-file-input", Path::new(GAMES)).await?;
    window.find("file-form").await?;
    window.find("opened-row").await?;
    window.picture("opened").await?;
    window.click("opened-game").await?;
    window.find("seat-0").await?;
    to_first_event(window).await?;
    window.picture("opened-game").await
}

/// UI-3, SN-5: a snapshot by hand and by a listener, found in the list and opened as a game.
async fn take_snapshots(window: &Window) -> WebDriverResult<()> {
    window.click("nav-games").await?;
    window.click("game-open").await?;
    window.find("seat-0").await?;
    window.click("snapshot-take").await?;
    window.find("timeline-snapshot").await?;
    window.click("nav-snapshots").await?;
    window.find("snapshot-row").await?;
    window.click("snapshots-follow-start").await?;
    window.find("snapshots-followed").await?;
    // The service plays on: the newest in the list is soon one that nobody took by hand.
    window.click("snapshots-kind-mission_executed").await?;
    window.find("snapshot-row").await?;
    window.picture("snapshots-followed").await?;
    window.click("snapshot-open").await?;
    window.find("snapshot-stored").await?;
    window.find("seat-0").await?;
    window.await_attribute("snapshot-hash", "data-verdict", &["verified"]).await?;
    window.picture("snapshot").await
}

async fn picture_every_screen(window: &Window) -> WebDriverResult<()> {
    for language in ["zh-CN", "en"] {
        if window.text_of_root("lang").await? != language {
            window.click("lang-toggle").await?;
        }
        for theme in ["dark", "light"] {
            if window.text_of_root("data-theme").await? != theme {
                window.click("theme-toggle").await?;
            }
            for (rail, landmark) in SCREENS {
                window.click(rail).await?;
                window.find(landmark).await?;
                let name = rail.trim_start_matches("nav-");
                window.picture(&format!("{name}-{language}-{theme}")).await?;
            }
            window.click("nav-games").await?;
            window.click("game-open").await?;
            window.find("seat-0").await?;
            window.picture(&format!("game-{language}-{theme}")).await?;
            window.click("game-compare").await?;
            window.find("diff").await?;
            window.picture(&format!("diff-{language}-{theme}")).await?;
            window.click("nav-backups").await?;
            window.click("backup-open").await?;
            window.find("backup-detail").await?;
            window.picture(&format!("backup-{language}-{theme}")).await?;
        }
    }
    Ok(())
}
