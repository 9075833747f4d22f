use std::io::Cursor;
use std::process::Command;

use base64::Engine as _;
use consilium_casefile::records::FileFormat::{Docx, Heic, Jpeg, Pdf, Png, Tiff};
use consilium_formats::pages::{
    GrayPage, PageError, Rect, WordPlace, page_gray, page_png, places_of_span, upright, word_places,
};
use consilium_formats::pdf::PdfError;
use image::{ImageFormat, Rgb, RgbImage};

use crate::scans::{FaxPage, faxed, noise, report_page, report_pdf, tiff_of};
use crate::support::{document, line, pdf_of, read};

/// What the small pages of the fax test show.
fn pattern() -> Vec<u8> {
    let ink = |x: u32, y: u32| (x / 5 + y / 3).is_multiple_of(3) || x == y;
    (0..24).flat_map(|y| (0..40).map(move |x| if ink(x, y) { 0 } else { 255 })).collect()
}

/// The pattern as libtiff packs it: compression, T4Options (292) or FillOrder (266), the strip. Its zeros are black.
const PACKED: &[(&str, u16, (u16, u16), &str)] = &[
    (
        "Group 3",
        3,
        (292, 0),
        "ABwJgTDABwJgTDABwJgTDABNYcsCYEABNWOeBMCAAmpjvAmBAATU8CYEwAE1PAmBMABNTwJgTAAcY54EwwAcMd4EwwAcIewJhgAmoTAmBAATUJgTAgAJqEwJgQAE1PDHeBMABNTwh7AmAAmp4MfwJgAOBMCYYAOBMCYYAOBOEwwATUJhD2BAATUJgx/AgAJqEwUdYEA=",
    ),
    (
        "Group 3 in two dimensions",
        3,
        (292, 1),
        "AB4EwJhgAvwAeBMCYYAImsiWEJkAGasc8CYEABWR34AM1PAmBMABfwAZqeBMCYACOOTwhMgA8Md4EwwAVke8AGahMCYEABfgAzUJgTAgAKTwmOXhCYADNTwh7AmAAuyP8AHgTAmGAC/AB4E4TDABE1CHCI8cCAAzUJgx/AgALsjr",
    ),
    (
        "Group 3 with lines that end on a byte",
        3,
        (292, 4),
        "AAHAmBMMAAHAmBMMAAHAmBMMAAE1hywJgQABNWOeBMCAATUx3gTAgAE1PAmBMAABNTwJgTAAATU8CYEwAAHGOeBMMAHDHeBMMAHCHsCYYAE1CYEwIAABNQmBMCAAATUJgTAgAAE1PDHeBMABNTwh7AmAATU8GP4EwAHAmBMMAAHAmBMMAAHAnCYYAAE1CYQ9gQABNQmDH8CAATUJgo6wIA==",
    ),
    (
        "Group 3, bits from the right",
        3,
        (266, 2),
        "ADiQgQwD4EAGMgyAAxnIMACyhtNABgKArMZ5IAMBQFbGPZCBACArD2QgA4CsPJCBDACy8kAGMgA4xnkgwwA4jHsgwwA4hDeQYQBkhQxkIADIChnIQACQFTKQgQAgKw/jHsgAICsP4Q1kAJCVB+MPZABwIAMZBsCBDGQYAAdyyDAAskKG8AYCgKyQwfgDAUBWyKC4BgI=",
    ),
    (
        "modified Huffman",
        2,
        (266, 1),
        "wJgTDMCYEwzAmBMMNYcsCYEANWOeBMCANTHeBMCANTwJgTA1PAmBMDU8CYEwxjngTDDDHeBMMMIewJhgNQmBMCA1CYEwIDUJgTAgNTwx3gTANTwh7AmANTwY/gTAwJgTDMCYEwzAnCYYNQmEPYEANQmDH8CANQmCjrAg",
    ),
    (
        "Group 4",
        4,
        (266, 1),
        "OBDgQ4f/5NZEsITNkc/sjv84EOBP/+ccnhCZsjv7I95NQgMhM//yeExy8ITOyPfsj/OBAyEz/vk1CHCI8cCdkf+yOsAEAEA=",
    ),
    (
        "PackBits",
        32773,
        (266, 1),
        "BAf+D/wfBAf+D/wfBAf+D/wfBO/B/4P/BPfB/4P/BPvB/4P/BPg/8H/gBPg/8H/gBPg/8H/gBAe+D/wfBAfeD/wfBAfuD/wfBP/B/4P/BP/B/4P/BP/B/4P/BPg+8H/gBPg/cH/gBPg/sH/gBAf+D/wfBAf+D/wfBAf+B/wfBP/B+4P/BP/B/YP/BP/B/oP/",
    ),
    (
        "LZW",
        5,
        (266, 1),
        "gAHfwPfgfgUEg0DgrvYL/Qb/e8Nh77iT/fA/eB/cEXjMbjEaA6+hAHb0jd0If8VlMOf8rh74H0di5wjUXWEghUJkb+A8FlL7h8pftBYL+h8B",
    ),
];

