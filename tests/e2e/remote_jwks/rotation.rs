//! Keys that change while clients ask all the time.

use std::sync::{Arc, PoisonError, RwLock};
use std::thread::sleep;

use claimgate_tests::load::{Load, Question};

use super::*;

/// Whose tokens the clients send, exchanged while they do.
#[derive(Clone)]
struct Current(Arc<RwLock<Arc<Issuer>>>);

impl Current {
    fn new(issuer: &Arc<Issuer>) -> Self {
        Self(Arc::new(RwLock::new(Arc::clone(issuer))))
    }

    fn set(&self, issuer: &Arc<Issuer>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(issuer);
    }

    fn get(&self) -> Arc<Issuer> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What only an admin may ask, by an admin and by a viewer.
fn questions(issuer: &Issuer) -> Result<Vec<Question>> {
    Ok(vec![question("admin", &admin(issuer), 200)?, question("viewer", &viewer(issuer), 403)?])
}

fn question(name: &'static str, token: &str, status: u16) -> Result<Question> {
    let request = Request::new("DELETE /user-data/123")?.bearer(token)?;
    Ok(Question { name, request, status })
}

#[test]
fn every_answer_is_right_while_keys_rotate_with_an_overlap() -> Result<()> {
    const WORKERS: usize = 2;
    let setup = Setup::new()?;
    let envoy = Envoy::start_workers(&setup.config(QUICK)?.build()?, WORKERS)?;
    let mut issuer = Arc::new(Issuer::with_key_id("0")?);
    setup.idp.serve(&jwks(&[&issuer]))?;
    // Each worker fetches once a second, in its own time, and so does Envoy's main thread.
    let taken_by_all = || setup.wait_for_fetches(3 * (u64::try_from(WORKERS)? + 1));
    taken_by_all()?;
    serves_on_every_worker(&envoy, &admin(&issuer))?;

    let current = Current::new(&issuer);
    let forged = admin(&Issuer::new()?);
    let load = {
        let current = current.clone();
        Load::start(envoy.addr(), 4, move || {
            let mut questions = questions(&current.get())?;
            questions.push(question("forged", &forged, 401)?);
            Ok(questions)
        })
    };
    for rotation in 1..=3 {
        let next = Arc::new(Issuer::with_key_id(&rotation.to_string())?);
        setup.idp.serve(&jwks(&[&issuer, &next]))?;
        taken_by_all()?;
        current.set(&next);
        load.catch_up()?;
        setup.idp.serve(&jwks(&[&next]))?;
        taken_by_all()?;
        issuer = next;
    }
    let answered = load.stop()?;
    assert!(answered > 100, "only {answered} answers");
    assert_no_crash(&envoy)
}

#[test]
fn a_token_of_a_new_key_is_accepted_at_once() -> Result<()> {
    const WORKERS: usize = 2;
    let setup = Setup::new()?;
    let mut issuer = Arc::new(Issuer::with_key_id("0")?);
    setup.idp.serve(&jwks(&[&issuer]))?;
    let times = Times { refresh: 3600, timeout: 10, ..QUICK };
    let envoy = Envoy::start_workers(&setup.config(times)?.build()?, WORKERS)?;
    serves_on_every_worker(&envoy, &admin(&issuer))?;
    let current = Current::new(&issuer);
    // No forger here: a key id that nobody has, sent all the time, would use up the one fetch there is.
    let load = {
        let current = current.clone();
        Load::start(envoy.addr(), 4, move || questions(&current.get()))
    };
    for rotation in 1..=3 {
        load.catch_up()?;
        // The cooldown of the last fetch has to be over, which nothing tells.
        sleep(Duration::from_millis(1500));
        let next = Arc::new(Issuer::with_key_id(&rotation.to_string())?);
        let before = setup.idp.requests()?;
        setup.idp.serve(&jwks(&[&issuer, &next]))?;
        current.set(&next);
        load.catch_up()?;
        let fetches = setup.idp.requests()? - before;
        let most = u64::try_from(WORKERS)?;
        assert!((1..=most).contains(&fetches), "{fetches} fetches for one new key");
        issuer = next;
    }
    let answered = load.stop()?;
    assert!(answered > 100, "only {answered} answers");
    assert_no_crash(&envoy)
}

#[test]
fn a_token_of_a_new_key_is_accepted_at_once_where_the_old_one_is_gone() -> Result<()> {
    let setup = Setup::new()?;
    let envoy = setup.start(Times { refresh: 3600, timeout: 10, ..QUICK })?;
    let old = admin(&setup.issuer);
    assert_eq!(delete(envoy.addr(), &old)?.status, 200);
    sleep(Duration::from_millis(1500));
    let next = Issuer::with_key_id("next")?;
    setup.idp.serve(&next.jwks())?;
    assert_eq!(delete(envoy.addr(), &admin(&next))?.status, 200);
    assert_eq!(delete(envoy.addr(), &old)?.status, 401);
    Ok(())
}

#[test]
fn tokens_of_a_key_that_is_gone_are_refused_though_they_were_accepted_before() -> Result<()> {
    let setup = Setup::new()?;
    let staying = Issuer::with_key_id("staying")?;
    setup.idp.serve(&jwks(&[&setup.issuer, &staying]))?;
    let envoy = setup.start(QUICK)?;
    let (leaving, staying_token) = (admin(&setup.issuer), admin(&staying));
    for _ in 0..3 {
        assert_eq!(delete(envoy.addr(), &leaving)?.status, 200);
        assert_eq!(delete(envoy.addr(), &staying_token)?.status, 200);
    }
    setup.idp.serve(&jwks(&[&staying]))?;
    becomes("the key is gone", || {
        assert_eq!(delete(envoy.addr(), &staying_token)?.status, 200);
        let status = delete(envoy.addr(), &leaving)?.status;
        assert!(status == 200 || status == 401, "{status}");
        Ok(status == 401)
    })?;
    for _ in 0..3 {
        assert_eq!(delete(envoy.addr(), &leaving)?.status, 401);
        assert_eq!(delete(envoy.addr(), &staying_token)?.status, 200);
    }
    // It may come back, too.
    setup.idp.serve(&jwks(&[&setup.issuer, &staying]))?;
    becomes_status(&envoy, &leaving, 200, 401)
}

#[test]
fn an_exchanged_key_of_the_same_id_refuses_the_tokens_of_the_old_one() -> Result<()> {
    let setup = Setup::new()?;
    let envoy = setup.start(QUICK)?;
    let old = admin(&setup.issuer);
    assert_eq!(delete(envoy.addr(), &old)?.status, 200);
    let next = Issuer::with_key_id("first")?;
    setup.idp.serve(&next.jwks())?;
    becomes_status(&envoy, &old, 401, 200)?;
    assert_eq!(delete(envoy.addr(), &admin(&next))?.status, 200);
    Ok(())
}
