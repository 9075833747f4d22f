//! Pictures of nobody: bodies made of ellipses and noise, for CT, PET, MR, mammography and a chest film.
//!
//! Pixels only, as floating point values in the unit of the modality. Coordinates are DICOM patient coordinates in
//! millimetres: x to the patient's left, y to the back, z to the head. Headers are made in `dicom_files`.

/// A repeatable noise: the same seed and place give the same value on every machine.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Noise(pub u64);

impl Noise {
    /// Uniform in 0..1 at a place.
    pub(crate) fn at(self, x: i64, y: i64) -> f32 {
        let mut n =
            self.0 ^ (x as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (y as u64).wrapping_mul(0xC2B2_AE3D_27D4_EB4F);
        n = (n ^ (n >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        n = (n ^ (n >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((n ^ (n >> 31)) >> 40) as f32 / (1_u64 << 24) as f32
    }

    /// Roughly normal, mean 0, standard deviation 1.
    fn bell(self, x: i64, y: i64) -> f32 {
        let sum = self.at(x, y) + self.at(x + 7919, y) + self.at(x, y + 104_729);
        (sum - 1.5) * 2.0
    }

    /// Smooth clouds in 0..1: several octaves of interpolated noise, the largest `size` pixels wide.
    fn clouds(self, x: f32, y: f32, size: f32, octaves: u32) -> f32 {
        let (mut sum, mut weight, mut scale) = (0.0, 0.5, size);
        for octave in 0..octaves {
            sum += weight * Self(self.0.wrapping_add(u64::from(octave))).smooth(x / scale, y / scale);
            weight *= 0.5;
            scale *= 0.5;
        }
        sum / (1.0 - 2.0 * weight * 0.5).max(0.5)
    }

    fn smooth(self, x: f32, y: f32) -> f32 {
        let (ix, iy) = (x.floor(), y.floor());
        let ease = |t: f32| t * t * (3.0 - 2.0 * t);
        let (fx, fy) = (ease(x - ix), ease(y - iy));
        let (ix, iy) = (ix as i64, iy as i64);
        let top = self.at(ix, iy) * (1.0 - fx) + self.at(ix + 1, iy) * fx;
        let bottom = self.at(ix, iy + 1) * (1.0 - fx) + self.at(ix + 1, iy + 1) * fx;
        top * (1.0 - fy) + bottom * fy
    }
}

/// An ellipse in a slice: centre and radii in mm, turned by `turn` radians.
#[derive(Debug, Clone, Copy)]
struct Ellipse {
    x: f32,
    y: f32,
    rx: f32,
    ry: f32,
    turn: f32,
}

/// A solid with one value.
#[derive(Debug, Clone)]
struct Solid {
    form: Form,
    value: f32,
}

#[derive(Debug, Clone)]
enum Form {
    /// Centre and radii.
    Ellipsoid([f32; 3], [f32; 3]),
    /// Cross-sections `(z, x, y, rx, ry)` by rising z, joined straight.
    Tube(Vec<[f32; 5]>),
}

impl Solid {
    fn section(&self, z: f32) -> Option<Ellipse> {
        match &self.form {
            Form::Ellipsoid([x, y, cz], [rx, ry, rz]) => {
                let h = 1.0 - ((z - cz) / rz).powi(2);
                (h > 0.0).then(|| Ellipse { x: *x, y: *y, rx: rx * h.sqrt(), ry: ry * h.sqrt(), turn: 0.0 })
            }
            Form::Tube(keys) => keys.windows(2).find_map(|pair| {
                let [[z0, x0, y0, rx0, ry0], [z1, x1, y1, rx1, ry1]] = pair else { return None };
                let t = (z - z0) / (z1 - z0);
                let mix = |a: &f32, b: &f32| a + (b - a) * t;
                (0.0..=1.0).contains(&t).then(|| Ellipse {
                    x: mix(x0, x1),
                    y: mix(y0, y1),
                    rx: mix(rx0, rx1),
                    ry: mix(ry0, ry1),
                    turn: 0.0,
                })
            }),
        }
    }
}

fn ball(x: f32, y: f32, z: f32, rx: f32, ry: f32, rz: f32, value: f32) -> Solid {
    Solid { form: Form::Ellipsoid([x, y, z], [rx, ry, rz]), value }
}

fn tube(keys: &[[f32; 5]], value: f32) -> Solid {
    Solid { form: Form::Tube(keys.to_vec()), value }
}

/// A picture: `rows * columns` values, rows first.
#[derive(Debug, Clone)]
pub(crate) struct Picture {
    pub rows: u32,
    pub columns: u32,
    pub values: Vec<f32>,
}

impl Picture {
    fn filled(rows: u32, columns: u32, value: f32) -> Self {
        Self { rows, columns, values: vec![value; rows as usize * columns as usize] }
    }

    /// Paints an ellipse with soft edges; `spacing` mm a pixel, the picture's middle is (0, 0).
    fn paint(&mut self, e: Ellipse, spacing: f32, value: f32) {
        if e.rx < 0.3 || e.ry < 0.3 {
            return;
        }
        let reach = e.rx.max(e.ry) + spacing;
        let (half_w, half_h) = (self.columns as f32 / 2.0, self.rows as f32 / 2.0);
        let bound = |v: f32, max: u32| v.clamp(0.0, max as f32) as usize;
        let (x0, x1) = (
            bound((e.x - reach) / spacing + half_w, self.columns),
            bound((e.x + reach) / spacing + half_w + 1.0, self.columns),
        );
        let (y0, y1) = (
            bound((e.y - reach) / spacing + half_h, self.rows),
            bound((e.y + reach) / spacing + half_h + 1.0, self.rows),
        );
        let (sin, cos) = e.turn.sin_cos();
        let edge = spacing / e.rx.min(e.ry);
        let columns = self.columns as usize;
        for row in y0..y1 {
            let y = (row as f32 + 0.5 - half_h) * spacing - e.y;
            let Some(line) = self.values.get_mut(row * columns + x0..row * columns + x1) else { continue };
            for (i, pixel) in line.iter_mut().enumerate() {
                let x = ((x0 + i) as f32 + 0.5 - half_w) * spacing - e.x;
                let r = (((x * cos + y * sin) / e.rx).powi(2) + ((y * cos - x * sin) / e.ry).powi(2)).sqrt();
                let inside = ((1.0 - r) / edge + 0.5).clamp(0.0, 1.0);
                *pixel += (value - *pixel) * inside;
            }
        }
    }

    fn add_noise(&mut self, noise: Noise, deviation: f32) {
        let columns = self.columns as usize;
        for (row, line) in self.values.chunks_mut(columns).enumerate() {
            for (column, pixel) in line.iter_mut().enumerate() {
                *pixel += deviation * noise.bell(column as i64, row as i64);
            }
        }
    }

    /// Averages over `2 * reach + 1` pixels each way.
    fn blur(&mut self, reach: usize) {
        let (w, h) = (self.columns as usize, self.rows as usize);
        for step in [(w, 1, h, w), (h, w, w, 1)] {
            let (length, stride, lines, next) = step;
            let source = self.values.clone();
            for line in 0..lines {
                for i in 0..length {
                    let (from, to) = (i.saturating_sub(reach), (i + reach).min(length - 1));
                    let sum: f32 = (from..=to).filter_map(|j| source.get(line * next + j * stride)).sum();
                    if let Some(pixel) = self.values.get_mut(line * next + i * stride) {
                        *pixel = sum / (to - from + 1) as f32;
                    }
                }
            }
        }
    }

    /// As unsigned 16-bit little endian after `(value - intercept) / slope`, cut at `max`.
    pub(crate) fn stored(&self, intercept: f32, slope: f32, max: u16) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.values.len() * 2);
        for value in &self.values {
            let stored = ((value - intercept) / slope).round().clamp(0.0, f32::from(max)) as u16;
            bytes.extend_from_slice(&stored.to_le_bytes());
        }
        bytes
    }
}

/// What a body phantom shows at a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tracer {
    /// Hounsfield units, with contrast medium.
    Ct,
    /// Standardised uptake of FDG.
    Pet,
}

/// A body from the bottom of the pelvis (z = 0) to the top of the lungs (z = 600 mm).
#[derive(Debug, Clone)]
pub(crate) struct Body {
    solids: Vec<Solid>,
    tracer: Tracer,
    outline: Solid,
}

impl Body {
    /// A body; `woman` has breasts, the left one with a mass.
    pub(crate) fn new(tracer: Tracer, woman: bool) -> Self {
        let pick = |ct: f32, pet: f32| if tracer == Tracer::Ct { ct } else { pet };
        let wide = if woman { 1.0 } else { 1.09 };
        let keys: Vec<[f32; 5]> = [
            [-10.0, 0.0, 0.0, 168.0, 108.0],
            [90.0, 0.0, 0.0, 178.0, 112.0],
            [220.0, 0.0, 0.0, 150.0, 104.0],
            [340.0, 0.0, 0.0, 156.0, 108.0],
            [500.0, 0.0, 0.0, 164.0, 104.0],
            [570.0, 0.0, 5.0, 188.0, 88.0],
            [620.0, 0.0, 5.0, 150.0, 76.0],
        ]
        .iter()
        .map(|[z, x, y, rx, ry]| [*z, *x, *y, rx * wide, ry * wide])
        .collect();
        let shrunk = |by: f32| keys.iter().map(|[z, x, y, rx, ry]| [*z, *x, *y, rx - by, ry - by]).collect::<Vec<_>>();
        let outline = Solid { form: Form::Tube(keys.clone()), value: pick(-105.0, 0.35) };
        let mut solids = Vec::new();
        if tracer == Tracer::Ct {
            solids.push(tube(&[[-20.0, 0.0, 134.0, 205.0, 5.0], [640.0, 0.0, 134.0, 205.0, 5.0]], -350.0));
        }
        if woman {
            for x in [-78.0, 78.0] {
                solids.push(ball(x, -92.0, 405.0, 64.0, 56.0, 62.0, pick(-100.0, 0.4)));
                solids.push(ball(x * 1.05, -112.0, 405.0, 34.0, 28.0, 36.0, pick(25.0, 0.9)));
                solids.push(ball(x * 0.9, -120.0, 392.0, 22.0, 16.0, 22.0, pick(-70.0, 0.5)));
            }
            solids.push(ball(98.0, -114.0, 420.0, 12.0, 10.0, 11.5, pick(85.0, 8.2)));
        }
        solids.push(outline.clone());
        solids.push(Solid { form: Form::Tube(shrunk(if woman { 17.0 } else { 14.0 })), value: pick(52.0, 0.7) });
        // Cavities: fat around the organs of the belly, then everything that lies in it.
        solids.push(tube(
            &[
                [10.0, 0.0, -8.0, 98.0, 70.0],
                [120.0, 0.0, -12.0, 118.0, 70.0],
                [230.0, 0.0, -10.0, 118.0, 76.0],
                [350.0, 0.0, -6.0, 124.0, 80.0],
            ],
            pick(-95.0, 0.4),
        ));
        solids.push(ball(-74.0, -4.0, 448.0, 58.0, 76.0, 132.0, pick(-850.0, 0.3)));
        solids.push(ball(76.0, -2.0, 452.0, 54.0, 74.0, 134.0, pick(-850.0, 0.3)));
        for (x, y, z, r) in [
            (-80.0, 20.0, 430.0, 5.0),
            (-62.0, -20.0, 470.0, 4.0),
            (82.0, 25.0, 440.0, 5.0),
            (70.0, -18.0, 480.0, 4.0),
            (-95.0, 5.0, 400.0, 3.5),
            (96.0, 4.0, 415.0, 3.5),
        ] {
            solids.push(ball(x, y, z, r, r, 46.0, pick(35.0, 0.8)));
        }
        solids.push(tube(
            &[[330.0, 0.0, -4.0, 26.0, 52.0], [480.0, 0.0, 0.0, 30.0, 58.0], [600.0, 0.0, 5.0, 40.0, 40.0]],
            pick(38.0, 0.9),
        ));
        solids.push(ball(24.0, -24.0, 392.0, 54.0, 44.0, 52.0, pick(95.0, 2.9)));
        solids.push(ball(32.0, -18.0, 392.0, 26.0, 22.0, 32.0, pick(170.0, 1.4)));
        solids.push(ball(-4.0, -34.0, 400.0, 20.0, 20.0, 30.0, pick(160.0, 1.4)));
        solids.push(ball(-64.0, -8.0, 300.0, 74.0, 74.0, 74.0, pick(112.0, 2.3)));
        solids.push(ball(-2.0, -38.0, 318.0, 60.0, 30.0, 34.0, pick(112.0, 2.3)));
        solids.push(ball(88.0, 30.0, 318.0, 30.0, 42.0, 46.0, pick(125.0, 1.9)));
        solids.push(ball(52.0, -34.0, 296.0, 42.0, 34.0, 40.0, pick(28.0, 1.2)));
        solids.push(ball(54.0, -52.0, 300.0, 24.0, 12.0, 20.0, pick(-900.0, 0.4)));
        solids.push(ball(-30.0, -30.0, 272.0, 18.0, 24.0, 22.0, pick(12.0, 0.8)));
        for side in [-1.0, 1.0] {
            solids.push(ball(66.0 * side, 40.0, 238.0, 28.0, 30.0, 54.0, pick(185.0, 3.4)));
            solids.push(ball(58.0 * side, 36.0, 238.0, 11.0, 14.0, 24.0, pick(20.0, 9.0)));
            solids.push(tube(
                &[
                    [80.0, 62.0 * side, 30.0, 16.0, 20.0],
                    [180.0, 42.0 * side, 46.0, 20.0, 24.0],
                    [300.0, 28.0 * side, 56.0, 9.0, 12.0],
                ],
                pick(58.0, 0.7),
            ));
            solids.push(tube(
                &[
                    [30.0, 112.0 * side, 18.0, 20.0, 34.0],
                    [80.0, 108.0 * side, 28.0, 9.0, 44.0],
                    [165.0, 112.0 * side, 24.0, 6.0, 50.0],
                ],
                pick(330.0, 1.0),
            ));
            solids.push(ball(100.0 * side, 4.0, 34.0, 25.0, 25.0, 25.0, pick(390.0, 1.0)));
            solids.push(tube(
                &[[-10.0, 122.0 * side, 6.0, 20.0, 20.0], [20.0, 108.0 * side, 4.0, 18.0, 18.0]],
                pick(420.0, 0.9),
            ));
            solids.push(tube(
                &[[470.0, 92.0 * side, 70.0, 32.0, 5.0], [560.0, 112.0 * side, 56.0, 26.0, 5.0]],
                pick(280.0, 0.9),
            ));
            solids.push(ball(160.0 * side, 8.0, 585.0, 24.0, 24.0, 26.0, pick(360.0, 0.9)));
        }
        for (x, y, z, air) in [
            (-50.0, -40.0, 190.0, true),
            (-15.0, -46.0, 170.0, false),
            (28.0, -42.0, 200.0, false),
            (60.0, -36.0, 160.0, true),
            (5.0, -30.0, 215.0, false),
            (-68.0, -10.0, 150.0, false),
            (76.0, -6.0, 190.0, true),
            (30.0, -20.0, 140.0, false),
            (-30.0, -26.0, 130.0, true),
            (22.0, -46.0, 250.0, false),
            (70.0, -30.0, 240.0, true),
            (2.0, -20.0, 238.0, false),
            (40.0, -8.0, 255.0, false),
            (-40.0, -46.0, 232.0, false),
            (92.0, 4.0, 262.0, true),
            (30.0, -52.0, 220.0, true),
            (-100.0, 2.0, 185.0, true),
            (100.0, 0.0, 215.0, false),
        ] {
            solids.push(ball(x, y, z, 21.0, 19.0, 26.0, pick(45.0, 1.4)));
            solids.push(ball(x, y - 3.0, z, 15.0, 12.0, 19.0, pick(if air { -820.0 } else { 15.0 }, 1.0)));
        }
        solids.push(ball(0.0, -18.0, 56.0, 44.0, 38.0, 34.0, pick(6.0, 16.0)));
        if woman {
            solids.push(ball(4.0, 24.0, 88.0, 34.0, 22.0, 28.0, pick(85.0, 1.2)));
        }
        solids.push(ball(0.0, 62.0, 66.0, 18.0, 16.0, 50.0, pick(25.0, 1.1)));
        solids.push(tube(
            &[
                [140.0, 4.0, 40.0, 9.0, 9.0],
                [200.0, 8.0, 40.0, 10.0, 10.0],
                [440.0, 18.0, 44.0, 13.0, 13.0],
                [490.0, 16.0, 34.0, 16.0, 20.0],
            ],
            pick(178.0, 1.5),
        ));
        solids.push(tube(&[[140.0, -18.0, 40.0, 11.0, 9.0], [350.0, -20.0, 28.0, 13.0, 11.0]], pick(150.0, 1.4)));
        solids.push(ball(8.0, 0.0, 492.0, 15.0, 36.0, 12.0, pick(178.0, 1.5)));
        solids.push(tube(
            &[[460.0, 0.0, 14.0, 9.0, 8.0], [640.0, 0.0, 2.0, 9.0, 8.0]],
            -1000.0_f32.max(pick(-1000.0, 0.3)),
        ));
        solids.push(tube(
            &[[-10.0, 0.0, 88.0, 40.0, 12.0], [60.0, 0.0, 84.0, 44.0, 16.0], [130.0, 0.0, 72.0, 24.0, 18.0]],
            pick(240.0, 1.1),
        ));
        solids.push(tube(
            &[[130.0, 0.0, 66.0, 25.0, 19.0], [350.0, 0.0, 68.0, 21.0, 17.0], [640.0, 0.0, 52.0, 17.0, 14.0]],
            pick(215.0, 1.5),
        ));
        solids.push(tube(
            &[[130.0, 0.0, 92.0, 11.0, 9.0], [350.0, 0.0, 91.0, 9.0, 8.0], [640.0, 0.0, 72.0, 10.0, 8.0]],
            pick(22.0, 0.9),
        ));
        Self { solids, tracer, outline }
    }

    /// The axial slice at height `z`, `size` pixels square of `spacing` mm.
    pub(crate) fn slice(&self, z: f32, size: u32, spacing: f32, seed: u64) -> Picture {
        let ct = self.tracer == Tracer::Ct;
        let mut picture = Picture::filled(size, size, if ct { -1000.0 } else { 0.02 });
        for solid in &self.solids {
            if let Some(section) = solid.section(z) {
                picture.paint(section, spacing, solid.value);
            }
        }
        self.bones(&mut picture, z, spacing);
        if ct {
            picture.add_noise(Noise(seed), 14.0);
        } else {
            picture.add_noise(Noise(seed), 0.22);
            picture.blur(1);
            picture.blur(1);
            for value in &mut picture.values {
                *value = value.max(0.0);
            }
        }
        picture
    }

    /// Ribs, discs between vertebrae and spinous processes: they change from slice to slice.
    fn bones(&self, picture: &mut Picture, z: f32, spacing: f32) {
        let ct = self.tracer == Tracer::Ct;
        let (bone, disc) = if ct { (340.0, 95.0) } else { (1.0, 0.9) };
        let level = (z / 30.0).fract();
        if z > 130.0 && level < 0.2 {
            let y = if z > 350.0 { 68.0 - (z - 350.0) * 0.055 } else { 67.0 };
            picture.paint(Ellipse { x: 0.0, y, rx: 20.0, ry: 16.0, turn: 0.0 }, spacing, disc);
        } else if z > 130.0 && level > 0.45 {
            let y = if z > 350.0 { 94.0 - (z - 350.0) * 0.09 } else { 94.0 };
            picture.paint(Ellipse { x: 0.0, y, rx: 3.5, ry: 8.0, turn: 0.0 }, spacing, bone);
        }
        if let (true, Some(body)) = (z > 315.0, self.outline.section(z)) {
            if z < 520.0 {
                picture.paint(
                    Ellipse { x: 0.0, y: body.y - body.ry + 24.0, rx: 17.0, ry: 6.0, turn: 0.0 },
                    spacing,
                    bone,
                );
            }
            for rib in 0_u8..11 {
                for side in [-1.0, 1.0] {
                    // Ribs slant: their place on the wall moves forward as the slice goes down.
                    let way = (f32::from(rib) * 30.0 + z * 1.1) % 330.0 / 330.0;
                    let angle = 0.35 + way * 2.35;
                    let (x, y) = (angle.sin() * (body.rx - 27.0) * side, angle.cos() * (body.ry - 26.0) + body.y);
                    let turn = (-angle.cos() * body.ry * side).atan2(angle.sin() * body.rx);
                    picture.paint(Ellipse { x, y, rx: 4.0, ry: 9.5, turn: turn * 0.9 }, spacing, bone);
                }
            }
        }
    }

    /// A chest film from the front: the sum of what a ray meets. `size` pixels square, about 1.5 mm a pixel.
    pub(crate) fn chest_film(&self, size: u32, seed: u64) -> Picture {
        const SPACING: f32 = 3.0;
        let mut film = Picture::filled(size, size, 0.0);
        let high = size / 2;
        let lines: Vec<Vec<f32>> = in_parallel(high, |line| {
            let z = 610.0 - line as f32 * (270.0 / high as f32);
            let slice = self.slice(z, 134, SPACING, seed);
            (0..134_usize)
                .map(|x| (0..134).filter_map(|y| slice.values.get(y * 134 + x)).map(|v| (v + 1000.0).max(0.0)).sum())
                .collect()
        });
        let sample = |x: f32, y: f32| -> f32 {
            let line = |i: usize| lines.get(i.min(lines.len().saturating_sub(1)));
            let pick = |l: Option<&Vec<f32>>, i: usize| l.and_then(|l| l.get(i.min(133))).copied().unwrap_or(0.0);
            let (ix, iy) = (x as usize, y as usize);
            let (fx, fy) = (x.fract(), y.fract());
            let top = pick(line(iy), ix) * (1.0 - fx) + pick(line(iy), ix + 1) * fx;
            let bottom = pick(line(iy + 1), ix) * (1.0 - fx) + pick(line(iy + 1), ix + 1) * fx;
            top * (1.0 - fy) + bottom * fy
        };
        let columns = size as usize;
        for (i, pixel) in film.values.iter_mut().enumerate() {
            let (x, y) = ((i % columns) as f32, (i / columns) as f32);
            let sum = sample(x / size as f32 * 133.0, y / size as f32 * high as f32);
            // Exponential weakening, then the logarithm a plate applies: bright where much was met.
            *pixel = 3600.0 * (1.0 - (-sum / 42_000.0).exp());
        }
        film.blur(1);
        film.add_noise(Noise(seed), 16.0);
        film
    }
}

/// What a breast MR series is weighted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weighting {
    /// T1 with fat suppression after contrast medium: what takes it up is bright.
    T1AfterContrast,
    /// T2: fluid and fat are bright.
    T2,
}

/// Axial breast MR, lying face down, at height `z` mm (0 to 180); the mass lies at z = 96, the small second focus at
/// z = `second_focus`.
pub(crate) fn breast_mr(
    weighting: Weighting,
    z: f32,
    second_focus: f32,
    size: u32,
    spacing: f32,
    seed: u64,
) -> Picture {
    let t1 = weighting == Weighting::T1AfterContrast;
    let pick = |a: f32, b: f32| if t1 { a } else { b };
    let mut p = Picture::filled(size, size, 14.0);
    let noise = Noise(seed);
    let mut put = |solid: Solid| {
        if let Some(section) = solid.section(z) {
            p.paint(section, spacing, solid.value);
        }
    };
    for side in [-1.0, 1.0] {
        put(ball(82.0 * side, -28.0, 92.0, 66.0, 96.0, 92.0, pick(300.0, 420.0)));
        put(ball(82.0 * side, -29.0, 92.0, 63.0, 93.0, 89.0, pick(165.0, 620.0)));
    }
    put(tube(&[[-10.0, 0.0, 98.0, 162.0, 92.0], [200.0, 0.0, 98.0, 158.0, 88.0]], pick(165.0, 620.0)));
    put(tube(&[[-10.0, 0.0, 102.0, 148.0, 80.0], [200.0, 0.0, 102.0, 144.0, 76.0]], pick(330.0, 260.0)));
    for side in [-1.0, 1.0] {
        put(ball(72.0 * side, 108.0, 100.0, 56.0, 62.0, 140.0, pick(40.0, 50.0)));
    }
    put(tube(&[[-10.0, 0.0, 100.0, 20.0, 60.0], [200.0, 0.0, 100.0, 22.0, 60.0]], pick(320.0, 280.0)));
    put(ball(26.0, 78.0, 60.0, 52.0, 40.0, 62.0, pick(820.0, 240.0)));
    put(ball(18.0, 120.0, 90.0, 13.0, 13.0, 300.0, pick(960.0, 120.0)));
    for side in [-1.0, 1.0] {
        // Glandular tissue: a cloud in the front half of each breast.
        for lobe in 0..34_i64 {
            let at = |n: i64| Noise(77).at(lobe + if side > 0.0 { 50 } else { 0 }, n) - 0.5;
            let (x, y, h) = (82.0 * side + at(1) * 66.0, -62.0 + at(2) * 66.0, 92.0 + at(3) * 96.0);
            let (r, v) = (8.0 + 9.0 * Noise(78).at(lobe, 4), 1.0 + at(5) * 0.3);
            put(ball(x, y, h, r, r * 1.2, r, pick(360.0, 780.0) * v));
        }
        put(ball(82.0 * side, -123.0, 92.0, 6.0, 5.0, 6.0, pick(560.0, 500.0)));
        put(tube(
            &[
                [20.0, 60.0 * side, -10.0, 2.2, 2.2],
                [100.0, 92.0 * side, -60.0, 1.9, 1.9],
                [150.0, 70.0 * side, -6.0, 2.2, 2.2],
            ],
            pick(760.0, 200.0),
        ));
    }
    put(ball(108.0, -58.0, 96.0, 12.0, 11.0, 12.0, pick(1080.0, 560.0)));
    put(ball(107.0, -57.0, 96.0, 6.0, 6.0, 6.5, pick(800.0, 640.0)));
    put(ball(58.0, -34.0, second_focus, 3.6, 3.4, 3.4, pick(960.0, 560.0)));
    p.add_noise(noise, 13.0);
    for value in &mut p.values {
        *value = value.max(0.0);
    }
    p
}

/// A mammographic view, 12 bits: `rows * columns` of `0.24` mm. The left breast has a spiculated mass at 2 o'clock.
pub(crate) fn mammogram(left: bool, oblique: bool, rows: u32, columns: u32, seed: u64) -> Picture {
    let mut p = Picture::filled(rows, columns, 0.0);
    let noise = Noise(seed);
    let (w, h) = (columns as f32, rows as f32);
    let (cy, rx, ry) = if oblique { (h * 0.56, w * 0.74, h * 0.41) } else { (h * 0.5, w * 0.70, h * 0.37) };
    let (mass_x, mass_y) = if oblique { (w * 0.36, h * 0.40) } else { (w * 0.38, h * 0.36) };
    for row in 0..rows {
        for column in 0..columns {
            // Drawn with the chest wall at the left edge; a right breast is its mirror.
            let x = if left { column as f32 } else { w - 1.0 - column as f32 };
            let y = row as f32;
            let (dx, dy) = (x / rx, (y - cy) / ry);
            let sag = if oblique && dy < 0.0 { dy * (1.0 - 0.45 * (1.0 - dx).max(0.0)) } else { dy };
            let r = (dx * dx + sag * sag).sqrt();
            let thick = (1.0 - r.powi(3)).max(0.0);
            let mut value = 0.0;
            if thick > 0.0 {
                let texture = noise.clouds(x, y * 0.8, 150.0, 6);
                let strands = (noise.clouds(x * 0.5 + y * 0.2, y, 60.0, 5) - 0.5).abs();
                let gland = (1.15 - ((dx - 0.42) / 0.46).powi(2) - ((dy + 0.12) / 0.62).powi(2)).clamp(0.0, 1.0);
                value = thick.powf(0.55) * (880.0 + 500.0 * texture)
                    + gland * ((texture - 0.34).max(0.0) * 3400.0 + (0.10 - strands).max(0.0) * 2600.0);
                let skin = (1.0 - ((1.0 - r) * rx - 5.0).abs() / 6.0).clamp(0.0, 1.0);
                value += skin * 320.0;
            }
            if oblique {
                let edge = w * 0.33 * (1.0 - y / (h * 0.54)) + 14.0 * noise.smooth(0.3, y / 90.0);
                let muscle = ((edge - x) / 14.0).clamp(0.0, 1.0);
                value += (2150.0 + 260.0 * noise.clouds(x + y * 0.6, y, 80.0, 4) - value).max(0.0) * muscle;
            }
            if left {
                value += mass(x - mass_x, y - mass_y, noise);
            }
            if value > 0.0 {
                value += 38.0 * noise.bell(i64::from(column), i64::from(row));
            }
            if let Some(pixel) = p.values.get_mut((row * columns + column) as usize) {
                *pixel = value.clamp(0.0, 4095.0);
            }
        }
    }
    p
}

/// A dense core of about 2 cm with spicules and a few calcifications.
fn mass(x: f32, y: f32, noise: Noise) -> f32 {
    let r = (x * x + y * y).sqrt();
    if r > 150.0 {
        return 0.0;
    }
    let angle = y.atan2(x);
    let wobble = 1.0 + 0.22 * (angle * 3.0 + 0.7).sin() + 0.10 * (angle * 7.0).sin();
    let core = 1350.0 / (1.0 + ((r - 38.0 * wobble) / 6.0).exp());
    let ray = noise.smooth(angle * 6.0 + 40.0, 3.0);
    let spicule = (ray - 0.62).max(0.0) * 2600.0 * (1.0 - r / 140.0).max(0.0);
    let calcified = (0..7_i64).any(|n| {
        let (cx, cy) = ((noise.at(n, 900) - 0.5) * 90.0, (noise.at(n, 901) - 0.5) * 90.0);
        (x - cx).powi(2) + (y - cy).powi(2) < 4.5
    });
    core + spicule + if calcified { 1100.0 } else { 0.0 }
}

/// Runs `make` for 0..count on all cores; results in order.
pub(crate) fn in_parallel<T: Send>(count: u32, make: impl Fn(u32) -> T + Sync) -> Vec<T> {
    let workers = std::thread::available_parallelism().map_or(1, |n| n.get().min(8)) as u32;
    let mut parts: Vec<(u32, T)> = Vec::with_capacity(count as usize);
    std::thread::scope(|scope| {
        let make = &make;
        let running: Vec<_> = (0..workers)
            .map(|worker| {
                scope.spawn(move || {
                    (0..count).filter(|i| i % workers == worker).map(|i| (i, make(i))).collect::<Vec<_>>()
                })
            })
            .collect();
        for thread in running {
            match thread.join() {
                Ok(part) => parts.extend(part),
                Err(payload) => std::panic::resume_unwind(payload),
            }
        }
    });
    parts.sort_by_key(|(i, _)| *i);
    parts.into_iter().map(|(_, made)| made).collect()
}
