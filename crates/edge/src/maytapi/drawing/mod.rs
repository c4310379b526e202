//! Pictures that are drawn here: QR codes, and the screen of a session.

pub(super) mod code;
mod screen;

pub(super) use screen::{Chat, Screen};

use app::{Error, StoreError};

/// A picture of so many grey or coloured pixels, three bytes each, row by row.
pub(super) struct Canvas {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
}

/// Red, green, blue.
pub(super) type Colour = [u8; 3];

impl Canvas {
    pub(super) fn new(width: u32, height: u32, colour: Colour) -> Self {
        let count = usize::try_from(width * height).unwrap_or(0);
        Self {
            width,
            height,
            pixels: colour.repeat(count),
        }
    }

    /// Colours a rectangle; what is outside is left out.
    pub(super) fn fill(
        &mut self,
        (left, top): (u32, u32),
        (wide, high): (u32, u32),
        colour: Colour,
    ) {
        for y in top..(top + high).min(self.height) {
            for x in left..(left + wide).min(self.width) {
                let at = usize::try_from((y * self.width + x) * 3).unwrap_or(0);
                if let Some(pixel) = self.pixels.get_mut(at..at + 3) {
                    pixel.copy_from_slice(&colour);
                }
            }
        }
    }

    /// The picture as a file.
    pub(super) fn png(&self) -> Result<Vec<u8>, Error> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, self.width, self.height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let written = encoder
            .write_header()
            .and_then(|mut writer| writer.write_image_data(&self.pixels));
        match written {
            Ok(()) => Ok(file),
            Err(error) => Err(broken(&error)),
        }
    }
}

fn broken(error: &dyn std::error::Error) -> Error {
    StoreError::Corrupt(format!("a picture could not be drawn: {error}")).into()
}
