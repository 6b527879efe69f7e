//! Clients that do not wait for the answer.

use std::io::Write;
use std::net::{Shutdown, TcpStream};

use super::*;

#[test]
fn clients_that_hang_up_while_they_wait_do_no_harm() -> Result<()> {
    const CLIENTS: u64 = 20;
    let setup = Setup::new()?;
    setup.idp.hold()?;
    let envoy = setup.start(Times { timeout: 60, ..QUICK })?;
    let token = admin(&setup.issuer);
    let clients = (0..CLIENTS).map(|_| {
        let mut stream = TcpStream::connect(envoy.addr())?;
        let request = "DELETE /user-data/1 HTTP/1.1\r\nHost: api\r\nContent-Length: 9\r\n";
        write!(stream, "{request}Authorization: Bearer {token}\r\n\r\nhalf")?;
        Ok(stream)
    });
    let clients: Vec<TcpStream> = clients.collect::<Result<_>>()?;
    let waiting = || envoy.stat("http.ingress.downstream_rq_active");
    becomes("all requests wait", || Ok(waiting()? == CLIENTS))?;
    for client in clients {
        // The peer may be quicker.
        let _ = client.shutdown(Shutdown::Both);
    }
    becomes("Envoy notices", || Ok(waiting()? == 0))?;
    setup.idp.serve(&setup.issuer.jwks())?;
    assert_eq!(delete(envoy.addr(), &token)?.status, 200);
    assert_eq!(delete(envoy.addr(), &viewer(&setup.issuer))?.status, 403);
    assert_eq!(setup.upstream.hits(), 1, "a request without a client went on");
    assert_no_crash(&envoy)
}

#[test]
fn what_is_forwarded_is_forwarded_after_the_wait_too() -> Result<()> {
    let setup = Setup::new()?;
    setup.idp.hold()?;
    let mut policy = policy(Times { timeout: 60, ..QUICK })?;
    policy["forward"] = json!({ "headers": { "x-user-id": "sub" }, "remove_token": true });
    let config = Config::standalone(setup.upstream.addr(), &setup.idp).policy(&policy);
    let envoy = Envoy::start(&config.build()?)?;
    let client = {
        let request = Request::new("POST /me?a=1")?.bearer(&admin(&setup.issuer))?.body("x");
        let request = request.header("x-user-id", "root")?.header("x.user.id", "root")?;
        let address = envoy.addr();
        std::thread::spawn(move || request.send(address))
    };
    let waiting = || envoy.stat("http.ingress.downstream_rq_active");
    becomes("the request waits", || Ok(waiting()? == 1))?;
    setup.idp.serve(&setup.issuer.jwks())?;
    let answer = client.join().map_err(|_| anyhow::anyhow!("the client panicked"))??;
    let account = answer.json()?;
    let named = account["headers"].as_array().context("no headers")?.iter().filter(|header| {
        let name = header[0].as_str().unwrap_or_default();
        name.replace('.', "-") == "x-user-id" || name == "authorization"
    });
    assert_eq!(named.collect::<Vec<_>>(), [&json!(["x-user-id", "ada"])]);
    assert_eq!((&account["body"], &account["path"]), (&json!("x"), &json!("/me?a=1")));
    assert_no_crash(&envoy)
}

#[test]
fn clients_that_hang_up_just_then_do_no_harm() -> Result<()> {
    let setup = Setup::new()?;
    setup.idp.serve_late(&setup.issuer.jwks(), Duration::from_millis(300))?;
    let envoy = setup.start(Times { timeout: 10, ..QUICK })?;
    let token = admin(&setup.issuer);
    // Some hang up before the keys are there, some just then, some afterwards.
    for _ in 0..200 {
        let mut stream = TcpStream::connect(envoy.addr())?;
        write!(
            stream,
            "DELETE /user-data/1 HTTP/1.1\r\nHost: api\r\nAuthorization: Bearer {token}\r\n\r\n"
        )?;
        std::thread::sleep(Duration::from_millis(3));
    }
    assert_eq!(delete(envoy.addr(), &token)?.status, 200);
    assert_eq!(delete(envoy.addr(), &viewer(&setup.issuer))?.status, 403);
    assert_no_crash(&envoy)
}
