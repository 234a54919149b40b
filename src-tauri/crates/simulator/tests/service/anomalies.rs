//! Labelled damage.

use mongodb::bson::{Document, doc};
use simulator::SimulatorOptions;
use simulator::anomaly::{Kind, Label};

use crate::fixture::Fixture;

#[tokio::test(flavor = "multi_thread")]
async fn each_anomaly_does_what_its_label_says() {
    let fixture = Fixture::start().await;
    let simulator = fixture.simulator(SimulatorOptions::default()).await;
    let refused = simulator.inject(Kind::DeleteGames, 1, 1).await.unwrap_err();
    assert!(refused.to_string().contains("generate games first"), "{refused}");
    simulator.bulk(60).await.unwrap();
    for kind in Kind::ALL {
        let labels = simulator.inject(kind, 5, 11).await.unwrap();
        assert!(!labels.is_empty(), "{kind:?}");
        for label in &labels {
            assert_eq!(label.kind, kind);
            assert_damaged(&fixture, label).await;
        }
    }
    fixture.sandbox.stop().await.unwrap();
}

async fn assert_damaged(fixture: &Fixture, label: &Label) {
    let documents = fixture.database.collection::<Document>(&label.collection);
    let found = documents.find_one(doc! { "_id": &label.id }).await.unwrap();
    match label.kind {
        Kind::DeleteGames => {
            assert_eq!(found, None);
            assert_eq!(fixture.count("game_events", doc! { "gameId": &label.id }).await, 0);
        }
        Kind::MissingEvent => assert_eq!(found, None),
        Kind::DamageField | Kind::WrongStatistic | Kind::DanglingReference => {
            assert!(found.is_some(), "{label:?}");
            assert!(label.detail.contains(" became "), "{label:?}");
        }
    }
}

#[test]
fn kinds_are_spelt_in_snake_case() {
    for kind in Kind::ALL {
        assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{}\"", kind.name()));
        assert_eq!(kind.name().parse::<Kind>().unwrap(), kind);
    }
}
