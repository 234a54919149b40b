//! SN-4: snapshots are deltas with a keyframe now and then; each opens by itself, in whatever order,
//! and together they take little room.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use acceptance::games::{played, taken};
use acceptance::service::Service;
use mongodb::bson::{Document, doc};

#[tokio::test(flavor = "multi_thread")]
async fn sn_04_each_of_a_chain_opens_to_the_state_that_the_game_had() {
    let service = Service::start().await;
    service.init().await;
    let games = played(&service, 1).await;
    let seqs: Vec<u64> = (1..=20).collect();
    taken(&service, &games, &seqs).await;
    let rows = service.avault(&["--json", "snapshot", "list"]).await.ended(0).json_lines();
    assert_eq!(rows.len(), seqs.len());

    let (mut bodies, mut plain) = (0, 0);
    // The newest first: none needs that another was opened before it.
    for row in &rows {
        let id = row["id"].as_str().unwrap();
        let document = service.avault(&["--json", "snapshot", "show", id]).await.ended(0).json();
        bodies += row["bytes"].as_u64().unwrap();
        plain += document["document"].to_string().len() as u64;
        let seq = document["atSeq"].as_u64().unwrap().to_string();
        let show = ["--json", "game", "show", &games[0]];
        let kept = service.avault(&[&show[..], &["--snapshot", id]].concat()).await.ended(0).json();
        let then = service.avault(&[&show[..], &["--seq", &seq]].concat()).await.ended(0).json();
        assert_eq!(kept["state"], then["state"], "{id} at {seq}");
    }
    // Keyframes alone would take 43 %; the mean over many whole games is held by the bench.
    assert!(bodies * 10 <= plain * 3, "{bodies} of {plain} bytes");

    // A link that is lost takes with it at most those up to the next keyframe.
    let snapshots = service.database().collection::<Document>("snapshots");
    let lost = rows[10]["id"].as_str().unwrap();
    snapshots.delete_one(doc! { "_id": lost }).await.unwrap();
    let mut broken = 0;
    for row in rows.iter().filter(|row| row["id"] != lost) {
        let told = service.avault(&["snapshot", "show", row["id"].as_str().unwrap()]).await;
        broken += usize::from(told.code != 0);
    }
    assert!(broken < 8, "{broken}");
    service.stop().await;
}
