//! The screen of a session: its number and state, and its QR code or its last chats.

use app::Error;
use embedded_graphics::{
    Drawable as _,
    mono_font::{
        MonoFont, MonoTextStyle,
        iso_8859_1::{FONT_9X18_BOLD as WESTERN_BOLD, FONT_10X20 as WESTERN},
        iso_8859_5::{FONT_9X18_BOLD as CYRILLIC_BOLD, FONT_10X20 as CYRILLIC},
    },
    pixelcolor::BinaryColor,
    prelude::{Dimensions, DrawTarget, Pixel, Point, Size},
    primitives::Rectangle,
    text::{Baseline, Text},
};

use super::{Canvas, Colour, code};

const WIDTH: u32 = 480;
const HEIGHT: u32 = 640;
const HEADER: u32 = 84;
const ROW: u32 = 84;
const LEFT: i32 = 24;
/// Where a digit stands in the middle of a badge: digits are nine pixels wide.
const BADGE: i32 = 435;
/// Characters on a line.
const LINE: usize = 42;

const GREEN: Colour = [0, 128, 105];
const GREY: Colour = [110, 118, 123];
const PALE: Colour = [240, 242, 245];
const LINE_GREY: Colour = [225, 228, 231];
const WHITE: Colour = [255; 3];
const INK: Colour = [17, 27, 33];

/// What a screen shows.
pub(in crate::maytapi) struct Screen {
    /// The number, or what the phone is called.
    pub(in crate::maytapi) title: String,
    /// Its state in a sentence.
    pub(in crate::maytapi) state: String,
    /// Whether it is open.
    pub(in crate::maytapi) open: bool,
    /// The code to scan, if it waits to be paired.
    pub(in crate::maytapi) qr: Option<String>,
    /// The last chats, if it does not.
    pub(in crate::maytapi) chats: Vec<Chat>,
}

/// A chat on a screen.
pub(in crate::maytapi) struct Chat {
    /// Whose it is.
    pub(in crate::maytapi) name: String,
    /// What was said last.
    pub(in crate::maytapi) text: String,
    /// What nobody has read.
    pub(in crate::maytapi) unread: i64,
}

impl Screen {
    /// The screen as a PNG.
    pub(in crate::maytapi) fn png(&self) -> Result<Vec<u8>, Error> {
        let mut canvas = Canvas::new(WIDTH, HEIGHT, WHITE);
        let header = if self.open { GREEN } else { GREY };
        canvas.fill((0, 0), (WIDTH, HEADER), header);
        canvas.write(&self.title, Point::new(LEFT, 16), true, WHITE);
        canvas.write(&self.state, Point::new(LEFT, 46), false, WHITE);
        match &self.qr {
            Some(text) => {
                canvas.fill((0, HEADER), (WIDTH, HEIGHT - HEADER), PALE);
                code::draw(&mut canvas, (32, HEADER + 40), WIDTH - 64, text)?;
            }
            None => self.list(&mut canvas),
        }
        canvas.png()
    }

    fn list(&self, canvas: &mut Canvas) {
        let mut top = HEADER;
        for chat in &self.chats {
            let y = i32::try_from(top).unwrap_or(0);
            canvas.write(&chat.name, Point::new(LEFT, y + 16), true, INK);
            canvas.write(&chat.text, Point::new(LEFT, y + 44), false, GREY);
            if chat.unread > 0 {
                let count = chat.unread.min(99).to_string();
                let left = if count.len() > 1 { BADGE - 4 } else { BADGE };
                canvas.fill((WIDTH - 60, top + 14), (40, 26), GREEN);
                canvas.write(&count, Point::new(left, y + 18), true, WHITE);
            }
            canvas.fill((0, top + ROW - 1), (WIDTH, 1), LINE_GREY);
            top += ROW;
        }
        if self.chats.is_empty() {
            let y = i32::try_from(HEADER).unwrap_or(0);
            canvas.write("no chats yet", Point::new(LEFT, y + 30), false, GREY);
        }
    }
}

impl Canvas {
    /// Writes one line, as much as there is room for. What the fonts have no letter for is a question mark.
    fn write(&mut self, text: &str, at: Point, bold: bool, colour: Colour) {
        let line: String = text.chars().map(plain).take(LINE).collect();
        let cyrillic = line.chars().any(|it| ('\u{400}'..'\u{460}').contains(&it));
        let font: &MonoFont<'_> = match (cyrillic, bold) {
            (true, true) => &CYRILLIC_BOLD,
            (true, false) => &CYRILLIC,
            (false, true) => &WESTERN_BOLD,
            (false, false) => &WESTERN,
        };
        let mut pen = Pen {
            canvas: self,
            colour,
        };
        let style = MonoTextStyle::new(font, BinaryColor::On);
        let text = Text::with_baseline(&line, at, style, Baseline::Top);
        match text.draw(&mut pen) {
            Ok(_) => {}
            Err(never) => match never {},
        }
    }
}

/// What stands for a letter that the fonts lack, where there is something like it.
fn plain(letter: char) -> char {
    match letter {
        'ґ' => 'г',
        'Ґ' => 'Г',
        '‘' | '’' | 'ʼ' => '\'',
        '“' | '”' | '„' => '"',
        '–' | '—' => '-',
        it if it.is_control() => ' ',
        it => it,
    }
}

/// Draws in one colour on a canvas.
struct Pen<'a> {
    canvas: &'a mut Canvas,
    colour: Colour,
}

impl Dimensions for Pen<'_> {
    fn bounding_box(&self) -> Rectangle {
        Rectangle::new(Point::zero(), Size::new(WIDTH, HEIGHT))
    }
}

impl DrawTarget for Pen<'_> {
    type Color = BinaryColor;
    type Error = std::convert::Infallible;

    fn draw_iter<I: IntoIterator<Item = Pixel<BinaryColor>>>(
        &mut self,
        pixels: I,
    ) -> Result<(), Self::Error> {
        for Pixel(point, on) in pixels {
            if let (BinaryColor::On, Ok(x), Ok(y)) =
                (on, u32::try_from(point.x), u32::try_from(point.y))
            {
                self.canvas.fill((x, y), (1, 1), self.colour);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(png: &[u8]) -> (u32, u32) {
        let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
        assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"));
        (number(16), number(20))
    }

    #[test]
    fn a_screen_is_drawn_whatever_people_are_called() {
        for name in ["Ann", "Ж. Ёлкина", "", "😀 \u{7} 陳", &"long ".repeat(50)] {
            let chat = || Chat {
                name: name.to_owned(),
                text: name.to_owned(),
                unread: 7,
            };
            let screen = Screen {
                title: "+447700900100".to_owned(),
                state: "connected".to_owned(),
                open: true,
                qr: None,
                chats: (0..9).map(|_| chat()).collect(),
            };
            assert_eq!(size(&screen.png().unwrap()), (WIDTH, HEIGHT));
        }
    }

    #[test]
    fn letters_that_the_fonts_lack_are_drawn_as_those_next_to_them() {
        let line: String = "Ґанок – “пів’яна”\n".chars().map(plain).collect();
        assert_eq!(line, "Ганок - \"пів'яна\" ");
    }

    #[test]
    fn a_code_is_as_wide_as_it_is_high_and_says_the_same_in_every_format() {
        let png = code::png("2@abc,1").unwrap();
        let (width, height) = size(&png);
        assert_eq!(width, height);
        assert!(code::svg("2@abc,1").unwrap().starts_with("<svg"));
        assert_ne!(png, code::png("2@abd,1").unwrap());
    }
}
