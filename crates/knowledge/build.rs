//! Rebuilds when a file of `knowledge/` is added or edited, because the folder is embedded.

fn main() {
    println!("cargo::rerun-if-changed=../../knowledge");
    println!("cargo::rerun-if-changed=build.rs");
}
