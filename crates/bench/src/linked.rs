//! What a phone of the WhatsApp Web engine weighs: a program of that crate is run, and its figures read.
//!
//! The engine is not part of this program, nor of a server unless it is asked for; and only there may a client be built
//! that talks to a server which is not WhatsApp's.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{During as _, Error, Result};
use crate::report::{Figure, Sample};

/// Where the program is, beside this one.
pub(crate) fn program() -> Result<PathBuf> {
    let own = std::env::current_exe().during("finding the engine's program")?;
    let beside = own.with_file_name("examples").join("phones");
    if beside.exists() {
        return Ok(beside);
    }
    let text = format!(
        "no program at {}: cargo build --release -p whatsapp-web --example phones",
        beside.display()
    );
    Err(Error::new(text))
}

/// One run with so many phones.
pub(crate) fn measure(program: &Path, phones: usize) -> Result<Sample> {
    let ran = Command::new(program)
        .arg(phones.to_string())
        .output()
        .during("running the engine's program")?;
    let told = String::from_utf8_lossy(&ran.stdout);
    if !ran.status.success() {
        let why = String::from_utf8_lossy(&ran.stderr);
        return Err(Error::new(format!("the engine's program: {why}")));
    }
    let figure = |name: &str| {
        let mut lines = told.lines().filter_map(|it| it.split_once(' '));
        let found = lines.find(|(it, _)| *it == name);
        found
            .and_then(|(_, value)| value.parse::<f64>().ok())
            .ok_or_else(|| Error::new(format!("the engine's program did not tell {name}")))
    };
    let rate = figure("messages")? / (figure("messages_ms")? / 1e3);
    Ok(Sample::default()
        .with(Figure::Rate, rate)
        .with(Figure::IdleKbEach, figure("idle_kib_each")?)
        .with(Figure::KbEach, figure("after_kib_each")?))
}
