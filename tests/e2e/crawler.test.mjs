// Every address, as the owner and as the narrowest audience, on a phone and on a desk, in the light and in the dark:
// axe finds nothing, nothing scrolls sideways, nothing is asked of another host, the keyboard reaches everything, it
// prints, and it works with scripts off. A new page is covered by its row in the program's table of routes.

import assert from "node:assert/strict";
import path from "node:path";
import { writeFile } from "node:fs/promises";
import test from "node:test";

import { DESK, PHONE, launch, open, picture, signIn } from "./lib/browser.mjs";
import { routeOf, understand, walk } from "./lib/crawl.mjs";
import { accessible, fitsTheWidth, keyboardReachesEverything, namesEachThingOnce, picturesShow, prints, saysWhatItIs } from "./lib/page-checks.mjs";
import { makePacket } from "./lib/journeys.mjs";
import { must, signInLink, start, temporaryFolder } from "./lib/program.mjs";

const PASSPHRASE = "seven small boats at anchor";
/** Addresses that are there only for a moment, so that their own journey looks at them: see first-run.test.mjs. */
const MOMENTARY = new Set([
  "/recovery-sheet", "/cases/{case}/imports/{import}/progress",
  // And those of a packet that was received, and of what waits to be opened: see received.test.mjs.
  "/receive/{upload}", "/cases/{case}/received/{packet}", "/cases/{case}/received/{packet}/receipts/{receipt}",
  "/cases/{case}/received/{packet}/look/{page}", "/cases/{case}/receipts/{upload}",
]);

const covered = new Set();
let routes = [];

/** All that must hold on one page, in four windows; the sentences name the window. */
async function problemsOf(windows, server, address, status) {
  const found = [];
  for (const { name, page, take, checks } of windows) {
    take();
    const response = await page.goto(server.origin + address);
    if (response.status() !== status) found.push(`${name}: answers ${response.status()} and not ${status}`);
    for (const check of checks) found.push(...(await check(page)).map((sentence) => `${name}: ${sentence}`));
    found.push(...take().map((sentence) => `${name}: ${sentence}`));
  }
  return found;
}

/** Whether an audience may see an address, by the program's own table. */
function allowed(route, who) {
  return !route || route.audiences.length === 0 || route.audiences.includes(who);
}

/** Pages that the owner is shown as well are looked at once more in one window: what differs is which parts they have. */
async function windowsOf(browser, server, signedIn, briefly) {
  const make = async (name, options, checks) => ({ name, checks, ...(await open(browser, server, { signedIn, ...options })) });
  const phone = [saysWhatItIs, fitsTheWidth, accessible, namesEachThingOnce, picturesShow];
  if (briefly) return [await make("phone", { viewport: PHONE }, phone)];
  return [
    await make("phone", { viewport: PHONE, scheme: "dark" }, phone),
    await make("desk", { viewport: DESK }, [fitsTheWidth, accessible, keyboardReachesEverything, prints]),
    await make("without scripts", { viewport: PHONE, scripts: false }, [saysWhatItIs, fitsTheWidth]),
  ];
}

/** Walks one state of the program as one audience; each page is a test of its own. */
async function crawl(t, { server, browser, who, link, first, name, briefly }) {
  const signedIn = link ? await signIn(browser, server, link) : undefined;
  const windows = await windowsOf(browser, server, signedIn, briefly);
  const walker = await open(browser, server, { signedIn });
  let pages = 0;
  const reached = await walk({
    page: walker.page, server, routes, first,
    visit: async (page, address, route, response) => {
      pages += 1;
      await t.test(`${who}: ${route?.pattern ?? "no such page"} (${address})`, async () => {
        const problems = await problemsOf(windows, server, address, response.status());
        if (problems.length > 0) await picture(page, `problem-${name}-${pages}`);
        assert.deepEqual(problems, []);
        if (!MOMENTARY.has(route?.pattern)) assert.equal(response.ok(), allowed(route, who), `${who} gets ${response.status()}`);
      });
    },
    download: async (address, route, response) => {
      assert.equal(response.ok(), allowed(route, who), `${address}: ${who} gets ${response.status()}`);
      assert.equal(response.headers()["x-content-type-options"], "nosniff", `${address} may be taken for a page`);
    },
  });
  reached.forEach((pattern) => covered.add(pattern));
  assert.ok(pages > 0, "no page was reached");
  return reached;
}

