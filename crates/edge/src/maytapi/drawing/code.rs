//! QR codes.

use app::Error;
use qrcode::{Color, EcLevel, QrCode};

use super::{Canvas, Colour, broken};

/// Modules of white around a code.
const QUIET: u32 = 4;
/// Pixels of a module in a picture of its own.
const SCALE: u32 = 8;
const WHITE: Colour = [255; 3];
const BLACK: Colour = [0; 3];

/// The dark modules of a code, and how many it has on a side.
struct Modules {
    side: u32,
    dark: Vec<(u32, u32)>,
}

fn modules(text: &str) -> Result<Modules, Error> {
    let code = QrCode::with_error_correction_level(text, EcLevel::L).map_err(|it| broken(&it))?;
    let side = u32::try_from(code.width()).unwrap_or(0);
    let colours = code.into_colors();
    let places = (0..side).flat_map(|y| (0..side).map(move |x| (x, y)));
    let dark = places
        .zip(colours)
        .filter(|(_, colour)| *colour == Color::Dark)
        .map(|(place, _)| place);
    Ok(Modules {
        side,
        dark: dark.collect(),
    })
}

/// Draws a code with its white margin, as large as fits into a square of so many pixels.
pub(super) fn draw(
    canvas: &mut Canvas,
    place: (u32, u32),
    size: u32,
    text: &str,
) -> Result<(), Error> {
    let code = modules(text)?;
    let scale = (size / (code.side + 2 * QUIET)).max(1);
    let drawn = scale * (code.side + 2 * QUIET);
    let margin = size.saturating_sub(drawn) / 2;
    let (left, top) = (place.0 + margin, place.1 + margin);
    canvas.fill((left, top), (drawn, drawn), WHITE);
    for (x, y) in code.dark {
        let at = (left + (x + QUIET) * scale, top + (y + QUIET) * scale);
        canvas.fill(at, (scale, scale), BLACK);
    }
    Ok(())
}

/// A code as a PNG of its own.
pub(in crate::maytapi) fn png(text: &str) -> Result<Vec<u8>, Error> {
    let size = (modules(text)?.side + 2 * QUIET) * SCALE;
    let mut canvas = Canvas::new(size, size, WHITE);
    draw(&mut canvas, (0, 0), size, text)?;
    canvas.png()
}

/// A code as an SVG.
pub(in crate::maytapi) fn svg(text: &str) -> Result<String, Error> {
    let code = modules(text)?;
    let size = code.side + 2 * QUIET;
    let squares: String = code
        .dark
        .iter()
        .map(|(x, y)| format!("M{} {}h1v1h-1z", x + QUIET, y + QUIET))
        .collect();
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {size} {size}\" \
         shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{size}v{size}h-{size}z\"/>\
         <path d=\"{squares}\"/></svg>"
    ))
}