fn packed(compression: u16, says: (u16, u16), strip: &str) -> FaxPage {
    let strip = base64::engine::general_purpose::STANDARD.decode(strip).unwrap();
    FaxPage { size: (40, 24), compression, says: vec![(262, 1), says], dpi: (200, 200), strip }
}

#[test]
fn a_fax_of_several_pages_is_drawn_however_each_is_packed() {
    let pages: Vec<FaxPage> = PACKED.iter().map(|(_, kind, says, strip)| packed(*kind, *says, strip)).collect();
    let tiff = tiff_of(&pages);
    assert_eq!(document(&read(&tiff, Tiff)).pages, Some(8));
    for (number, (name, ..)) in (1..).zip(PACKED) {
        let drawn = page_gray(&tiff, Tiff, number).unwrap();
        assert_eq!((drawn.width, drawn.height, drawn.dpi), (40, 24, 200.0), "{name}");
        assert!(drawn.pixels == pattern(), "{name}");
    }
    assert_eq!(page_gray(&tiff, Tiff, 9), Err(PageError::NoSuchPage(9)));
    assert_eq!(page_gray(&tiff, Tiff, 0), Err(PageError::NoSuchPage(0)));
}

#[test]
fn a_fax_whose_zeros_are_white_is_black_on_white_too() {
    let (_, kind, says, strip) = PACKED[6];
    let mut page = packed(kind, says, strip);
    page.says[0] = (262, 0);
    let drawn = page_gray(&tiff_of(&[page]), Tiff, 1).unwrap();
    let reverse: Vec<u8> = pattern().iter().map(|v| 255 - v).collect();
    assert!(drawn.pixels == reverse);
}

#[test]
fn a_fax_of_few_lines_an_inch_is_drawn_as_high_as_it_was() {
    let page = report_page();
    let fax = tiff_of(&[faxed(&crate::scans::resampled(&page, 1.02, 0.49), (204, 98))]);
    let drawn = page_gray(&fax, Tiff, 1).unwrap();
    let ratio = drawn.height as f32 / drawn.width as f32;
    assert!((ratio - 11.0 / 8.5).abs() < 0.01, "{ratio}");
    let png = image::load_from_memory(&page_png(&fax, Tiff, 1, 102.0).unwrap()).unwrap();
    assert!((f64::from(png.width()) - 867.0).abs() < 2.0, "{}", png.width());
}

/// A JPEG of a sheet that is red at its upper left, and says that it lies on its side.
fn sideways_jpeg(orientation: u8) -> Vec<u8> {
    let sheet =
        RgbImage::from_fn(64, 48, |x, y| if x < 16 && y < 16 { Rgb([250, 0, 0]) } else { Rgb([250, 250, 250]) });
    let mut jpeg = Cursor::new(Vec::new());
    sheet.write_to(&mut jpeg, ImageFormat::Jpeg).unwrap();
    let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend_from_slice(&[orientation, 0, 0, 0, 0, 0, 0]);
    let mut out = vec![0xff, 0xd8, 0xff, 0xe1];
    out.extend_from_slice(&(exif.len() as u16 + 2).to_be_bytes());
    out.extend_from_slice(&exif);
    out.extend_from_slice(&jpeg.into_inner()[2..]);
    out
}

