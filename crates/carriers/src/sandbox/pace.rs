//! How fast the simulated world is.

use std::time::Duration;

/// How often the sandbox looks after its phones.
pub(super) const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long one QR code is shown before the next.
pub(super) const CODE_LIFE: Duration = Duration::from_secs(20);
/// How long a code to type in works.
pub(super) const TYPED_CODE_LIFE: Duration = Duration::from_secs(180);

/// The waits of the simulated world.
#[derive(Debug, Clone)]
pub struct Pace {
    /// From pairing to being open.
    pub opens: Duration,
    /// From one tick to two.
    pub delivers: Duration,
    /// From two ticks to blue ones.
    pub reads: Duration,
    /// From blue ticks to an answer.
    pub answers: Duration,
    /// For how long a session shows its QR code before it goes idle.
    pub idles: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            opens: Duration::from_millis(800),
            delivers: Duration::from_millis(300),
            reads: Duration::from_millis(900),
            answers: Duration::from_millis(1_500),
            idles: Duration::from_secs(180),
        }
    }
}
