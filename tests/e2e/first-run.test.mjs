// A new user's path: one file started without arguments, whose records these are, files dropped, the report of every
// file, a record, the packet. On a desk, on a phone, and with scripts off. Pictures land in out/.

import assert from "node:assert/strict";
import path from "node:path";
import test from "node:test";

import { DESK, launch, open, picture } from "./lib/browser.mjs";
import { accessible, fitsTheWidth } from "./lib/page-checks.mjs";
import { makePacket } from "./lib/journeys.mjs";
import { openPacket } from "./lib/packet.mjs";
import { must, start, temporaryFolder } from "./lib/program.mjs";

const PASSPHRASE = "seven small boats at anchor";
const WINDOWS = [
  { name: "desk", viewport: DESK },
  { name: "phone", viewport: { width: 390, height: 844 } },
  { name: "without-scripts", viewport: { width: 390, height: 844 }, scripts: false },
];

/** Takes a picture, and holds the page to what holds everywhere. */
async function good(page, name, scripts) {
  await picture(page, name);
  const problems = [...(await fitsTheWidth(page)), ...(scripts ? await accessible(page) : [])];
  assert.deepEqual(problems, [], name);
}

for (const window of WINDOWS) {
  test(`a new user reaches a packet: ${window.name}`, async (t) => {
    const browser = await launch(t);
    const folder = await temporaryFolder(t);
    const home = path.join(folder, "home");
    const shoebox = path.join(folder, "shoebox");
    await must(home, ["shoebox", shoebox]);
    const server = await start(t, { home });
    const { page, take } = await open(browser, server, window);
    const shot = (step) => good(page, `${window.name}-${step}`, window.scripts !== false);
    // Each step stands on the one before: after a failure the rest would only repeat it.
    let broken = false;
    const step = (name, walk) => t.test(name, { skip: broken && "an earlier step failed" }, async () => {
      broken = true;
      await walk();
      broken = false;
    });

    await step("the printed link signs in and shows the first-run page", async () => {
      await page.goto(server.link);
      await page.waitForURL("**/first-run");
      await shot("1-first-run");
    });

    await step("a refusal stands beside its field and keeps what was typed", async () => {
      await page.getByLabel("Birth date").fill("1971-03-14");
      await page.getByRole("button", { name: "Begin" }).click();
      await page.locator("[aria-invalid=true]").first().waitFor();
      assert.equal(await page.getByLabel("Birth date").inputValue(), "1971-03-14");
      await shot("2-refused");
    });

    await step("a name, a passphrase, and the recovery sheet follows", async () => {
      await page.getByLabel("Name", { exact: true }).fill("Rosa Example");
      await page.getByLabel("Passphrase", { exact: true }).fill(PASSPHRASE);
      await page.getByLabel("The same passphrase again").fill(PASSPHRASE);
      await page.getByRole("button", { name: "Begin" }).click();
      await page.waitForURL("**/recovery-sheet");
      await shot("3-recovery-sheet");
      await page.getByRole("button", { name: "I have it on paper" }).click();
      await page.waitForURL("**/gather");
      await shot("4-gather-empty");
    });

    await step("files are added and every one is accounted for", async () => {
      await page.locator("input[type=file][webkitdirectory]").setInputFiles(shoebox);
      await page.getByRole("button", { name: "Add these" }).click();
      await page.locator("#progress, h1:has-text('What became of every file')").first().waitFor({ timeout: 120_000 });
      await shot("5-progress");
      const report = page.getByRole("link", { name: "See what became of each file" });
      const heading = page.getByRole("heading", { name: "What became of every file" });
      // With scripts off the page reloads itself; a person may also press Refresh, and the picture is the same.
      await report.or(heading).first().waitFor({ timeout: 240_000 });
      if (await report.isVisible()) await report.click();
      await page.getByRole("heading", { name: "What became of every file" }).waitFor();
      await shot("6-report");
      const text = await page.locator("main").innerText();
      for (const word of ["kept", "set aside", "duplicate", "refused"]) assert.match(text.toLowerCase(), new RegExp(word));
    });

    await step("a record can be read, with its original one click away", async () => {
      await page.getByRole("link", { name: /^Gather/ }).first().click();
      await page.waitForURL("**/gather*");
      await shot("7-gather");
      await page.locator("#documents tbody a").first().click();
      await page.getByRole("heading", { level: 1 }).waitFor();
      await shot("8-record");
      const original = await page.locator("a[href$='/original']").first().getAttribute("href");
      const answer = await page.context().request.get(new URL(original, server.origin).href);
      assert.ok(answer.ok());
      assert.ok((await answer.body()).length > 0);
    });

    await step("the overview and the timeline show where things stand", async () => {
      const overview = page.url().replace(/(\/cases\/[^/]+).*/, "$1");
      await page.goto(overview);
      await shot("9-overview");
      await page.goto(`${overview}/timeline`);
      await shot("10-timeline");
    });

    await step("a packet is made, and opens", async () => {
      const save = await makePacket(page, { center: "Riverbend Example Cancer Center", before: () => shot("11-share") });
      await shot("12-packet");
      const [download] = await Promise.all([page.waitForEvent("download"), save.click()]);
      const zip = path.join(folder, "packet.zip");
      await download.saveAs(zip);
      assert.deepEqual(await openPacket(zip, path.join(folder, "packet")), []);
    });

    await step("nothing went wrong on the way", () => assert.deepEqual(take(), []));
  });
}
