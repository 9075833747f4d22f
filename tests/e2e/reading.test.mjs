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