test("every page in every state of the program", async (t) => {
  const browser = await launch(t);
  const folder = await temporaryFolder(t);
  const passphraseFile = path.join(folder, "passphrase");
  await writeFile(passphraseFile, `${PASSPHRASE}\n`);

  await t.test("before there is a home", async (t) => {
    const home = path.join(folder, "none");
    routes = understand(JSON.parse(await must(home, ["--json", "routes"])));
    const server = await start(t, { home });
    await crawl(t, { server, browser, who: "owner", link: server.link, first: ["/", "/first-run"], name: "none" });
  });

  await t.test("while the home is locked", async (t) => {
    const home = path.join(folder, "locked");
    await must(home, ["--passphrase-file", passphraseFile, "init"]);
    const server = await start(t, { home });
    await crawl(t, { server, browser, who: "owner", link: server.link, first: ["/", "/unlock"], name: "locked" });
  });

  await t.test("an empty home", async (t) => {
    const home = path.join(folder, "empty");
    await must(home, ["init", "--plain"]);
    await must(home, ["case", "new", "empty", "--patient", "Rosa Example", "--born", "1971-03-14"]);
    const server = await start(t, { home });
    await crawl(t, { server, browser, who: "owner", link: server.link, name: "empty" });
  });

  await t.test("the demo case", async (t) => {
    const home = path.join(folder, "demo");
    await must(home, ["demo", "--no-open", "--no-serve"]);
    const server = await start(t, { home });
    await t.test("its packet is made", async () => {
      const { page, context } = await open(browser, server);
      await page.goto(server.link);
      await page.waitForURL((address) => address.pathname !== "/login");
      await page.locator("main a[href^='/cases/']").first().click();
      await makePacket(page);
      await context.close();
    });
    await t.test("a decision is written down, and something is handed over", async () => {
      const decision = path.join(folder, "decision.json");
      const tell = [{ to: "Dr. Robin Example-Reader", what: "reasons", goes_on: true }];
      await writeFile(decision, JSON.stringify({ on: "2026-01-02", choice: "To wait for the ultrasound", reasons: "I want to know first", tell }));
      await must(home, ["choose", "decision", decision, "--case", "rosa"]);
      await must(home, ["choose", "hand-over", "Return the slides of S-11877", "--kind", "tissue", "--due", "2026-01-20", "--case", "rosa"]);
    });
    await t.test("as its owner", async (t) => {
      const link = await signInLink(home, { audience: "owner" });
      await crawl(t, { server, browser, who: "owner", link, name: "owner" });
    });
    for (const audience of ["specialist", "blind-reader"]) {
      await t.test(`as a ${audience}`, async (t) => {
        const link = await signInLink(home, { audience, handle: "rosa" });
        await crawl(t, { server, browser, who: audience, link, name: audience, briefly: true });
      });
    }
    await t.test("as a helper, the narrowest audience", async (t) => {
      const link = await signInLink(home, { audience: "helper", handle: "rosa" });
      // The helper also tries every address that only the owner is shown.
      const owner = await open(browser, server, { signedIn: await signIn(browser, server, await signInLink(home, { audience: "owner" })) });
      const first = new Set(["/"]);
      await walk({ page: owner.page, server, routes, visit: async (_page, address, route) => route && first.add(address) });
      const reached = await crawl(t, { server, browser, who: "helper", link, first: [...first], name: "helper" });
      const closed = routes.filter((route) => route.when === "open-home" && !route.audiences.includes("helper"));
      assert.deepEqual(closed.map((route) => route.pattern).filter((pattern) => reached.has(pattern)), []);
    });
  });

  await t.test("no address was left out", () => {
    assert.ok(routes.length > 0, "the program lists no addresses");
    const left = routes.filter((route) => route.methods.includes("GET")).map((route) => route.pattern)
      .filter((pattern) => !covered.has(pattern) && !MOMENTARY.has(pattern));
    assert.deepEqual(left, []);
  });

  await t.test("an address that does not exist says so", () => assert.equal(routeOf(routes, "/no/such/page"), undefined));
});
