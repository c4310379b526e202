//! The Python of the `clients` package: a virtual environment of its own with the pinned libraries, made once.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::OnceLock,
};

use crate::node::PACKAGE;

const NEEDED: &str = "these tests need Python 3.10 or later with its venv module, uv, or a package manager \
                      that may install them";
/// What brings Python and its venv module, by package manager.
const MANAGERS: [(&str, &str); 4] = [
    (
        "apt-get",
        "apt-get update && apt-get install -y --no-install-recommends python3 python3-venv",
    ),
    ("dnf", "dnf install -y python3"),
    ("apk", "apk add python3"),
    ("zypper", "zypper install -y python3"),
];

/// The interpreter, with its libraries installed: once, whatever number of processes and threads ask.
pub(crate) fn interpreter() -> &'static Path {
    static INTERPRETER: OnceLock<PathBuf> = OnceLock::new();
    INTERPRETER.get_or_init(|| {
        let package = Path::new(PACKAGE).canonicalize().unwrap();
        let (home, wanted) = (package.join(".venv"), package.join("requirements.txt"));
        let (interpreter, done) = (home.join("bin/python"), home.join("installed.txt"));
        // Other test processes wait here until the libraries are there.
        let lock_file = File::open(&wanted).unwrap();
        lock_file.lock().unwrap();
        let pinned = std::fs::read(&wanted).unwrap();
        if std::fs::read(&done).is_ok_and(|installed| installed == pinned) {
            return interpreter;
        }
        make(&home);
        let mut pip = Command::new(&interpreter);
        pip.args(["-m", "pip", "install", "--quiet", "-r"])
            .arg(&wanted);
        succeeds("pip", pip.output());
        // Last, so that half an installation is none.
        std::fs::write(&done, pinned).unwrap();
        interpreter
    })
}

/// A program that a library brings along.
pub fn program(name: &str) -> PathBuf {
    interpreter().with_file_name(name)
}

/// Makes the environment with whatever this machine has.
fn make(home: &Path) {
    let venv = || {
        let mut venv = Command::new("python3");
        venv.args(["-m", "venv", "--clear"]).arg(home);
        venv.output().is_ok_and(|it| it.status.success())
    };
    if venv() {
        return;
    }
    let mut uv = Command::new("uv");
    uv.args(["venv", "--seed", "--clear"]).arg(home);
    if uv.output().is_ok_and(|it| it.status.success()) {
        return;
    }
    for (manager, install) in MANAGERS {
        let has = |name: &str| Command::new(name).arg("--version").output().is_ok();
        if !has(manager) {
            continue;
        }
        // Root may; others may if they need not be asked for a password.
        let script = format!("{install} || sudo -n sh -c '{install}'");
        succeeds(manager, Command::new("sh").args(["-c", &script]).output());
        assert!(venv(), "{NEEDED}");
        return;
    }
    panic!("{NEEDED}");
}

fn succeeds(what: &str, done: std::io::Result<Output>) {
    match done {
        Ok(done) => assert!(
            done.status.success(),
            "{what} failed: {}",
            String::from_utf8_lossy(&done.stderr)
        ),
        Err(error) => panic!("{what} cannot be run: {error}; {NEEDED}"),
    }
}
