//! A line to a server that a test can cut: it passes bytes on both ways until then.

use std::net::SocketAddr;

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// A line to a server. Dropping it cuts it for good.
pub struct Line {
    address: SocketAddr,
    is_up: watch::Sender<bool>,
}

impl Line {
    /// A line to the server at `HOST:PORT`.
    pub async fn to(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (is_up, watched) = watch::channel(true);
        let server = server.to_owned();
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let (server, mut watched) = (server.clone(), watched.clone());
                tokio::spawn(async move {
                    drop(watched.wait_for(|is_up| *is_up).await);
                    let Ok(mut far) = TcpStream::connect(server).await else {
                        return;
                    };
                    tokio::select! {
                        _ = copy_bidirectional(&mut near, &mut far) => {}
                        _ = watched.wait_for(|is_up| !is_up) => {}
                    }
                });
            }
        });
        Self { address, is_up }
    }

    /// Where to connect instead.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// Cuts every connection. Those that are made now wait until it is mended.
    pub fn cut(&self) {
        self.is_up.send_replace(false);
    }

    /// Passes bytes on again.
    pub fn mend(&self) {
        self.is_up.send_replace(true);
    }
}
