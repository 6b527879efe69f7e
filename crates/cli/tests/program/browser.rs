//! A real browser, told what to do over the `WebDriver` protocol (W3C recommendation).

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use ureq::Agent;

/// Chromium without a window, and the driver that it is told through.
pub(super) struct Browser {
    driver: Child,
    agent: Agent,
    session: String,
    profile: TempDir,
}

/// Keys that are no letters, as the protocol names them.
pub(super) const ENTER: &str = "\u{e007}";
pub(super) const ESCAPE: &str = "\u{e00c}";
pub(super) const TAB: &str = "\u{e004}";
pub(super) const RIGHT: &str = "\u{e014}";
pub(super) const DOWN: &str = "\u{e015}";
pub(super) const END: &str = "\u{e010}";

impl Browser {
    /// Starts one; `None` where there is none, which is said, and fails where CI should have one.
    pub(super) fn start() -> Option<Self> {
        let mut command = Command::new("chromedriver");
        command.arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null());
        let Ok(mut driver) = command.spawn() else {
            let missing =
                "chromedriver is missing: install the packages chromium and chromium-driver";
            assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "{missing}");
            eprintln!("skipped: {missing}");
            return None;
        };
        let mut said = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = said.find_map(|line| {
            let line = line.unwrap();
            Some(line.split_once("successfully on port ")?.1.trim_end_matches('.').to_owned())
        });
        let config = Agent::config_builder()
            .timeout_global(Some(Duration::from_mins(1)))
            .http_status_as_error(false);
        let mut browser = Self {
            driver,
            agent: config.build().new_agent(),
            session: format!("http://127.0.0.1:{}/session", port.unwrap()),
            profile: tempfile::tempdir().unwrap(),
        };
        let session =
            browser.tell("", &json!({ "capabilities": { "alwaysMatch": browser.wanted() } }));
        browser.session = format!("{}/{}", browser.session, session["sessionId"].as_str().unwrap());
        Some(browser)
    }

    fn wanted(&self) -> Value {
        let profile = format!("--user-data-dir={}", self.profile.path().display());
        let args = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            "--window-size=1200,800",
            &profile,
        ];
        json!({
            "goog:chromeOptions": { "args": args },
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        })
    }

    /// Opens a file, and forgets what was before: browsers begin with pages of their own.
    pub(super) fn open(&self, file: &Path) {
        self.tell("/url", &json!({ "url": "about:blank" }));
        self.log("performance");
        self.tell("/url", &json!({ "url": format!("file://{}", file.display()) }));
    }

    /// What a script of ours finds on the page.
    pub(super) fn ask(&self, script: &str) -> Value {
        self.tell("/execute/sync", &json!({ "script": format!("return {script}"), "args": [] }))
    }

    /// Clicks on the middle of what this selects.
    pub(super) fn click(&self, selector: &str) {
        self.tell(&format!("{}/click", self.element(selector)), &json!({}));
    }

    /// Types a text into what this selects, instead of the text that is there.
    pub(super) fn fill(&self, selector: &str, text: &str) {
        let element = self.element(selector);
        self.tell(&format!("{element}/clear"), &json!({}));
        self.tell(&format!("{element}/value"), &json!({ "text": text }));
    }

    /// Presses keys, one after the other.
    pub(super) fn press(&self, keys: &str) {
        let actions = keys.chars().flat_map(|key| {
            ["keyDown", "keyUp"].map(|kind| json!({ "type": kind, "value": key.to_string() }))
        });
        let source = json!({ "type": "key", "id": "keys", "actions": actions.collect::<Vec<_>>() });
        self.tell("/actions", &json!({ "actions": [source] }));
    }

    /// What was written to the console.
    pub(super) fn console(&self) -> Vec<String> {
        self.log("browser").iter().map(|entry| entry["message"].to_string()).collect()
    }

    /// What was fetched, or was to be.
    pub(super) fn requests(&self) -> Vec<String> {
        let events = self.log("performance").into_iter().map(|entry| -> Value {
            serde_json::from_str(entry["message"].as_str().unwrap()).unwrap()
        });
        let requests =
            events.filter(|event| event["message"]["method"] == "Network.requestWillBeSent");
        requests
            .map(|it| it["message"]["params"]["request"]["url"].as_str().unwrap().into())
            .collect()
    }

    fn log(&self, kind: &str) -> Vec<Value> {
        self.tell("/se/log", &json!({ "type": kind })).as_array().unwrap().clone()
    }

    fn element(&self, selector: &str) -> String {
        let found = self.tell("/element", &json!({ "using": "css selector", "value": selector }));
        let id = found.as_object().unwrap().values().next().unwrap().as_str().unwrap();
        format!("/element/{id}")
    }

    /// Sends a command, and gives what is answered.
    fn tell(&self, path: &str, body: &Value) -> Value {
        let mut response =
            self.agent.post(format!("{}{path}", self.session)).send(body.to_string()).unwrap();
        let text = response.body_mut().read_to_string().unwrap();
        let answer = serde_json::from_str::<Value>(&text).unwrap()["value"].take();
        assert!(response.status().is_success(), "{path} {body}: {answer}");
        answer
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver ends the browser with its session; it is the driver that was started here.
        let _ = self.agent.delete(&self.session).call();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
