//! Ordinary requests still pass, each to whom it should: a guard that refuses all of them would prove nothing.

use anyhow::{Result, ensure};
use claimgate_tests::http::{Answer, Request};
use claimgate_tests::token::{Issuer, claims};

use crate::front::{Front, Guard};
use crate::servers::{ORDINARY, SECRET, Site};

pub fn check(front: &Front, sites: &[Site], issuer: &Issuer) -> Result<()> {
    let token = |role: &str| issuer.token(&claims("somebody", &[role]));
    let (user, admin) = (token("user"), token("admin"));
    for site in sites {
        for guard in [Guard::Native, Guard::Open, Guard::Closed] {
            let address = front.address(guard, site.name)?;
            let meets =
                |line: &str, token: Option<&str>, host: &str, expected: Expected| -> Result<()> {
                    let mut request = Request::new(line)?.header("host", host)?;
                    if let Some(token) = token {
                        request = request.bearer(token)?;
                    }
                    for answer in [request.clone().send(address)?, request.send_http2(address)?] {
                        let (status, text) = (answer.status, answer.text());
                        ensure!(
                            expected.is_met(&answer),
                            "{}, {guard:?}: {line} to {host}: {status} {text}",
                            site.name
                        );
                    }
                    Ok(())
                };
            meets("GET /public/hello", None, API, Expected::Text(ORDINARY))?;
            for line in [
                "GET /public/hello",
                "GET /public/hello?a=/../b;c",
                "GET /files/a.txt",
                "GET /files/%61.txt",
                "GET /items",
                "GET /account",
            ] {
                meets(line, Some(&user), API, Expected::Text(ORDINARY))?;
            }
            for (line, host) in [
                ("GET /admin/secret", API),
                ("GET /report", API),
                ("POST /items", API),
                ("GET /", VAULT),
            ] {
                meets(line, Some(&admin), host, Expected::Text(SECRET))?;
                meets(line, Some(&user), host, Expected::Status(403))?;
                if guard != Guard::Native {
                    meets(line, None, host, Expected::Status(401))?;
                }
            }
            if guard != Guard::Native {
                meets("GET /admin/deep/secret", Some(&admin), API, Expected::Text(SECRET))?;
                meets("GET /account", Some(&admin), API, Expected::Text(SECRET))?;
            }
        }
    }
    Ok(())
}

enum Expected {
    Text(&'static str),
    Status(u16),
}

impl Expected {
    fn is_met(&self, answer: &Answer) -> bool {
        match self {
            Self::Text(text) => answer.status == 200 && answer.text().contains(text),
            Self::Status(status) => answer.status == *status,
        }
    }
}

const API: &str = "api.example";
const VAULT: &str = "vault.example";
