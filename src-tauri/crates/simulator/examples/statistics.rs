//! Prints the statistics of simulated games beside those of real ones: `statistics [games] [seed]`.

use simulator::{SimulatorOptions, played_statistics};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let games = args.next().map_or(Ok(2_000), |text| text.parse())?;
    let seed = args.next().map_or(Ok(1), |text| text.parse())?;
    let options = SimulatorOptions { seed, ..SimulatorOptions::default() };
    println!("{}", played_statistics(&options, games)?);
    Ok(())
}
