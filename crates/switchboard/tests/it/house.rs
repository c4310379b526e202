//! The house's own rules, read off its files: which room may name which, and that every file says what it is.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Which rooms a room may name. ARCHITECTURE.md has the same table with reasons.
const MAY_NAME: [(&str, &[&str]); 10] = [
    ("domain", &[]),
    ("wire", &[]),
    ("app", &["domain"]),
    ("store", &["app", "domain"]),
    ("carriers", &["app", "domain", "wire"]),
    ("edge", &["app", "domain", "wire"]),
    (
        "switchboard",
        &[
            "app",
            "carriers",
            "domain",
            "edge",
            "store",
            "wire",
            "whatsapp-web",
        ],
    ),
    ("whatsapp-web", &["app", "carriers", "domain", "wire"]),
    ("testkit", &["app", "domain"]),
    ("bench", &["wire"]),
];

/// Libraries that a room must not name: what it is kept free of.
const MUST_NOT_NAME: [(&str, &[&str]); 4] = [
    (
        "domain",
        &[
            "serde",
            "serde_json",
            "tokio",
            "axum",
            "rusqlite",
            "tokio-postgres",
        ],
    ),
    ("wire", &["tokio", "axum", "rusqlite", "getrandom", "hyper"]),
    (
        "app",
        &[
            "axum",
            "rusqlite",
            "tokio-postgres",
            "hyper",
            "serde",
            "serde_json",
            "reqwest",
        ],
    ),
    ("edge", &["rusqlite", "tokio-postgres", "reqwest"]),
];

fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()
        .unwrap()
}

/// What a crate's manifest names outside its dev-dependencies.
fn dependencies(name: &str) -> Vec<String> {
    let manifest = fs::read_to_string(crates().join(name).join("Cargo.toml")).unwrap();
    let section = manifest
        .split("\n[")
        .find(|it| it.starts_with("dependencies]"))
        .unwrap();
    let lines = section
        .lines()
        .skip(1)
        .filter(|line| !line.trim().is_empty());
    lines
        .map(|line| line.split(['.', ' ', '=']).next().unwrap().to_owned())
        .collect()
}

fn files(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|it| it == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn arrows_point_inward() {
    let rooms: BTreeMap<_, _> = MAY_NAME.into_iter().collect();
    for entry in fs::read_dir(crates()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(
            rooms.contains_key(name.as_str()),
            "{name} has no place in the house"
        );
    }
    for (room, may) in &rooms {
        for named in dependencies(room) {
            let inward = !rooms.contains_key(named.as_str()) || may.contains(&named.as_str());
            assert!(inward, "{room} may not name {named}");
        }
    }
}

#[test]
fn rooms_are_free_of_what_they_are_kept_free_of() {
    for (room, banned) in MUST_NOT_NAME {
        let named = dependencies(room);
        for library in banned {
            assert!(
                !named.iter().any(|it| it == library),
                "{room} may not name {library}"
            );
        }
    }
}

#[test]
fn every_file_says_what_it_is() {
    let mut all = Vec::new();
    files(&crates(), &mut all);
    for path in all {
        let text = fs::read_to_string(&path).unwrap();
        assert!(
            text.starts_with("//!"),
            "{} does not open with what it is",
            path.display()
        );
    }
}
