//! `avault game share`: a game as one HTML file that replays it.

use api::Operation;
use api::engine::share::outcome::{Names, ShareRequest, ShareView};
use serde_json::json;

use super::game_diff::language;
use super::{answer, game_place};
use crate::arguments::{self, Global, Share};
use crate::failure::Failure;
use crate::file;
use crate::print::{Style, bytes};

pub async fn run(global: &Global, share: Share) -> Result<(), Failure> {
    let (session, place) = game_place::open(global, share.place).await?;
    let request = ShareRequest {
        id: share.id,
        viewer: share.viewer,
        place,
        language: language(share.language),
        names: match share.names {
            arguments::Names::Keep => Names::Keep,
            arguments::Names::Seats => Names::Seats,
        },
    };
    let viewer = request.viewer.clone();
    let view: ShareView = session.ask(Operation::GameShare, request).await?;
    file::write(&share.out, &view.html, share.force)?;
    let written = json!({ "path": share.out, "bytes": view.html.len(), "viewer": viewer });
    answer(global, &written, |_| {
        let size = bytes(u64::try_from(view.html.len()).unwrap_or(u64::MAX));
        println!("{}  {size}, seen as {viewer}", share.out.display());
        if viewer == "god" {
            println!("{}", Style::of_stdout().attention("it tells every role, vote and card"));
        }
    })
}
