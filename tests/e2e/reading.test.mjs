// What the records say, as a person meets it: from a contradiction to the words it came from, a word about a fact, a
// question on the list, and page one on one page.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import path from "node:path";
import test from "node:test";
import { promisify } from "node:util";

import { launch, open, picture } from "./lib/browser.mjs";
import { must, start, temporaryFolder } from "./lib/program.mjs";

const run = promisify(execFile);

/** The address of the first case's page of that name. */
async function pageOfCase(page, name) {
  const address = await page.locator("main a[href^='/cases/']").first().getAttribute("href");
  return new URL(`${address.split("/").slice(0, 3).join("/")}/${name}`, page.url()).href;
}

test("from a contradiction to its words, and back", async (t) => {
  const browser = await launch(t);
  const folder = await temporaryFolder(t);
  const home = path.join(folder, "demo");
  await must(home, ["demo", "--no-open", "--no-serve"]);
  const server = await start(t, { home });
  const { page, problems } = await open(browser, server);
  await page.goto(server.link);
  await page.waitForURL((address) => address.pathname !== "/login");
  await page.locator("main a[href^='/cases/']").first().click();
  await page.getByRole("link", { name: /Facts, treatment/ }).click();

  const conflict = page.locator(".difference.conflict", { hasText: "Regional nodes" });
  assert.deepEqual(await conflict.locator(".sides > li > strong").allTextContents(), ["pN1a(sn)", "pN0"]);
  await picture(page, "reading-facts");
  const question = await conflict.locator("form .quiet").textContent();
  await conflict.getByRole("button", { name: /Put this on my list/ }).click();
  await page.waitForURL("**/prepare*");
  assert.ok((await page.locator(".questions").textContent()).includes("regional nodes"), question);

  await page.goBack();
  await page.reload();
  await conflict.locator(".sides > li", { hasText: "pN1a" }).getByRole("link").first().click();
  await page.waitForURL("**/documents/**");
  assert.equal(await page.locator("#here").textContent(), "pN1a(sn)");
  assert.ok(await page.locator("figure.marked rect.here").count() > 0, "the words are marked on the page picture");
  await picture(page, "reading-record");
  await page.goBack();
  await conflict.locator(".sides > li", { hasText: "pN0" }).getByRole("link").first().click();
  await page.waitForURL("**/documents/**");
  assert.equal(await page.locator("#here").textContent(), "pN0");

  const row = page.locator(".says li", { hasText: "pN0" });
  await row.getByRole("button", { name: /Not said here/ }).click();
  await page.waitForURL("**/documents/**");
  await page.goto(`${server.origin}${new URL(page.url()).pathname.replace(/\/documents\/.*/, "/facts")}`);
  assert.equal(await conflict.count(), 0, "what a person rejected contradicts nothing");

  await page.goto(page.url().replace(/\/facts.*/, "/summary"));
  const file = path.join(folder, "summary.pdf");
  await page.pdf({ path: file, format: "Letter", preferCSSPageSize: false });
  const { stdout } = await run("pdfinfo", [file]);
  assert.match(stdout, /Pages:\s+1\n/, "page one is one page");
  assert.deepEqual(problems, []);
});

