//! How fast a check looks at objects and reads them, as `make bench` measures it, without a database.
//!
//! `cargo run --release -p vault --example check_rate -- FOLDER [OBJECTS] [MEGABYTES]`

#[path = "../../../../benches/check.rs"]
mod check;

use std::path::PathBuf;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().map_or_else(|| std::env::temp_dir().join("check"), PathBuf::from);
    let mut number =
        |default| arguments.next().and_then(|text| text.parse().ok()).unwrap_or(default);
    let rates = check::measure(&folder, number(200_000), number(600)).await?;
    println!("structure only: {:.0} objects/s", rates.objects_per_second);
    println!("all bytes against their hashes: {:.0} MB/s of documents", rates.bytes_only);
    println!("all opened and hashed anew: {:.0} MB/s of documents", rates.all_content);
    Ok(())
}
