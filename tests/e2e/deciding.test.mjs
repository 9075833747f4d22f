// The decision, as a person meets it: what matters before the numbers, both doctors asked, a choice, a letter, a hand-over.

import assert from "node:assert/strict";
import path from "node:path";
import test from "node:test";

import { launch, open, picture } from "./lib/browser.mjs";
import { must, start, temporaryFolder } from "./lib/program.mjs";

/** A sheet of two options in which one number differs. */
const SHEET = ["Chemotherapy", "No chemotherapy"];

async function signedIn(t) {
  const browser = await launch(t);
  const folder = await temporaryFolder(t);
  const home = path.join(folder, "demo");
  return { browser, folder, home };
}

test("what matters is asked before numbers, and nothing is told that was not chosen", async (t) => {
  const { browser, home } = await signedIn(t);
  await must(home, ["init", "--plain"]);
  await must(home, ["case", "new", "rosa", "--patient", "Rosa Example", "--born", "1971-03-14"]);
  const server = await start(t, { home });
  const { page, problems } = await open(browser, server);
  await page.goto(server.link);
  await page.waitForURL((address) => address.pathname !== "/login");
  await page.locator("main a[href^='/cases/']").first().click();
  await page.getByRole("link", { name: /^Decide/ }).first().click();
  await page.getByRole("link", { name: "Write down the options" }).click();

  // Options and what differs first; a number for what is new after that.
  await page.locator("#question").fill("Chemotherapy after the operation?");
  for (const [line, name] of SHEET.entries()) await page.locator(`#option-${line}-label`).fill(name);
  await page.locator("#feature-0-label").fill("Numbness that stays");
  await page.locator("#feature-0-good").selectOption("no");
  await page.getByRole("button", { name: "Save and go on with numbers" }).click();
  await page.waitForURL(/sheet/);
  for (const [line, value] of ["12", "1"].entries()) {
    await page.locator(`#number-${line}-option`).selectOption(`o${line + 1}`);
    await page.locator(`#number-${line}-feature`).selectOption("f1");
    await page.locator(`#number-${line}-value`).fill(value);
    await page.locator(`#number-${line}-denominator`).fill("100");
    await page.locator(`#number-${line}-horizon`).fill("5 years");
    if (line === 0) await page.locator(`#number-${line}-source`).fill("Dr. Ada Example");
  }
  await page.getByRole("button", { name: "Save", exact: true }).last().click();
  assert.match(await page.locator("#refusal").textContent(), /who stated the number/);
  await page.locator("#number-1-source").fill("Dr. Sam Example");
  await page.getByRole("button", { name: "Save", exact: true }).last().click();
  await page.waitForURL(/decide#options/);
  assert.ok(!(await page.locator("main").textContent()).includes("12 of 100"), "numbers before values");

  await page.locator("a[href$='/decide/values/patient']").first().click();
  assert.ok(!(await page.locator("form.opinion").textContent()).includes("Chemotherapy"), "an option is named");
  await page.locator("#points-f1").fill("90");
  await page.locator("#must-f1").fill("10");
  await page.locator("#goal-0-what").fill("The wedding");
  await page.getByRole("button", { name: "Keep what matters" }).last().click();
  await page.waitForURL(/decide#matters/);
  const text = await page.locator("main").textContent();
  assert.ok(text.includes("12 of 100 within 5 years") && text.includes("88 of 100 not"));
  assert.equal(await page.locator(".icons i.f").count(), 13, "twelve and one");
  await picture(page, "decide");

  await page.getByRole("link", { name: "Write down a decision" }).click();
  await page.locator("#option").selectOption("o2");
  await page.locator("#reasons").fill("My hands matter to me");
  await page.locator("#tell-0-to").fill("Dr. Ada Example");
  await page.getByRole("button", { name: "Keep this decision" }).last().click();
  assert.match(await page.locator("#refusal").textContent(), /Choose what Dr. Ada Example is told/);
  await page.locator("#tell-0-what").selectOption("choice");
  await page.getByRole("button", { name: "Keep this decision" }).last().click();
  await page.waitForURL(/decide#decision/);
  await page.getByRole("link", { name: /Look at the letter/ }).click();
  const letter = await page.locator(".letter-text").last().textContent();
  assert.ok(letter.includes("I decided: No chemotherapy") && !letter.includes("My hands"), letter);
  await page.locator("#way").fill("portal message");
  await page.getByRole("button", { name: "Keep that I sent it" }).click();
  await page.waitForURL(/decide#decision/);
  assert.match(await page.locator("#decision").textContent(), /Dr. Ada Example was told on/);

  await page.getByRole("link", { name: "Who does what next", exact: true }).click();
  await page.locator("#what").fill("Start the tablets");
  await page.getByRole("button", { name: "Put it on the list" }).last().click();
  assert.match(await page.locator("main").textContent(), /1 of 1 confirmed by nobody/);
  await page.getByText("Somebody answered").click();
  await page.locator("input[id^='by-']").fill("Nurse Example");
  await page.getByRole("button", { name: /Keep this answer/ }).click();
  await page.getByText("Everything has somebody who said yes").waitFor();
  assert.deepEqual(problems, []);
});

/** How an option looks: everything by which one could be made to stand out. */
const LOOK = ["color", "backgroundColor", "borderTopColor", "borderTopWidth", "fontWeight", "fontSize", "opacity", "order"];

test("no page shows a total, an order or a colour of options that nobody asked for", async (t) => {
  const { browser, home } = await signedIn(t);
  await must(home, ["demo", "--no-open", "--no-serve"]);
  const server = await start(t, { home });
  const { page } = await open(browser, server);
  await page.goto(server.link);
  await page.waitForURL((address) => address.pathname !== "/login");
  const address = await page.locator("main a[href^='/cases/']").first().getAttribute("href");
  const base = `${server.origin}${address.split("/").slice(0, 3).join("/")}`;
  const sheet = JSON.parse(await must(home, ["choose", "sheet", "--case", "rosa"]));
  const labels = sheet.options.map((option) => option.label);
  const pages = [
    "", "/compare", "/compare/questions", "/decide", "/decide/sheet", "/decide/values/patient", "/decide/values/partner",
    "/decide/decisions/new", "/decide/hand-over", "/prepare", "/share", "/timeline", "/summary",
  ];
  for (const place of pages) {
    await page.goto(`${base}${place}`);
    assert.equal(await page.locator(".reach").count(), 0, `${place}: a total`);
    const text = await page.locator("main").textContent();
    for (const words of [/of 100 of all weight/, /\bwinner\b/i, /\bbest option\b/i, /\branked?\b/i]) {
      assert.ok(!words.test(text), `${place}: ${words}`);
    }
  }
  // Once more with the points of a person who clearly favours one.
  await page.goto(`${base}/decide/values/patient`);
  await page.locator("input[name='unsure-f1']").uncheck();
  await page.locator("#points-f1").fill("1");
  await page.locator("#points-f2").fill("100");
  await page.getByRole("button", { name: "Keep what matters" }).last().click();
  await page.waitForURL(/decide#matters/);
  const order = await page.locator(".options > li > h3").allTextContents();
  assert.deepEqual(order, labels, "the order of the sheet");
  const looks = async (selector) => page.locator(selector).evaluateAll(
    (all, names) => all.map((one) => {
      // A fraction of a pixel is the browser's rounding.
      const width = `${Math.round(one.getBoundingClientRect().width)}px wide`;
      return [...names.map((name) => getComputedStyle(one)[name]), width].join(" ");
    }), LOOK);
  for (const selector of [".options > li", ".options > li > h3", ".feature .sides-by-side > div", ".feature .icons i.f", ".timelines > div"]) {
    const seen = new Set(await looks(selector));
    assert.ok(seen.size <= 1, `${selector}: options look alike, not ${[...seen].join(" | ")}`);
  }
  assert.equal(await page.locator(".reach").count(), 0, "a total after points, unasked");
  await page.getByRole("link", { name: /see what your own points say/ }).click();
  await page.waitForURL(/picture/);
  assert.ok(await page.locator(".reach").count() > 0, "asked for, it is shown");
  assert.deepEqual(await page.locator(".reach dt").allTextContents(), labels, "in the order of the sheet");
});