for (const scripts of [true, false]) {
  test(`a word about a fact leaves the browser at that fact, with scripts ${scripts ? "on" : "off"}`, async (t) => {
    const browser = await launch(t);
    const home = path.join(await temporaryFolder(t), "demo");
    await must(home, ["demo", "--no-open", "--no-serve"]);
    const server = await start(t, { home });
    const { page, problems } = await open(browser, server, { scripts });
    await page.goto(server.link);
    await page.waitForURL((address) => address.pathname !== "/login");
    await page.goto(await pageOfCase(page, "facts"));

    const row = page.locator(".concepts > li", { hasText: "Estrogen receptor" }).first();
    const details = row.locator("> details");
    assert.equal(await details.getAttribute("open"), null, "rows are folded");
    assert.match(await row.locator("summary").first().textContent(), /positive.*3 sources/s);
    await row.locator("summary").first().click();
    await row.getByRole("button", { name: /This is correct/ }).first().click();
    await page.waitForURL("**/facts?open=*#*");
    const at = new URL(page.url());
    assert.equal(at.searchParams.get("open"), at.hash.slice(1), "the address names the fact");
    assert.notEqual(await details.getAttribute("open"), null, "its row stands open");
    const fact = page.locator(`[id="${at.hash.slice(1)}"]`);
    assert.match(await fact.textContent(), /confirmed by you/);
    assert.ok(await fact.evaluate((e) => e.getBoundingClientRect().bottom > 0 && e.getBoundingClientRect().top < innerHeight));
    assert.equal(await page.locator(".concepts > li > details[open]").count(), 1, "and no other");

    // The line of several records is confirmed when each of them is, and until then says how many are.
    const line = () => row.locator("summary").first().textContent();
    for (const confirmed of [1, 2]) {
      const before = new URL(page.url()).hash;
      assert.match(await line(), new RegExp(`positive.*${confirmed} of 3 sources confirmed`, "s"));
      assert.doesNotMatch(await line(), /confirmed by you/);
      await row.getByRole("button", { name: /This is correct/ }).first().click();
      await page.waitForURL((address) => address.pathname.endsWith("/facts") && ![before, ""].includes(address.hash));
    }
    assert.match(await line(), /positive.*confirmed by you/s);
    assert.doesNotMatch(await line(), /sources confirmed/);

    await fact.getByRole("button", { name: /Take my word back/ }).click();
    await page.waitForURL("**/facts?open=*#*");
    await fact.getByRole("button", { name: /Not said here/ }).click();
    await page.waitForURL("**/facts?open=*#*");
    assert.match(await fact.textContent(), /rejected by you/, "a rejected fact stays where the person stands");
    if (scripts) await picture(page, "reading-facts-open");
    assert.deepEqual(problems, []);
  });
}

test("a fact typed from a page picture keeps the place that was drawn", async (t) => {
  const browser = await launch(t);
  const home = path.join(await temporaryFolder(t), "demo");
  await must(home, ["demo", "--no-open", "--no-serve"]);
  const server = await start(t, { home });
  const { page, problems } = await open(browser, server);
  await page.goto(server.link);
  await page.waitForURL((address) => address.pathname !== "/login");
  const facts = await pageOfCase(page, "facts");
  await page.goto(facts);
  await page.locator(".difference.conflict .sides > li", { hasText: "pN1a" }).getByRole("link").first().click();
  await page.waitForURL("**/documents/**");
  await page.getByText("Type something you read here").click();
  await page.getByLabel("What it is about").selectOption("recurrence_score");
  await page.getByLabel("What the record says", { exact: true }).last().fill("12");
  await page.getByRole("button", { name: "Mark the place on the page" }).click();
  const figure = page.locator("figure.marked").first();
  const box = await figure.boundingBox();
  await page.mouse.move(box.x + box.width * 0.2, box.y + box.height * 0.2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.3, { steps: 4 });
  await page.mouse.up();
  assert.equal(await page.locator("[data-place-words]").textContent(), "Marked on page 1.");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.waitForURL("**?open=fact-typed-*");
  const place = page.locator("#page-1 rect.here");
  assert.equal(await place.count(), 1);
  const width = Number(await place.getAttribute("width"));
  assert.ok(Math.abs(width - 400) < 10, `the place is as wide as it was drawn: ${width}`);
  await picture(page, "reading-typed");

  await page.goto(facts);
  const row = page.locator(".concepts > li", { hasText: "Recurrence score" });
  assert.match(await row.locator("summary").first().textContent(), /12.*confirmed by you/s);
  assert.deepEqual(problems, []);
});
