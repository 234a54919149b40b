//! `avault key`: who may open the vault, and its data keys.

use api::Operation;
use api::engine::keys::outcome::{KeyAdded, KeyEntry, KeyList, KeysChanged};
use serde_json::{Value, json};

use super::{answer, print_json};
use crate::arguments::{Global, Key, NewKey};
use crate::failure::Failure;
use crate::print::{Align, Style, Table, moment};
use crate::secret;
use crate::session::{Session, options};

pub async fn run(global: &Global, key: Key) -> Result<(), Failure> {
    let session = Session::connected(options(global)).await?;
    match key {
        Key::List => {
            let list: KeyList = session.ask(Operation::KeyList, json!({})).await?;
            answer(global, &list, print_list)
        }
        Key::Add { key, label } => {
            let key = match key {
                NewKey::Passphrase { file } => {
                    let text = secret::new_passphrase(file.as_deref())?;
                    json!({"provider": "passphrase", "passphrase": text.as_str()})
                }
                NewKey::Recovery => json!({"provider": "recovery"}),
                NewKey::Transit => json!({"provider": "transit"}),
                NewKey::Keyring => json!({"provider": "keyring"}),
                NewKey::TencentKms => json!({"provider": "tencent_kms"}),
                NewKey::AwsKms => json!({"provider": "aws_kms"}),
            };
            let request = json!({"key": key, "label": label});
            let added: KeyAdded = session.ask(Operation::KeyAdd, request).await?;
            answer(global, &added, print_added)
        }
        Key::Remove { id } => {
            change(global, &session, Operation::KeyRemove, json!({"id": id}), "removed the key")
                .await
        }
        Key::Rotate => {
            let said = "made a new data key; what is backed up from now on is sealed under it";
            change(global, &session, Operation::KeyRotate, json!({}), said).await
        }
        Key::Passphrase { id, file } => {
            let text = secret::new_passphrase(file.as_deref())?;
            let request = json!({"id": id, "passphrase": text.as_str()});
            let said = "changed the passphrase; put the new one where the configuration reads it";
            change(global, &session, Operation::KeyChangePassphrase, request, said).await
        }
    }
}

async fn change(
    global: &Global,
    session: &Session,
    operation: Operation,
    request: Value,
    said: &str,
) -> Result<(), Failure> {
    let changed: KeysChanged = session.ask(operation, request).await?;
    if global.json {
        return print_json(&changed);
    }
    let style = Style::of_stdout();
    println!("{}: {said}", style.good("done"));
    if !changed.root_renewed {
        println!("The root key is the same as before, because these keys were not at hand:");
        print!("{}", table(&changed.not_at_hand, style));
        println!(
            "{}",
            style.faint(
                "Whoever knows an old key and kept an old copy of the keyring can still open the vault. \
                 docs/runbook.md tells how to end that."
            )
        );
    }
    Ok(())
}

fn print_list(list: &KeyList) {
    let style = Style::of_stdout();
    print!("{}", table(&list.keys, style));
    let newest = list.data_keys.last();
    let made = newest.map_or_else(String::new, |key| moment(key.created_at));
    let number = newest.map_or(0, |key| key.epoch);
    let summary = format!("data key {number}, made {made}; revision {}", list.revision);
    println!("{}", style.faint(&summary));
}

fn table(keys: &[KeyEntry], style: Style) -> String {
    let mut table = Table::new(&[
        ("key", Align::Left),
        ("provider", Align::Left),
        ("label", Align::Left),
        ("made", Align::Left),
        ("in use", Align::Left),
        ("parameters", Align::Left),
    ]);
    for key in keys {
        let parameters = key.parameters.iter().map(|(name, value)| format!("{name}={value}"));
        table.row([
            key.id.clone(),
            key.provider.clone(),
            key.label.clone(),
            key.created_at.map(moment).unwrap_or_default(),
            if key.in_use { "yes" } else { "" }.to_owned(),
            parameters.collect::<Vec<_>>().join(" "),
        ]);
    }
    table.text(style, "")
}

fn print_added(added: &KeyAdded) {
    let style = Style::of_stdout();
    println!("{} the key {}", style.good("added"), added.id);
    let Some(text) = &added.recovery_key else { return };
    println!("\n    {}\n", style.strong(text));
    println!("Write it down now, on paper, away from this machine: it is shown this once.");
    println!("{}", style.faint("Whoever has it and the store can read every backup."));
}
