//! Writes the shoebox of a date into a folder: `cargo run -p consilium-demo --example shoebox -- FOLDER 2026-11-21`,
//! or a large disc: `... -- FOLDER 2026-11-21 2000`.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(folder), Some(today)) = (arguments.next(), arguments.next()) else {
        return Err("say a folder and a date such as 2026-11-21".into());
    };
    let (folder, today) = (std::path::Path::new(&folder), today.parse()?);
    match arguments.next() {
        Some(slices) => consilium_demo::write_disc(folder, slices.parse()?, today).map(|_| ())?,
        None => consilium_demo::write_shoebox(folder, today).map(|_| ())?,
    }
    Ok(())
}