#[test]
fn for_print_every_page_stands_upright_and_what_stands_so_already_is_not_written_anew() {
    let as_it_is = sideways_jpeg(1);
    assert!(upright(as_it_is.clone(), Jpeg).unwrap() == [as_it_is]);
    let turned = upright(sideways_jpeg(6), Jpeg).unwrap();
    let picture = image::load_from_memory(&turned[0]).unwrap().into_rgb8();
    assert_eq!(picture.dimensions(), (48, 64));
    assert!(picture.get_pixel(45, 2).0[1] < 60, "the red corner is at the upper right");
    let fax: Vec<FaxPage> = PACKED.iter().map(|(_, kind, says, strip)| packed(*kind, *says, strip)).collect();
    assert_eq!(upright(tiff_of(&fax), Tiff).unwrap().len(), 8, "every page of a fax");
    for bad in [b"".as_slice(), b"\xff\xd8\xff\xe0 not a jpeg", &sideways_jpeg(6)[..80]] {
        assert!(upright(bad.to_vec(), Jpeg).is_err());
    }
    assert_eq!(upright(b"%PDF-1.7".to_vec(), Pdf), Err(PageError::NotDrawable));
}

#[test]
fn a_photograph_is_drawn_upright_as_the_camera_says() {
    for (orientation, corner) in [(1, (2, 2)), (3, (61, 45)), (6, (45, 2)), (8, (2, 61))] {
        let png = page_png(&sideways_jpeg(orientation), Jpeg, 1, 600.0).unwrap();
        let picture = image::load_from_memory(&png).unwrap().into_rgb8();
        let Rgb([red, green, _]) = *picture.get_pixel(corner.0, corner.1);
        assert!(red > 200 && green < 60, "orientation {orientation}");
    }
    assert_eq!(page_gray(&sideways_jpeg(1), Jpeg, 2), Err(PageError::NoSuchPage(2)));
}

#[test]
fn transparent_paper_is_white_and_a_large_photograph_is_made_smaller() {
    let mut png = Cursor::new(Vec::new());
    image::RgbaImage::new(4000, 30).write_to(&mut png, ImageFormat::Png).unwrap();
    let png = png.into_inner();
    let drawn = page_gray(&png, Png, 1).unwrap();
    assert_eq!(drawn.width, 3400);
    assert!(drawn.pixels.iter().all(|v| *v == 255));
    // 11 inches at 100 dots.
    let small = image::load_from_memory(&page_png(&png, Png, 1, 100.0).unwrap()).unwrap();
    assert_eq!(small.width(), 1100);
}

#[test]
fn a_photograph_of_a_telephone_is_drawn_where_its_program_is_installed() {
    let folder = tempfile::tempdir().unwrap();
    let (png, heic) = (folder.path().join("sheet.png"), folder.path().join("sheet.heic"));
    RgbImage::from_fn(320, 200, |x, _| if x < 160 { Rgb([10, 10, 10]) } else { Rgb([240, 240, 240]) })
        .save(&png)
        .unwrap();
    let made = Command::new("heif-enc").arg(&png).arg("-o").arg(&heic).output();
    if !made.is_ok_and(|made| made.status.success()) {
        println!("skipped: heif-enc is not here");
        return;
    }
    let bytes = std::fs::read(&heic).unwrap();
    match page_gray(&bytes, Heic, 1) {
        Ok(drawn) => {
            assert_eq!((drawn.width, drawn.height), (320, 200));
            assert!(drawn.pixels[10] < 40 && drawn.pixels[310] > 200);
        }
        Err(error) => {
            assert_eq!(error, PageError::NeedsHeifConvert);
            assert!(error.to_string().contains("apt-get install libheif-examples"));
            println!("skipped: heif-convert is not here");
        }
    }
    let cut = page_gray(&bytes[..bytes.len() / 2], Heic, 1);
    assert!(matches!(cut, Err(PageError::HeicNotOpened | PageError::NeedsHeifConvert)), "{cut:?}");
}

