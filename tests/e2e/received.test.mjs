// A packet from the demo's home to a centre's desk and its receipt back, on the pages: opened as a ZIP file, looked at item
// by item, confirmed with the keyboard, taken over by the sender. On a desk and on a phone. Pictures land in out/.

import assert from "node:assert/strict";
import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";

import { DESK, launch, open, picture } from "./lib/browser.mjs";
import { accessible, fitsTheWidth, keyboardReachesEverything, namesEachThingOnce } from "./lib/page-checks.mjs";
import { must, signInLink, start, temporaryFolder } from "./lib/program.mjs";

const WINDOWS = [
  { name: "desk", viewport: DESK },
  { name: "phone", viewport: { width: 390, height: 844 } },
];

async function good(page, name) {
  await picture(page, name);
  const checks = [fitsTheWidth, accessible, namesEachThingOnce, keyboardReachesEverything];
  const problems = [];
  for (const check of checks) problems.push(...(await check(page)));
  assert.deepEqual(problems, [], name);
}

test("a packet is opened at the other side, and its receipt comes back", async (t) => {
  const folder = await temporaryFolder(t);
  const sender = path.join(folder, "sender");
  await must(sender, ["demo", "--no-serve", "--no-open"]);
  const stick = path.join(folder, "stick");
  const made = JSON.parse(await must(sender, ["--json", "packet", "--case", "rosa", "-o", stick]));
  await must(sender, ["deliver", "new", made.packet.id, "--to", "Riverbend", "--how", "courier", "--case", "rosa"]);
  // On its way one document was lost, one changed, and a file slipped in.
  const list = JSON.parse(await readFile(path.join(stick, "PACKET.JSON"), "utf8"));
  const documents = list.items.filter((item) => item.kind === "document");
  await rm(path.join(stick, documents[1].files[0].path));
  await writeFile(path.join(stick, documents[2].files[0].path), "Patient: EXAMPLE, ROSA\nDOB: 03/14/1971\nother words\n");
  await writeFile(path.join(stick, "NOTE.TXT"), "A note that nobody listed.");
  const browser = await launch(t);
  const server = await start(t, { home: sender });

  for (const window of WINDOWS) {
    await t.test(window.name, async (t) => {
      const home = path.join(folder, `desk-${window.name}`);
      await must(home, ["init", "--plain"]);
      const desk = await start(t, { home });
      const { page } = await open(browser, desk, window);
      const shot = (name) => good(page, `received-${window.name}-${name}`);
      await page.goto(desk.link);
      await page.getByRole("link", { name: "Open a packet you were sent" }).click();
      await page.waitForURL("**/receive");
      await shot("1-open");
      await page.locator("input[type=file][webkitdirectory]").setInputFiles(stick);
      await page.getByRole("button", { name: "Look at it" }).click();
      await page.waitForURL("**/receive/*");
      await page.getByText("Rosa Example").first().waitFor();
      await shot("2-what-it-says");
      await page.getByRole("button", { name: "Open it" }).click();
      const each = page.getByRole("link", { name: "See each item of the packet" });
      await each.waitFor({ timeout: 240_000 });
      await each.click();
      await page.waitForURL("**/received/*");
      await page.getByRole("heading", { name: "What arrived", exact: true }).waitFor();
      await shot("3-what-arrived");
      const main = page.getByRole("main");
      assert.match(await main.innerText(), /1 differs, 1 is not on the medium/);
      assert.match(await main.innerText(), /NOTE\.TXT/);
      assert.equal(await page.getByRole("checkbox", { checked: true }).count(), 0, "nothing is ticked for anybody");

      // With the keyboard: tick one, say who, save.
      await page.getByRole("checkbox").first().focus();
      await page.keyboard.press("Space");
      await page.getByRole("button", { name: "Save the receipt" }).focus();
      await page.keyboard.press("Enter");
      await page.locator("[aria-invalid=true]").first().waitFor();
      assert.equal(await page.getByRole("checkbox", { checked: true }).count(), 1, "what was ticked stays ticked");
      await shot("4-refused");
      await page.getByRole("link", { name: /Tick all that arrived/ }).click();
      assert.ok((await page.getByRole("checkbox", { checked: true }).count()) > 5);
      await page.getByLabel("Who confirms").fill("Kim Example, intake");
      await page.getByLabel("What is missing").fill("The glass slides have not come.");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      const save = page.getByRole("link", { name: /Save RECEIPT.JSON/ });
      await save.waitFor();
      const [download] = await Promise.all([page.waitForEvent("download"), save.click()]);
      const receipt = path.join(folder, `RECEIPT-${window.name}.JSON`);
      await download.saveAs(receipt);
      await shot("5-confirmed");
      await page.goto(desk.origin);
      await shot("6-worklist");

      const { page: home_page } = await open(browser, server, window);
      await home_page.goto(await signInLink(sender, { audience: "owner" }));
      await home_page.getByRole("link", { name: "Rosa", exact: true }).first().click();
      await home_page.getByRole("navigation", { name: "Stages" }).getByRole("link", { name: /Share/ }).click();
      await home_page.getByText("They sent a receipt back").click();
      await home_page.getByLabel("The receipt").setInputFiles(receipt);
      await home_page.getByRole("button", { name: "See what it says" }).click();
      await home_page.waitForURL("**/receipts/*");
      await good(home_page, `received-${window.name}-7-receipt`);
      assert.match(await home_page.getByRole("main").innerText(), /Kim Example, intake/);
      await home_page.getByRole("button", { name: "Take it over" }).click();
      await home_page.waitForURL("**/deliveries/*");
      await good(home_page, `received-${window.name}-8-delivery`);
      assert.match(await home_page.getByRole("main").innerText(), /From a receipt’s file/);
    });
  }
});
