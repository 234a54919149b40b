//! `avault backup browse`: documents inside a backup.

use api::Operation;
use api::engine::browse::outcome::{
    BrowseCollection, BrowsePage, BrowseRequest, Content, DocumentRow, FieldFilter,
};
use serde_json::{Value, json};

use super::backup::class_name;
use super::{classes, print_json};
use crate::arguments::{Browse, Global};
use crate::failure::{Failure, could_not};
use crate::print::{Align, Style, Table, bytes, count};
use crate::session::Session;

/// Documents of a page.
const PAGE: u32 = 200;
/// Fields of a document that a terminal shows.
const FIELDS: usize = 4;

pub async fn run(global: &Global, session: &Session, browse: Browse) -> Result<(), Failure> {
    let held: Vec<BrowseCollection> =
        session.ask(Operation::BackupCollections, json!({"id": browse.id})).await?;
    let wanted = classes(browse.class.as_slice());
    let chosen: Vec<BrowseCollection> = held
        .into_iter()
        .filter(|one| wanted.is_empty() || wanted.contains(&one.class))
        .filter(|one| browse.collection.as_ref().is_none_or(|name| *name == one.name))
        .collect();
    if chosen.is_empty() {
        let asked = browse.collection.as_deref().unwrap_or("a collection of that class");
        return Err(could_not("there is nothing to browse", format!("the backup has no {asked}")));
    }
    let filtered = browse.game.is_some() || browse.player.is_some() || !browse.filters.is_empty();
    if browse.collection.is_none() && !filtered {
        return list(global, &chosen);
    }
    for collection in chosen.iter().filter(|one| one.content != Content::View) {
        // Other fields than their name keys do not have.
        let of_keys = collection.content == Content::Keys && browse.collection.is_none();
        if of_keys && browse.filters.iter().any(|(field, _)| field != "_id") {
            continue;
        }
        documents(global, session, &browse, collection).await?;
    }
    Ok(())
}

fn list(global: &Global, collections: &[BrowseCollection]) -> Result<(), Failure> {
    if global.json {
        return collections.iter().try_for_each(print_json);
    }
    let mut table = Table::new(&[
        ("class", Align::Left),
        ("collection", Align::Left),
        ("documents", Align::Right),
        ("size", Align::Right),
    ]);
    for one in collections {
        let size = bytes(one.bytes);
        table.row([class_name(one.class), one.name.clone(), count(one.documents), size]);
    }
    print!("{}", table.text(Style::of_stdout(), ""));
    Ok(())
}

/// Prints the documents of a collection that fit, as many as were asked for.
async fn documents(
    global: &Global,
    session: &Session,
    browse: &Browse,
    collection: &BrowseCollection,
) -> Result<(), Failure> {
    let filter = |(field, value): &(String, String)| FieldFilter {
        field: field.clone(),
        value: value.clone(),
    };
    let mut request = BrowseRequest {
        backup: browse.id.clone(),
        class: collection.class,
        collection: collection.name.clone(),
        game: browse.game.clone(),
        player: browse.player.clone(),
        filters: browse.filters.iter().map(filter).collect(),
        cursor: None,
        limit: PAGE.min(browse.limit),
        full: global.json,
    };
    let (mut rows, mut scanned, mut left) = (Vec::new(), 0, browse.limit);
    loop {
        let page: BrowsePage = session.ask(Operation::BackupBrowse, &request).await?;
        scanned += page.scanned;
        left = left.saturating_sub(u32::try_from(page.documents.len()).unwrap_or(left));
        if global.json {
            page.documents.iter().try_for_each(|row| print_document(collection, row))?;
        } else {
            rows.extend(page.documents);
        }
        request.cursor = page.cursor;
        request.limit = PAGE.min(left);
        if request.cursor.is_none() || left == 0 {
            break;
        }
    }
    if !global.json {
        let more = request.cursor.is_some();
        print_rows(collection, &rows, scanned, more);
    }
    Ok(())
}

/// One document a line: where it lies, and the document in canonical Extended JSON.
fn print_document(collection: &BrowseCollection, row: &DocumentRow) -> Result<(), Failure> {
    let text = row.json.as_deref().unwrap_or("null");
    let document: Value = serde_json::from_str(text)
        .map_err(|error| could_not("a document cannot be written as JSON", error))?;
    print_json(&json!({
        "class": collection.class,
        "collection": collection.name,
        "id": row.id,
        "document": document,
    }))
}

fn print_rows(collection: &BrowseCollection, rows: &[DocumentRow], scanned: u64, more: bool) {
    let style = Style::of_stdout();
    let class = class_name(collection.class);
    println!("{}  {}", style.strong(&collection.name), style.faint(&class));
    let mut table =
        Table::new(&[("_id", Align::Left), ("size", Align::Right), ("fields", Align::Left)]);
    for row in rows {
        let fields = row.fields.iter().take(FIELDS);
        let fields: Vec<_> = fields.map(|field| format!("{}={}", field.name, field.text)).collect();
        table.row([row.id.clone(), bytes(row.bytes), fields.join("  ")]);
    }
    if !rows.is_empty() {
        print!("{}", table.text(style, "  "));
    }
    let mut line = format!(
        "{} shown, {} of {} documents looked at",
        count(rows.len() as u64),
        count(scanned),
        count(collection.documents),
    );
    if more {
        line.push_str("; --limit shows more");
    }
    println!("  {}", style.faint(&line));
}
