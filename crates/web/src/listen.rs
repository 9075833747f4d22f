//! Takes connections. What axum's own loop leaves open is bounded here: how long the head of a request may take, so that
//! a connection on which nobody speaks does not stay for ever.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;

/// The head of a request arrives within this time, and so does the next request on an open connection.
const HEAD: Duration = Duration::from_secs(30);

/// Nobody can be served when the process has no file handles left; some become free soon.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves until `ended`, and then what is being answered to its end.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    ended: impl Future<Output = ()> + Send,
) -> io::Result<()> {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD);
    let open = GracefulShutdown::new();
    let mut ended = pin!(ended);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut ended => break,
        };
        let Ok((stream, _)) = accepted else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        let service = TowerToHyperService::new(router.clone());
        let connection = open.watch(http.serve_connection(TokioIo::new(stream), service));
        // A connection that breaks off is the other side's business.
        tokio::spawn(async move { drop(connection.await) });
    }
    drop(listener);
    open.shutdown().await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;

    use super::*;

    async fn serving() -> TcpStream {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/", get(|| async { "here" }));
        tokio::spawn(serve(listener, router, std::future::pending()));
        TcpStream::connect(address).await.unwrap()
    }

    async fn rest(mut stream: TcpStream) -> String {
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_on_which_nobody_finishes_a_sentence_is_closed() {
        let mut stream = serving().await;
        stream.write_all(b"GET / HTTP/1.1\r\nHost: a").await.unwrap();
        assert!(!rest(stream).await.contains("here"));
    }

    #[tokio::test]
    async fn a_whole_request_is_answered() {
        let mut stream = serving().await;
        stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await.unwrap();
        assert!(rest(stream).await.ends_with("here"));
    }

    #[tokio::test]
    async fn when_asked_to_end_it_ends() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        serve(listener, Router::new(), std::future::ready(())).await.unwrap();
    }
}
