// Debian's Chromium, driven by Playwright. Every window keeps a list of what a page must never do.

import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const pictures = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../out");

/** Widths in CSS pixels that pages are held to: the narrowest phone, and a desk. */
export const PHONE = { width: 360, height: 740 };
export const DESK = { width: 1280, height: 900 };

/** A browser that is closed when the test ends. */
export async function launch(t) {
  const executablePath = process.env.CHROMIUM ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find(existsSync);
  const browser = await chromium.launch({
    executablePath,
    headless: true,
    args: [
      "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-dev-shm-usage",
    ],
  });
  t.after(() => browser.close());
  return browser;
}

/**
 * A window onto one server. `window.problems` collects requests to anywhere else, console errors (a broken content
 * security policy is one), uncaught errors and answers of 500 and above.
 */
export async function open(browser, server, { viewport = DESK, scripts = true, scheme = "light", signedIn } = {}) {
  const context = await browser.newContext({
    viewport, colorScheme: scheme, javaScriptEnabled: scripts, reducedMotion: "reduce", acceptDownloads: true,
    storageState: signedIn,
  });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  const problems = [];
  // The browser itself reports every answer of 400 and above as an error; refusals are answers, not errors.
  const expected = /^Failed to load resource: the server responded with a status of 4\d\d/;
  context.on("request", (request) => {
    const address = new URL(request.url());
    if (["data:", "blob:", "about:"].includes(address.protocol)) return;
    if (address.origin !== server.origin) problems.push(`asks ${address.origin} for something`);
  });
  context.on("response", (response) => {
    if (response.status() >= 500) problems.push(`${response.status()} from ${new URL(response.url()).pathname}`);
  });
  page.on("console", (message) => {
    if (message.type() === "error" && !expected.test(message.text())) problems.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => problems.push(`uncaught: ${error.message}`));
  return { context, page, problems, take: () => problems.splice(0) };
}

/** Signs in with a link that works once, and gives what later windows need to be signed in too. */
export async function signIn(browser, server, link) {
  const { context, page } = await open(browser, server);
  await page.goto(link);
  await page.waitForURL((address) => address.pathname !== "/login");
  const state = await context.storageState();
  await context.close();
  return state;
}

/** A picture of the whole page, for people to look at: tests/e2e/out/NAME.png. */
export async function picture(page, name) {
  // Pictures inside the page are part of it.
  await page.waitForLoadState("networkidle");
  await mkdir(pictures, { recursive: true });
  await page.screenshot({ path: path.join(pictures, `${name}.png`), fullPage: true });
}
