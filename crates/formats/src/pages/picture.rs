//! Decodes photographs and scans under limits: upright as the camera says, square pixels, transparent parts white.

use std::io::Cursor;

use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, RgbImage};

use super::{Drawn, PageError, as_f32, fax};
use crate::picture::MOST_PIXELS;
use crate::tiff::Tiff;

const COMPRESSION: u16 = 259;
const ORIENTATION: u16 = 274;
const X_RESOLUTION: u16 = 282;
const Y_RESOLUTION: u16 = 283;
const RESOLUTION_UNIT: u16 = 296;
const CENTIMETRE: u32 = 3;

/// The picture of a file that holds one, upright.
pub(super) fn decoded(bytes: &[u8], format: ImageFormat) -> Result<DynamicImage, PageError> {
    let mut decoder = decoder(bytes, format)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = on_white(read(decoder)?);
    picture.apply_orientation(orientation);
    Ok(picture)
}

/// Whether a file's picture stands upright as it is.
pub(super) fn is_upright(bytes: &[u8], format: ImageFormat) -> Result<bool, PageError> {
    Ok(decoder(bytes, format)?.orientation().unwrap_or(Orientation::NoTransforms) == Orientation::NoTransforms)
}

/// The picture of a file that holds one; what the file says about its orientation is not looked at.
pub(super) fn decoded_as_it_lies(bytes: &[u8], format: ImageFormat) -> Result<DynamicImage, PageError> {
    Ok(on_white(read(decoder(bytes, format)?)?))
}

fn read(decoder: impl ImageDecoder) -> Result<DynamicImage, PageError> {
    let (width, height) = decoder.dimensions();
    DynamicImage::from_decoder(decoder).map_err(|error| match error {
        ImageError::Limits(_) => PageError::TooLarge { width, height },
        error => why(error),
    })
}

fn decoder(bytes: &[u8], format: ImageFormat) -> Result<impl ImageDecoder + '_, PageError> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = image::Limits::default();
    limits.max_alloc = Some(MOST_PIXELS * 8);
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(why)?;
    let (width, height) = decoder.dimensions();
    within_limits(width, height)?;
    Ok(decoder)
}

/// A page of a TIFF, counted from 1.
pub(super) fn of_tiff(bytes: &[u8], page: u32) -> Result<Drawn, PageError> {
    let Some(tiff) = Tiff::new(bytes) else {
        // A TIFF beyond 4 GB has another structure, which is read as far as its first page.
        return match page {
            1 => decoded(bytes, ImageFormat::Tiff).map(Drawn::of_unknown_size),
            _ => Err(PageError::NoSuchPage(page)),
        };
    };
    let index = usize::try_from(page).ok().and_then(|page| page.checked_sub(1));
    let directories = tiff.directories();
    if directories.is_empty() {
        return Err(PageError::Damaged);
    }
    let directory = index.and_then(|index| directories.get(index)).copied().ok_or(PageError::NoSuchPage(page))?;
    let mut picture = match tiff.number(directory, COMPRESSION).unwrap_or(1) {
        2..=4 => DynamicImage::ImageLuma8(fax::decoded(&tiff, directory)?),
        6 => return Err(PageError::Unsupported("TIFF with JPEG of the old kind")),
        34661 => return Err(PageError::Unsupported("TIFF with JBIG")),
        34712 => return Err(PageError::Unsupported("TIFF with JPEG 2000")),
        _ => {
            let own = tiff.beginning_with(directory).ok_or(PageError::Damaged)?;
            decoded_as_it_lies(&own, ImageFormat::Tiff)?
        }
    };
    let resolution = resolution(&tiff, directory);
    if let Some((x, y)) = resolution {
        picture = squared(picture, x, y)?;
    }
    let orientation = tiff.number(directory, ORIENTATION).and_then(|value| u8::try_from(value).ok());
    picture.apply_orientation(orientation.and_then(Orientation::from_exif).unwrap_or(Orientation::NoTransforms));
    Ok(match resolution {
        Some((x, y)) => Drawn { picture, dpi: x.max(y) },
        None => Drawn::of_unknown_size(picture),
    })
}