#[test]
fn a_page_of_a_pdf_is_drawn_for_reading_at_200_dots_an_inch_and_a_huge_one_at_fewer() {
    let drawn = report_page();
    assert_eq!((drawn.width, drawn.height, drawn.dpi), (1700, 2200, 200.0));
    let huge = String::from_utf8(pdf_of(&[&line(72.0, 700.0, "Poster")], 0, "")).unwrap();
    let huge = huge.replace("[0 0 612 792]", "[0 0 3000 9000]");
    let drawn = page_gray(huge.as_bytes(), Pdf, 1).unwrap();
    assert!(drawn.height <= 3400 && drawn.height > 3300, "{drawn:?}");
}

#[test]
fn words_of_a_pdf_have_places_that_fit_its_stored_text_and_its_picture() {
    let pdf = report_pdf(11.0);
    let text: Vec<char> = document(&read(&pdf, Pdf)).text[0].chars().collect();
    let places = word_places(&pdf, Pdf, 1).unwrap();
    assert!(places.len() > 150);
    let start = text.iter().collect::<String>().find("pT1c").unwrap();
    let rects = places_of_span(&places, start, start + "pT1c pN1a".len());
    assert_eq!(rects.len(), 1, "one line is one rectangle");
    let page = report_page();
    assert!(ink(&page, &rects[0]) > 0.1, "the rectangle holds letters");
    // The row of white just above and below it.
    let above = Rect { y0: rects[0].y0 - 0.003, y1: rects[0].y0 - 0.001, ..rects[0] };
    assert!(ink(&page, &above) < 0.01);
    assert_eq!(word_places(b"{\\rtf1 x}", Docx, 1), Ok(Vec::new()));
    assert_eq!(word_places(&pdf, Pdf, 2), Err(PageError::Pdf(PdfError::NoSuchPage(2))));
}

/// The part of a rectangle that is dark.
pub fn ink(page: &GrayPage, rect: &Rect) -> f32 {
    let (w, h) = (page.width as f32, page.height as f32);
    let (columns, rows) =
        ((rect.x0 * w) as usize..(rect.x1 * w) as usize, (rect.y0 * h) as usize..(rect.y1 * h) as usize);
    let mut dark = 0;
    for y in rows.clone() {
        dark += columns.clone().filter(|x| page.pixels[y * page.width as usize + x] < 128).count();
    }
    dark as f32 / (rows.len() * columns.len()).max(1) as f32
}

#[test]
fn a_span_is_marked_line_by_line() {
    let word = |start, end, x0, y0, x1, y1| WordPlace { start, end, x0, y0, x1, y1 };
    let words = [
        word(0, 5, 0.1, 0.1, 0.2, 0.12),
        word(6, 9, 0.22, 0.101, 0.3, 0.121),
        word(10, 14, 0.1, 0.13, 0.2, 0.15),
        // A line that climbs: joined, it would cover its neighbours.
        word(15, 17, 0.1, 0.2, 0.2, 0.22),
        word(18, 20, 0.22, 0.208, 0.3, 0.228),
        word(21, 23, 0.32, 0.216, 0.4, 0.236),
        word(24, 26, f32::NAN, -3.0, 9.0, f32::INFINITY),
    ];
    let rect = |x0, y0, x1, y1| Rect { x0, y0, x1, y1 };
    assert_eq!(places_of_span(&words, 2, 8), [rect(0.1, 0.1, 0.3, 0.121)]);
    assert_eq!(places_of_span(&words, 8, 11), [rect(0.22, 0.101, 0.3, 0.121), rect(0.1, 0.13, 0.2, 0.15)]);
    assert_eq!(places_of_span(&words, 15, 23), [rect(0.1, 0.2, 0.3, 0.228), rect(0.32, 0.216, 0.4, 0.236)]);
    assert_eq!(places_of_span(&words, 5, 6), [], "a blank is no word");
    assert_eq!(places_of_span(&words, 8, 3), []);
    assert_eq!(places_of_span(&words, 100, usize::MAX), []);
    assert_eq!(places_of_span(&words, 24, 25), [rect(0.0, 0.0, 1.0, 0.0)]);
    assert_eq!(places_of_span(&[], 0, 5), []);
}

