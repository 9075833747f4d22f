//! ZIP archives written byte by byte, so that they can lie.

use std::io::Write;

/// One entry as its headers state it.
#[derive(Debug, Clone)]
pub struct Entry {
    pub name: Vec<u8>,
    /// Bytes as they stand in the archive.
    pub packed: Vec<u8>,
    pub stated_size: u32,
    pub crc: u32,
    /// 0 stored, 8 deflated.
    pub method: u16,
    pub flags: u16,
    /// Unix mode in the upper half.
    pub attributes: u32,
}

pub fn stored(name: &str, bytes: &[u8]) -> Entry {
    Entry {
        name: name.as_bytes().to_vec(),
        packed: bytes.to_vec(),
        stated_size: bytes.len() as u32,
        crc: crc(bytes),
        method: 0,
        flags: 0,
        attributes: 0o100_644 << 16,
    }
}

pub fn deflated(name: &str, bytes: &[u8]) -> Entry {
    let mut packer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(bytes).unwrap();
    Entry { packed: packer.finish().unwrap(), method: 8, ..stored(name, bytes) }
}

pub fn crc(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// The archive, entries in the order given.
pub fn zip(entries: &[Entry]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut directory = Vec::new();
    for entry in entries {
        let at = bytes.len() as u32;
        local(&mut bytes, entry);
        central(&mut directory, entry, at);
    }
    finish(bytes, &directory, entries.len())
}

/// An archive whose entries all point at the same bytes.
pub fn overlapping(entry: &Entry, times: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    local(&mut bytes, entry);
    let mut directory = Vec::new();
    for i in 0..times {
        central(&mut directory, &Entry { name: format!("{i:05}").into_bytes(), ..entry.clone() }, 0);
    }
    finish(bytes, &directory, times)
}

fn finish(mut bytes: Vec<u8>, directory: &[u8], count: usize) -> Vec<u8> {
    let start = bytes.len() as u32;
    bytes.extend(directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend((count as u16).to_le_bytes());
    bytes.extend((count as u16).to_le_bytes());
    bytes.extend((directory.len() as u32).to_le_bytes());
    bytes.extend(start.to_le_bytes());
    bytes.extend([0, 0]);
    bytes
}

fn local(into: &mut Vec<u8>, entry: &Entry) {
    into.extend(b"PK\x03\x04\x14\0");
    common(into, entry);
    into.extend([0, 0]);
    into.extend(&entry.name);
    into.extend(&entry.packed);
}

fn central(into: &mut Vec<u8>, entry: &Entry, at: u32) {
    into.extend(b"PK\x01\x02\x14\x03\x14\0");
    common(into, entry);
    into.extend([0; 8]);
    into.extend(entry.attributes.to_le_bytes());
    into.extend(at.to_le_bytes());
    into.extend(&entry.name);
}

fn common(into: &mut Vec<u8>, entry: &Entry) {
    into.extend(entry.flags.to_le_bytes());
    into.extend(entry.method.to_le_bytes());
    into.extend([0, 0, 0x21, 0x5A]);
    into.extend(entry.crc.to_le_bytes());
    into.extend((entry.packed.len() as u32).to_le_bytes());
    into.extend(entry.stated_size.to_le_bytes());
    into.extend((entry.name.len() as u16).to_le_bytes());
}
