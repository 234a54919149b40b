//! The real window under WebDriver: one driver process, one session, pictures.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::json;
use thirtyfour::Capabilities;
use thirtyfour::error::WebDriverErrorInner;
use thirtyfour::extensions::query::ElementQuery;
use thirtyfour::prelude::*;

/// How long anything on the screen may take; the sandbox starts real servers in this time.
const PATIENCE: Duration = Duration::from_secs(180);

/// Does something with an element again for as long as the screen puts another in its place
/// meanwhile, as a list does that is read again.
macro_rules! afresh {
    ($act:expr) => {
        loop {
            match $act.await {
                Err(error)
                    if matches!(
                        error.as_inner(),
                        WebDriverErrorInner::StaleElementReference(_)
                    ) => {}
                done => break done,
            }
        }
    };
}

/// A window of the product with the driver that moves it. Dropping it ends both.
pub struct Window {
    driver: WebDriver,
    process: DriverProcess,
    pictures: PathBuf,
}

/// The driver in its own process group, so that ending it ends the window too.
struct DriverProcess(Child);

impl Drop for DriverProcess {
    fn drop(&mut self) {
        let group = format!("-{}", self.0.id());
        // Both fail only when the group has gone already, which is what is wanted.
        let _gone = Command::new("kill").args(["-TERM", "--", &group]).status();
        let _reaped = self.0.wait();
    }
}

impl Window {
    /// Opens the product with a home folder of its own.
    pub async fn open(binary: &Path, home: &Path, pictures: &Path) -> WebDriverResult<Self> {
        assert!(
            std::env::var_os("DISPLAY").is_some(),
            "the window needs a display: run through `make test`, or under xvfb-run"
        );
        let port = free_port();
        let process = start_driver(port, home);
        await_port(port).await;
        let mut capabilities = Capabilities::new();
        let options = json!({ "binary": binary, "args": ["--home", home] });
        capabilities.set("webkitgtk:browserOptions", options)?;
        let session = WebDriver::new(format!("http://127.0.0.1:{port}"), capabilities);
        let driver = tokio::time::timeout(Duration::from_secs(60), session)
            .await
            .expect("a session opens within a minute")?;
        std::fs::create_dir_all(pictures).expect("the folder for pictures can be made");
        Ok(Self { driver, process, pictures: pictures.to_owned() })
    }

    /// Ends the session before the driver; a panic of a test body is raised again only after it.
    pub async fn close(self) {
        let _ended = tokio::time::timeout(Duration::from_secs(10), self.driver.quit()).await;
        drop(self.process);
    }

    /// Waits for the element with this test id to be shown.
    pub async fn find(&self, id: &str) -> WebDriverResult<WebElement> {
        let selector = format!("[data-testid='{id}']");
        afresh!(self.query(&selector).and_displayed().first())
    }

    fn query(&self, selector: &str) -> ElementQuery {
        self.driver.query(By::Css(selector)).wait(PATIENCE, Duration::from_millis(100))
    }

    /// Waits until the element with this test id can be clicked, and clicks it.
    pub async fn click(&self, id: &str) -> WebDriverResult<()> {
        let selector = format!("[data-testid='{id}']");
        afresh!(self.click_found(&selector))
    }

    /// The same within an element that fits a CSS selector.
    pub async fn click_in(&self, within: &str, id: &str) -> WebDriverResult<()> {
        let selector = format!("{within} [data-testid='{id}']");
        afresh!(self.click_found(&selector))
    }

    async fn click_found(&self, selector: &str) -> WebDriverResult<()> {
        let element = self.query(selector).and_clickable().first().await?;
        // A drawer may still be moving over it: the click is made where the element is.
        if element.click().await.is_err() {
            self.driver.execute("arguments[0].click()", vec![element.to_json()?]).await?;
        }
        Ok(())
    }

    /// Types into the element with this test id.
    pub async fn write(&self, id: &str, text: &str) -> WebDriverResult<()> {
        self.find(id).await?.send_keys(text).await
    }

    /// Gives a file to a field for files, which itself may be hidden.
    pub async fn choose_file(&self, id: &str, file: &Path) -> WebDriverResult<()> {
        let field = self.query(&format!("[data-testid='{id}']")).first().await?;
        field.send_keys(file.to_str().expect("a path that is text")).await
    }

    /// Waits until there is no element with this test id.
    pub async fn gone(&self, id: &str) -> WebDriverResult<()> {
        let selector = format!("[data-testid='{id}']");
        assert!(afresh!(self.query(&selector).not_exists())?, "{id} stays");
        Ok(())
    }

    /// Puts text in the place of what the field holds, and leaves the field.
    pub async fn rewrite(&self, id: &str, text: &str) -> WebDriverResult<()> {
        let field = self.find(id).await?;
        field.send_keys(Key::Control + "a").await?;
        field.send_keys(text).await?;
        field.send_keys(Key::Tab + "").await
    }

    /// Presses a key where the focus is.
    pub async fn press(&self, key: Key) -> WebDriverResult<()> {
        self.driver.active_element().await?.send_keys(key + "").await
    }

    /// An attribute of the element with this test id, as it is now.
    pub async fn attribute(&self, id: &str, name: &str) -> WebDriverResult<String> {
        let selector = format!("[data-testid='{id}']");
        afresh!(self.attribute_of(&selector, name))
    }

    /// Waits until the element's attribute has one of these values, and tells which.
    pub async fn await_attribute(
        &self,
        id: &str,
        name: &str,
        values: &[&str],
    ) -> WebDriverResult<String> {
        let selectors: Vec<String> =
            values.iter().map(|value| format!("[data-testid='{id}'][{name}='{value}']")).collect();
        let selector = selectors.join(", ");
        afresh!(self.attribute_of(&selector, name))
    }

    async fn attribute_of(&self, selector: &str, name: &str) -> WebDriverResult<String> {
        let element = self.query(selector).and_displayed().first().await?;
        Ok(element.attr(name).await?.unwrap_or_default())
    }

    /// An attribute of the page's root element, which says its language and theme.
    pub async fn text_of_root(&self, attribute: &str) -> WebDriverResult<String> {
        let root = self.driver.find(By::Css("html")).await?;
        Ok(root.attr(attribute).await?.unwrap_or_default())
    }

    /// Keeps a picture of what is shown.
    pub async fn picture(&self, name: &str) -> WebDriverResult<()> {
        // What was just drawn may not have been painted yet.
        let painted =
            "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(done));";
        self.driver.execute_async(painted, vec![]).await?;
        self.driver.screenshot(&self.pictures.join(format!("{name}.png"))).await
    }
}

fn start_driver(port: u16, home: &Path) -> DriverProcess {
    use std::os::unix::process::CommandExt;
    let child = Command::new("WebKitWebDriver")
        .args([format!("--port={port}"), "--host=127.0.0.1".to_owned()])
        .env("TAURI_WEBVIEW_AUTOMATION", "true")
        // llvmpipe crashes the compositor now and then; softpipe does not.
        .env("LIBGL_ALWAYS_SOFTWARE", "1")
        .env("GALLIUM_DRIVER", "softpipe")
        .env("XDG_DATA_HOME", home.join("data"))
        .env("XDG_CACHE_HOME", home.join("cache"))
        .env("XDG_CONFIG_HOME", home.join("config"))
        .stdin(Stdio::null())
        .process_group(0)
        .spawn()
        .expect("WebKitWebDriver is installed: run through `make test`");
    DriverProcess(child)
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a loopback port is free")
        .port()
}

async fn await_port(port: u16) {
    let connected = async {
        while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), connected).await.expect("the driver listens");
}
