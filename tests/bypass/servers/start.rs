//! How each server is configured and started.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;
use claimgate_tests::repository;

use super::ground::Ground;
use super::{Missing, ORDINARY, SECRET, Server};

pub(super) fn nginx() -> Result<Server> {
    let program = installed(&["/usr/sbin/nginx", "/usr/bin/nginx"])?;
    let ground = Ground::new(&["port", "folding", "slip"])?;
    ground.fill("nginx.conf", "nginx.conf")?;
    let version = version(Command::new(&program).arg("-v"))?;
    let mut command = Command::new(program);
    command.arg("-e").arg(ground.path("error.log")).arg("-c").arg(ground.path("nginx.conf"));
    ground.start(&mut command, version)
}

pub(super) fn httpd() -> Result<Server> {
    let program = installed(&["/usr/sbin/apache2"])?;
    let ground = Ground::new(&["port", "slashes", "undecoded"])?;
    ground.fill("httpd.conf", "httpd.conf")?;
    let script = |test: &str| {
        format!(
            "#!/bin/sh\nprintf 'Content-Type: text/plain\\r\\n\\r\\n'\n\
             if [ {test} ]; then echo {SECRET}; else echo {ORDINARY}; fi\n"
        )
    };
    for (name, test) in [
        ("items.sh", r#""$REQUEST_METHOD" = POST"#),
        ("account.sh", r#""$HTTP_X_USER_ROLES" = admin"#),
    ] {
        ground.write(name, &script(test))?;
        fs::set_permissions(ground.path(name), Permissions::from_mode(0o755))?;
    }
    let version = version(Command::new(&program).arg("-v"))?;
    let mut command = Command::new(program);
    // One process, so that whoever ends it ends all of it.
    command.arg("-X").arg("-f").arg(ground.path("httpd.conf"));
    ground.start(&mut command, version)
}

pub(super) fn tomcat() -> Result<Server> {
    let home = installed(&["/usr/share/tomcat10"])?;
    let java = installed(&["/usr/bin/java"])?;
    let ground = Ground::new(&["port", "lenient"])?;
    ground.fill("server.xml", "conf/server.xml")?;
    fs::copy(home.join("etc/web.xml"), ground.path("conf/web.xml"))?;
    // Nothing to be found in its libraries, and a quicker start.
    ground.write("conf/context.xml", r#"<Context><JarScanner><JarScanFilter defaultTldScan="false" defaultPluggabilityScan="false"/></JarScanner></Context>"#)?;
    ground.fill("application.xml", "webapps/ROOT/WEB-INF/web.xml")?;
    ground.fill("vault.xml", "vault/ROOT/WEB-INF/web.xml")?;
    for path in ["index.html", "public/hello", "files/a.txt"] {
        ground.write(&format!("webapps/ROOT/{path}"), ORDINARY)?;
    }
    let choice = |test: &str| format!("<%= {test} ? \"{SECRET}\" : \"{ORDINARY}\" %>");
    for (name, page) in [
        ("webapps/ROOT/WEB-INF/secret.jsp", SECRET.to_owned()),
        ("webapps/ROOT/WEB-INF/items.jsp", choice(r#"request.getMethod().equals("POST")"#)),
        (
            "webapps/ROOT/WEB-INF/account.jsp",
            choice(r#""admin".equals(request.getHeader("x-user-roles"))"#),
        ),
        ("vault/ROOT/WEB-INF/secret.jsp", SECRET.to_owned()),
    ] {
        ground.write(name, &page)?;
    }
    fs::create_dir_all(ground.path("temp"))?;
    let version = version(
        Command::new(&java)
            .arg("-cp")
            .arg(home.join("lib/catalina.jar"))
            .arg("org.apache.catalina.util.ServerInfo"),
    )?;
    let libraries = [home.join("bin/bootstrap.jar"), home.join("bin/tomcat-juli.jar")];
    let mut command = Command::new(java);
    command
        .args(["-Xmx256m", "-XX:TieredStopAtLevel=1", "-cp"])
        .arg(std::env::join_paths(libraries)?)
        .arg(format!("-Dcatalina.home={}", home.display()))
        .arg(format!("-Dcatalina.base={}", ground.folder.path().display()))
        .arg(format!("-Djava.io.tmpdir={}", ground.path("temp").display()))
        .args(["org.apache.catalina.startup.Bootstrap", "start"]);
    ground.start(&mut command, version)
}

pub(super) fn werkzeug() -> Result<Server> {
    let libraries = installed(&[&repository("target/bypass").display().to_string()])?;
    let ground = Ground::new(&["port", "careless"])?;
    let python = std::env::var_os("PYTHON").unwrap_or_else(|| "python3".into());
    let version = version(Command::new(&python).env("PYTHONPATH", &libraries).args([
        "-c",
        "from importlib.metadata import version as v; \
         print(f'Werkzeug/{v(\"werkzeug\")} waitress/{v(\"waitress\")}')",
    ]))?;
    let mut command = Command::new(python);
    command
        .arg("-B")
        .arg(repository("tests/bypass/servers/application.py"))
        .arg(ground.path("site"))
        .args([SECRET, ORDINARY])
        .args(["port", "careless"].map(|port| ground.ports[port].to_string()))
        .env("PYTHONPATH", libraries);
    ground.start(&mut command, version)
}

/// The first of these that is there.
fn installed(places: &[&str]) -> Result<PathBuf> {
    let found = places.iter().map(Path::new).find(|path| path.exists());
    Ok(found.ok_or_else(|| Missing(places[0].to_owned()))?.to_owned())
}

/// What a program says of itself: of what it says, the line with a version.
fn version(command: &mut Command) -> Result<String> {
    let output = command.output()?;
    let said = String::from_utf8(output.stdout)? + &String::from_utf8(output.stderr)?;
    let line = said.lines().find(|line| line.contains('/')).unwrap_or_default();
    let word = line.split_once(": ").map_or(line, |(_, version)| version);
    Ok(word.trim().to_owned())
}