/// Dots an inch across and down, where the file states some that can be true.
fn resolution(tiff: &Tiff<'_>, directory: usize) -> Option<(f32, f32)> {
    let centimetres = tiff.number(directory, RESOLUTION_UNIT) == Some(CENTIMETRE);
    let inch = if centimetres { 2.54 } else { 1.0 };
    #[expect(clippy::cast_possible_truncation, reason = "a resolution is a small number")]
    let stated = |tag| tiff.rational(directory, tag).map(|value| (value * inch) as f32);
    let (x, y) = (stated(X_RESOLUTION)?, stated(Y_RESOLUTION)?);
    // 72 is what programs write that do not know.
    let credible = |dots: f32| dots.is_finite() && (90.0..=2400.0).contains(&dots);
    (credible(x) && credible(y)).then_some((x, y))
}

/// Stretched so that a pixel is as wide as it is high: a fax has 204 dots an inch across and 98 or 196 down.
fn squared(picture: DynamicImage, x: f32, y: f32) -> Result<DynamicImage, PageError> {
    if (x / y - 1.0).abs() < 0.02 || !(0.2..=5.0).contains(&(x / y)) {
        return Ok(picture);
    }
    let (width, height) = (picture.width(), picture.height());
    let longer = |side: u32, by: f32| pixels(as_f32(side) * by.max(1.0));
    let (wide, high) = (longer(width, y / x), longer(height, x / y));
    within_limits(wide, high)?;
    Ok(picture.resize_exact(wide, high, FilterType::CatmullRom))
}

/// Made smaller; a scale of 1 or more changes nothing.
pub(super) fn scaled(picture: DynamicImage, scale: f32) -> DynamicImage {
    if !scale.is_finite() || scale >= 0.999 {
        return picture;
    }
    let (width, height) = (picture.width(), picture.height());
    picture.resize_exact(pixels(as_f32(width) * scale), pixels(as_f32(height) * scale), FilterType::Triangle)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what fits")]
fn pixels(side: f32) -> u32 {
    side.round().clamp(1.0, 100_000.0) as u32
}

/// Refuses what would take too much memory.
pub(super) fn within_limits(width: u32, height: u32) -> Result<(), PageError> {
    match u64::from(width) * u64::from(height) {
        0 => Err(PageError::Damaged),
        pixels if pixels > MOST_PIXELS => Err(PageError::TooLarge { width, height }),
        _ => Ok(()),
    }
}

fn why(error: ImageError) -> PageError {
    match error {
        ImageError::Unsupported(_) => PageError::Unsupported("colours or compression seldom seen"),
        _ => PageError::Damaged,
    }
}

/// Transparent parts of a picture become white paper; 8 bits a channel, grey or RGB.
fn on_white(picture: DynamicImage) -> DynamicImage {
    if !picture.color().has_alpha() {
        return match picture {
            grey @ (DynamicImage::ImageLuma8(_) | DynamicImage::ImageLuma16(_)) => {
                DynamicImage::ImageLuma8(grey.into_luma8())
            }
            other => DynamicImage::ImageRgb8(other.into_rgb8()),
        };
    }
    let rgba = picture.into_rgba8();
    let mix = |value: u8, alpha: u8| {
        let mixed = (u32::from(value) * u32::from(alpha) + 255 * (255 - u32::from(alpha))) / 255;
        u8::try_from(mixed).unwrap_or(255)
    };
    let (width, height) = rgba.dimensions();
    let rgb = RgbImage::from_fn(width, height, |x, y| {
        let image::Rgba([r, g, b, a]) = *rgba.get_pixel(x, y);
        image::Rgb([mix(r, a), mix(g, a), mix(b, a)])
    });
    DynamicImage::ImageRgb8(rgb)
}
