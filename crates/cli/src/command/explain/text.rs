//! The report as text.

use std::fmt::{self, Display, Formatter};

use gate::{Asked, Met};

use super::report::{Answer, Report, Row};
use crate::asker::Signature;
use crate::output::{BOLD, DIM, GREEN, RED, YELLOW};
use crate::plain::visible;

impl Display for Report<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let [method, path, host] = [self.method, self.path, self.host].map(visible);
        writeln!(f, "{BOLD}{method} {path}{BOLD:#}  {DIM}host {host}{DIM:#}")?;
        writeln!(f)?;
        self.decision(f)?;
        self.asker(f)?;
        self.rule(f)?;
        if let Some(reply) = &self.reply {
            reply.text(f)?;
        }
        let note = if self.audited { "" } else { "  not logged, by `audit.decisions`" };
        write!(f, "\n{BOLD}audit line{BOLD:#}{DIM}{note}{DIM:#}\n  {}", self.audit_line)
    }
}

impl Report<'_> {
    fn decision(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Some((status, code)) = self.status.zip(self.code) else {
            let how = if self.rule.is_some() { "" } else { ", as a CORS preflight" };
            return writeln!(f, "  {GREEN}allowed{GREEN:#}{how}");
        };
        if self.shadow {
            writeln!(
                f,
                "  {YELLOW}denied in shadow{YELLOW:#}: noted as {status} {code}, and let through"
            )?;
        } else {
            writeln!(f, "  {RED}denied{RED:#}: {status} {code}")?;
        }
        writeln!(f, "  because  {}", visible(self.reason.as_deref().unwrap_or_default()))
    }

    fn asker(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(who) = &self.principal {
            let roles = if who.roles.is_empty() { "none".to_owned() } else { who.roles.join(", ") };
            let subject = who.subject.unwrap_or("somebody without `sub`");
            let who = format!("{subject}, of issuer {}; roles: {roles}", who.issuer);
            writeln!(f, "  asks     {}", visible(&who))?;
        }
        let said = match self.signature {
            Signature::NoToken | Signature::Checked => return Ok(()),
            Signature::Described => "  token    as described, taken as verified",
            Signature::NotChecked => "  token    its signature was NOT checked",
        };
        writeln!(f, "{DIM}{said}{DIM:#}")
    }

    fn rule(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.rule {
            Some(rule) => {
                let (name, matches) = (visible(rule.name), visible(&rule.matches));
                writeln!(f, "\n{BOLD}rule {name}{BOLD:#}  {DIM}{matches}{DIM:#}")?;
                match (self.asked, self.access) {
                    (Some(asked), _) => part(asked, 1, f)?,
                    (None, Some("public")) => writeln!(f, "  lets everybody through")?,
                    (None, Some("nobody")) => writeln!(f, "  lets nobody through")?,
                    (None, _) => writeln!(f, "  asks for a token, whatever its roles")?,
                }
            }
            None if self.code == Some("no_rule") => {
                writeln!(f, "\n{BOLD}no rule{BOLD:#}  what no rule matches is denied")?;
            }
            None => {}
        }
        rows("less specific", &self.beaten, f)?;
        rows("near, but for the method or the host", &self.near, f)
    }
}

/// As deep as a requirement may be.
fn part(asked: &Asked, depth: usize, f: &mut Formatter<'_>) -> fmt::Result {
    let indent = "  ".repeat(depth);
    let what = visible(&asked.what);
    match asked.met {
        Met::Yes => write!(f, "{indent}{GREEN}✓{GREEN:#} {what}")?,
        Met::No => write!(f, "{indent}{RED}✗{RED:#} {what}")?,
        Met::Unknown => write!(f, "{indent}{YELLOW}?{YELLOW:#} {what}")?,
    }
    match &asked.has {
        Some(has) => writeln!(f, "  {DIM}has {}{DIM:#}", visible(has))?,
        None => writeln!(f)?,
    }
    asked.parts.iter().try_for_each(|one| part(one, depth.saturating_add(1), f))
}

fn rows(title: &str, rows: &[Row<'_>], f: &mut Formatter<'_>) -> fmt::Result {
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(f, "\n{BOLD}{title}{BOLD:#}")?;
    rows.iter().try_for_each(|row| {
        write!(f, "  {}  {DIM}{}{DIM:#}", visible(row.name), visible(&row.matches))?;
        match &row.why {
            Some(why) => writeln!(f, "  {}", visible(why)),
            None => writeln!(f),
        }
    })
}

impl Answer<'_> {
    fn text(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n{BOLD}reply{BOLD:#}")?;
        match self.grpc_status {
            Some(grpc) => writeln!(f, "  grpc-status: {grpc}")?,
            None => writeln!(f, "  HTTP {}", self.status)?,
        }
        let headers = self.headers.iter();
        headers
            .map(|(name, value)| (visible(name), visible(value)))
            .try_for_each(|(name, value)| writeln!(f, "  {name}: {value}"))?;
        writeln!(f, "\n  {}", visible(self.body))?;
        let details = visible(self.details);
        writeln!(f, "\n  {DIM}in the access log, %RESPONSE_CODE_DETAILS%: {details}{DIM:#}")
    }
}
