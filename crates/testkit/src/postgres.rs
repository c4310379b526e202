//! A PostgreSQL server of the tests' own: one for each test process, a database for each test.
//!
//! The programs are the distribution's; where they are missing and may be installed, they are. The server keeps
//! everything in a temporary directory and listens on a socket there only. It ends with the test process, however
//! that ends.

use std::{
    fs::Permissions,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use tempfile::TempDir;

const NEEDED: &str = "these tests need PostgreSQL's server programs (the package `postgresql`)";

/// What lets one in over the network.
pub const PASSWORD: &str = "right";

/// A server. It ends when its standard input does.
pub struct Cluster {
    programs: PathBuf,
    sockets: PathBuf,
    port: u16,
    made: AtomicUsize,
    _guard: (Child, ChildStdin, TempDir),
}

/// A database on it. Dropping it drops the database, whoever is still connected.
pub struct Database {
    name: String,
    cluster: &'static Cluster,
}

impl Cluster {
    /// The server of this process.
    pub fn shared() -> &'static Self {
        static CLUSTER: OnceLock<Cluster> = OnceLock::new();
        CLUSTER.get_or_init(|| Self::start(false))
    }

    /// A server that is also reached over the network by whoever has the password, and proves there that it is
    /// `localhost`.
    pub fn encrypted() -> &'static Self {
        static CLUSTER: OnceLock<Cluster> = OnceLock::new();
        CLUSTER.get_or_init(|| {
            let cluster = Self::start(true);
            let set = format!("ALTER ROLE postgres PASSWORD '{PASSWORD}'");
            cluster.sql("postgres", &set);
            cluster
        })
    }

    fn start(encrypted: bool) -> Self {
        let programs = programs().unwrap_or_else(|| {
            install();
            programs().expect(NEEDED)
        });
        // Whoever can reach the socket may do anything.
        let directory = tempfile::Builder::new()
            .prefix("switchboard-pg")
            .permissions(Permissions::from_mode(0o700))
            .tempdir()
            .unwrap();
        let path = directory.path();
        let mut settings = vec!["-c".to_owned(), "listen_addresses=".to_owned()];
        let mut port = 5432;
        if encrypted {
            port = free_port();
            certify(path);
            settings = ["listen_addresses=127.0.0.1", "ssl=on"]
                .map(str::to_owned)
                .into_iter()
                .chain([
                    format!("port={port}"),
                    format!("ssl_cert_file={}", path.join("server.pem").display()),
                    format!("ssl_key_file={}", path.join("server.key").display()),
                ])
                .flat_map(|it| ["-c".to_owned(), it])
                .collect();
        }
        if is_root() {
            run(Command::new("chown").args(["-R", "postgres"]).arg(path));
        }
        let data = path.join("data");
        // Sorting by a language, where the server can: what is to be sorted by bytes must say so.
        let english = ["--locale-provider=icu", "--icu-locale=en"];
        if !initdb(&programs, &data, &english) {
            std::fs::remove_dir_all(&data).ok();
            assert!(initdb(&programs, &data, &[]), "{NEEDED}");
        }
        // Ends with us: a shell waits for the end of its input, which is the end of this process.
        let script = r#"server=$1; data=$2; sockets=$3; shift 3
            "$server" -D "$data" -k "$sockets" -c fsync=off -c full_page_writes=off \
                -c max_connections=300 -c shared_buffers=32MB "$@" </dev/null >"$sockets/log" 2>&1 &
            server=$!
            read -r _
            kill -QUIT $server
            wait $server
            cd / && rm -rf "$sockets""#;
        let mut child = as_server(Path::new("sh"))
            .args(["-c", script, "sh"])
            .arg(programs.join("postgres"))
            .arg(&data)
            .arg(path)
            .args(settings)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a shell");
        let stdin = child.stdin.take().unwrap();
        let cluster = Self {
            programs,
            sockets: path.to_owned(),
            port,
            made: AtomicUsize::new(0),
            _guard: (child, stdin, directory),
        };
        cluster.wait_ready();
        cluster
    }

    fn wait_ready(&self) {
        let deadline = std::time::Instant::now() + crate::wait::PATIENCE;
        while self.try_sql("postgres", "SELECT 1").is_err() {
            assert!(
                std::time::Instant::now() < deadline,
                "PostgreSQL did not start: see {}",
                self.sockets.join("log").display()
            );
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    }

    /// A new database.
    pub fn database(&'static self) -> Database {
        self.make("")
    }

    fn make(&'static self, how: &str) -> Database {
        let name = format!("test_{}", self.made.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("CREATE DATABASE {name} {how}"));
        Database {
            name,
            cluster: self,
        }
    }

    fn sql(&self, database: &str, sql: &str) -> String {
        self.try_sql(database, sql)
            .unwrap_or_else(|complaint| panic!("{sql}: {complaint}"))
    }

    fn try_sql(&self, database: &str, sql: &str) -> Result<String, String> {
        let mut psql = Command::new(self.programs.join("psql"));
        psql.arg("-h").arg(&self.sockets);
        psql.args(["-p", &self.port.to_string()]);
        psql.args(["-U", "postgres", "-d", database, "-XqAt"]);
        let done = psql.args(["-v", "ON_ERROR_STOP=1", "-c", sql]).output();
        let done = done.expect(NEEDED);
        if done.status.success() {
            Ok(String::from_utf8(done.stdout).unwrap().trim().to_owned())
        } else {
            Err(String::from_utf8_lossy(&done.stderr).into_owned())
        }
    }
}