#[test]
fn what_cannot_be_drawn_says_why_in_one_sentence() {
    let (_, _, says, strip) = PACKED[5];
    let old = |compression| page_gray(&tiff_of(&[packed(compression, says, strip)]), Tiff, 1).unwrap_err();
    assert!(matches!(old(6), PageError::Unsupported(_)));
    assert!(matches!(old(34661), PageError::Unsupported(_)));
    assert!(old(6).to_string().contains("JPEG of the old kind"), "{}", old(6));
    assert_eq!(page_png(b"PK", Docx, 1, 100.0), Err(PageError::NotDrawable));
    assert_eq!(page_gray(b"%PDF-1.4 nothing", Pdf, 1), Err(PageError::Pdf(PdfError::Damaged)));
    for format in [Jpeg, Png, Tiff] {
        assert_eq!(page_gray(b"", format, 1), Err(PageError::Damaged), "{format:?}");
    }
}

#[test]
fn a_picture_that_claims_too_many_pixels_or_none_is_refused_before_memory_is_taken() {
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    png.extend_from_slice(&60_000_u32.to_be_bytes());
    png.extend_from_slice(&60_000_u32.to_be_bytes());
    png.extend_from_slice(&[8, 2, 0, 0, 0, 0, 0, 0, 0]);
    assert!(matches!(page_gray(&png, Png, 1), Err(PageError::Damaged | PageError::TooLarge { .. })));
    let (_, _, says, strip) = PACKED[5];
    let sized =
        |size, compression| page_gray(&tiff_of(&[FaxPage { size, ..packed(compression, says, strip) }]), Tiff, 1);
    assert_eq!(sized((100_000, 100_000), 4), Err(PageError::TooLarge { width: 100_000, height: 100_000 }));
    assert_eq!(sized((u32::MAX, u32::MAX), 4), Err(PageError::TooLarge { width: u32::MAX, height: u32::MAX }));
    assert_eq!(sized((0, 24), 4), Err(PageError::Damaged));
    assert_eq!(sized((40, 0), 3), Err(PageError::Damaged));
    assert!(sized((60_000, 60_000), 1).is_err());
    // Two wide pixels an inch, a thousand high: stretching would take too much.
    let narrow = FaxPage { dpi: (2400, 500), size: (40, 70_000), ..packed(4, says, strip) };
    let _ = page_gray(&tiff_of(&[narrow]), Tiff, 1);
}

#[test]
fn damage_anywhere_in_a_picture_costs_only_this_picture() {
    let pages: Vec<FaxPage> = PACKED.iter().map(|(_, kind, says, strip)| packed(*kind, *says, strip)).collect();
    let tiff = tiff_of(&pages);
    let mut png = Cursor::new(Vec::new());
    RgbImage::from_pixel(60, 40, Rgb([9, 200, 40])).write_to(&mut png, ImageFormat::Png).unwrap();
    let (png, jpeg) = (png.into_inner(), sideways_jpeg(6));
    for (bytes, format) in [(&tiff, Tiff), (&png, Png), (&jpeg, Jpeg)] {
        for cut in (0..bytes.len()).step_by(5) {
            for page in [1, 2, 7] {
                let _ = page_gray(&bytes[..cut], format, page);
            }
        }
        for at in 0..bytes.len() as u32 {
            let mut changed = bytes.clone();
            changed[at as usize] ^= (noise(at, 7) * 255.0) as u8 | 1;
            for page in [1, 4] {
                let _ = page_gray(&changed, format, page);
            }
        }
    }
}
