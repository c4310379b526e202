//! What may be built how: certificates are checked everywhere but in these tests, and without its feature nothing of
//! the engine is in the server.

use std::process::Command;

/// What accepts any certificate, and what takes any server for WhatsApp's.
const DANGEROUS: [&str; 2] = ["danger-skip-cert-chain-verify", "danger-skip-tls-verify"];

/// What a build of the server is made of, with the features of each part.
fn parts(arguments: &[&str]) -> String {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let told = Command::new(cargo)
        .args([
            "tree",
            "--locked",
            "--package",
            "switchboard",
            "--edges",
            "normal,build,features",
        ])
        .args(["--prefix", "none"])
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(
        told.status.success(),
        "{}",
        String::from_utf8_lossy(&told.stderr)
    );
    String::from_utf8(told.stdout).unwrap()
}

#[test]
fn no_build_of_the_server_skips_certificates() {
    let plain = parts(&[]);
    assert!(!plain.contains("whatsapp"), "the engine is in every server");
    for arguments in [&["--features", "whatsapp-web"][..], &["--all-features"]] {
        let told = parts(arguments);
        assert!(told.contains("whatsapp-rust v"), "{arguments:?}");
        for feature in DANGEROUS {
            assert!(!told.contains(feature), "{feature} with {arguments:?}");
        }
    }
}

#[test]
fn nobody_else_names_what_skips_certificates() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut manifests = vec![root.join("Cargo.toml")];
    for entry in std::fs::read_dir(root.join("crates")).unwrap() {
        manifests.push(entry.unwrap().path().join("Cargo.toml"));
    }
    let own = std::fs::canonicalize(env!("CARGO_MANIFEST_DIR")).unwrap();
    for manifest in manifests {
        let text = std::fs::read_to_string(&manifest).unwrap();
        let mine = manifest.parent().unwrap().canonicalize().unwrap() == own;
        // In this crate, only what its tests are built with.
        let looked_at = match text.split_once("[dev-dependencies]") {
            Some((before, _)) if mine => before.to_owned(),
            _ => text,
        };
        for feature in ["danger-skip", "danger_skip"] {
            assert!(!looked_at.contains(feature), "{}", manifest.display());
        }
    }
}