impl Database {
    /// A new database that is as this one is, which nobody uses.
    pub fn copy(&self) -> Self {
        self.cluster.make(&format!("TEMPLATE {}", self.name))
    }

    /// Its address, as an operator would write it.
    pub fn url(&self) -> String {
        self.url_by(&self.cluster.sockets)
    }

    /// The same by a socket in another directory.
    pub fn url_by(&self, sockets: &Path) -> String {
        let sockets = sockets.display();
        format!("postgres:///{}?user=postgres&host={sockets}", self.name)
    }

    /// The same over the network, by a host's name and with a password.
    pub fn url_at(&self, host: &str, password: &str) -> String {
        let port = self.cluster.port;
        format!("postgres://postgres:{password}@{host}:{port}/{}", self.name)
    }

    /// The authority that certified an encrypted server, in PEM.
    pub fn authority(&self) -> PathBuf {
        self.cluster.sockets.join("authority.pem")
    }

    /// The server's socket.
    pub fn socket(&self) -> PathBuf {
        self.cluster.sockets.join(".s.PGSQL.5432")
    }

    /// Runs statements and returns what they find: a line per row, columns between bars.
    pub fn sql(&self, sql: &str) -> String {
        self.cluster.sql(&self.name, sql)
    }

    /// The same; an error is what the server says.
    pub fn try_sql(&self, sql: &str) -> Result<String, String> {
        self.cluster.try_sql(&self.name, sql)
    }

    /// Ends every connection to it, as a server that is restarted does.
    pub fn disconnect_all(&self) {
        self.sql(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        );
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let drop = format!("DROP DATABASE {} WITH (FORCE)", self.name);
        // The server goes with everything anyway.
        self.cluster.try_sql("postgres", &drop).ok();
    }
}

/// Where the server's programs are.
fn programs() -> Option<PathBuf> {
    let mut places: Vec<PathBuf> = std::env::var_os("PATH")
        .map(|path| std::env::split_paths(&path).collect())
        .unwrap_or_default();
    let packaged = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten();
    places.extend(packaged.flatten().map(|it| it.path().join("bin")));
    let whole = |place: &PathBuf| {
        ["initdb", "postgres", "psql"]
            .iter()
            .all(|program| place.join(program).exists())
    };
    places.into_iter().filter(whole).max()
}

/// Writes a certificate for `localhost`, its key, and the authority's certificate.
fn certify(directory: &Path) {
    let certified = crate::certificate::for_localhost();
    for (name, pem) in [
        ("authority.pem", certified.authority),
        ("server.pem", certified.certificate),
        ("server.key", certified.key),
    ] {
        let path = directory.join(name);
        std::fs::write(&path, pem).unwrap();
        std::fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    }
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn install() {
    let update = "apt-get update -q && apt-get install -q -y --no-install-recommends \
                  -o DPkg::Lock::Timeout=600 postgresql";
    let mut command = if is_root() {
        Command::new("sh")
    } else {
        let mut sudo = Command::new("sudo");
        sudo.args(["-n", "sh"]);
        sudo
    };
    command.env("DEBIAN_FRONTEND", "noninteractive");
    match command.args(["-c", update]).output() {
        Ok(done) if done.status.success() => {}
        Ok(done) => panic!("{NEEDED}: {}", String::from_utf8_lossy(&done.stderr)),
        Err(error) => panic!("{NEEDED}: {error}"),
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("id");
    id.stdout.trim_ascii() == b"0"
}

/// A program run as somebody who may run a server, which root may not.
fn as_server(program: &Path) -> Command {
    if is_root() {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program);
        command.current_dir("/");
        command
    } else {
        Command::new(program)
    }
}

/// Makes the files of a server. Returns whether it could.
fn initdb(programs: &Path, data: &Path, locale: &[&str]) -> bool {
    let mut initdb = as_server(&programs.join("initdb"));
    initdb.args(["-U", "postgres", "-E", "UTF8", "--locale=C"]);
    initdb.args(["--auth-local=trust", "--auth-host=scram-sha-256"]);
    initdb.args(locale).args(["--no-sync", "-D"]).arg(data);
    initdb.output().expect(NEEDED).status.success()
}

fn run(command: &mut Command) {
    let done = command.output().expect(NEEDED);
    let complaint = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{command:?}: {complaint}");
}
