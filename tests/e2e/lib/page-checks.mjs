// What must hold on any page, whatever it shows. Each check gives a list of sentences; an empty list is a pass.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Accessibility by axe: WCAG 2.2 AA and its best practices. */
export async function accessible(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(async (rules) => {
    const report = await globalThis.axe.run(document, { runOnly: { type: "tag", values: rules }, resultTypes: ["violations"] });
    return report.violations.map(({ id, help, nodes }) => ({
      id, help, where: nodes.slice(0, 3).map((node) => `${node.target.join(" ")} (${node.any[0]?.message ?? node.html.slice(0, 120)})`),
    }));
  }, RULES);
  return found.map(({ id, help, where }) => `axe ${id}: ${help}: ${where.join("; ")}`);
}

/** Nothing is wider than the window. */
export async function fitsTheWidth(page) {
  return page.evaluate(() => {
    const room = document.documentElement.clientWidth;
    if (document.scrollingElement.scrollWidth <= room) return [];
    const wide = [...document.body.querySelectorAll("*")]
      .filter((element) => element.getBoundingClientRect().right > room + 1)
      .slice(0, 4)
      .map((element) => `${element.tagName.toLowerCase()}${element.id ? `#${element.id}` : ""}.${element.className}`);
    return [`scrolls sideways at ${room} px: ${wide.join(", ")}`];
  });
}

/** The Tab key reaches everything that can be operated, and shows where it is. */
export async function keyboardReachesEverything(page) {
  const count = await page.evaluate(() => {
    document.activeElement?.blur();
    const operable = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
    const seen = new Set();
    const wanted = [...document.querySelectorAll(operable)].filter((element) => {
      if (element.disabled || element.tabIndex < 0 || !element.checkVisibility({ visibilityProperty: true })) return false;
      if (element.type !== "radio") return true;
      // A group of radio buttons is one stop: its chosen button, or the first.
      const group = [...document.getElementsByName(element.name)].filter((other) => other.form === element.form);
      return element === (group.find((other) => other.checked) ?? group[0]);
    });
    globalThis.keyboard = { wanted, reached: new Set(), unseen: new Set() };
    document.addEventListener("focusin", ({ target }) => {
      globalThis.keyboard.reached.add(target);
      const style = getComputedStyle(target);
      const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
      if (!outlined && style.boxShadow === "none") globalThis.keyboard.unseen.add(target);
    });
    wanted.forEach((element) => seen.add(element));
    return wanted.length;
  });
  for (let press = 0; press < count + 3; press += 1) await page.keyboard.press("Tab");
  return page.evaluate(() => {
    const name = (element) => `${element.tagName.toLowerCase()} "${(element.textContent || element.name || element.id).trim().slice(0, 40)}"`;
    const { wanted, reached, unseen } = globalThis.keyboard;
    const missed = wanted.filter((element) => !reached.has(element)).slice(0, 5).map((element) => `the Tab key does not reach ${name(element)}`);
    return [...missed, ...[...unseen].slice(0, 5).map((element) => `no visible focus on ${name(element)}`)];
  });
}

/** On paper, no two pieces of text lie on one another, and there is at least one sheet. */
export async function prints(page) {
  await page.emulateMedia({ media: "print" });
  const before = page.viewportSize();
  await page.setViewportSize({ width: 720, height: 1020 });
  const overlaps = await page.evaluate(() => {
    const boxes = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode() && boxes.length < 1500) {
      const node = walker.currentNode;
      if (!node.data.trim() || !node.parentElement.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
      // What is only for screen readers is clipped to a pixel.
      const parent = node.parentElement.getBoundingClientRect();
      if (parent.width <= 2 || parent.height <= 2) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const box of range.getClientRects()) {
        if (box.width > 3 && box.height > 6) boxes.push({ node, box });
      }
    }
    boxes.sort((a, b) => a.box.top - b.box.top);
    const found = [];
    boxes.forEach(({ node, box }, at) => {
      for (let next = at + 1; next < boxes.length && boxes[next].box.top < box.bottom; next += 1) {
        const other = boxes[next];
        if (other.node === node) continue;
        const across = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
        const down = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
        // Line boxes may touch; letters do not, up to a third of a line.
        if (across > 3 && down > Math.min(box.height, other.box.height) / 3) {
          found.push(`on paper "${node.data.trim().slice(0, 30)}" lies on "${other.node.data.trim().slice(0, 30)}"`);
        }
      }
    });
    return found.slice(0, 4);
  });
  const sheets = await page.pdf({ format: "Letter" });
  await page.emulateMedia({ media: "screen" });
  await page.setViewportSize(before);
  return sheets.subarray(0, 5).toString() === "%PDF-" ? overlaps : [...overlaps, "cannot be printed"];
}

/** One main heading, and a title that is not the program's name alone. */
export async function saysWhatItIs(page) {
  const headings = await page.locator("h1").count();
  const title = await page.title();
  const found = [];
  if (headings !== 1) found.push(`has ${headings} main headings`);
  if (!title.trim() || title.trim() === "Consilium") found.push(`its title says nothing: "${title}"`);
  return found;
}

/** No two things on a page carry one id: a label would belong to the wrong field. */
export async function namesEachThingOnce(page) {
  return page.evaluate(() => {
    const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
    const twice = new Set(ids.filter((id, at) => ids.indexOf(id) !== at));
    return [...twice].map((id) => `the id "${id}" is there more than once`);
  });
}

/** Every picture on the page arrives and can be drawn. */
export async function picturesShow(page) {
  return page.evaluate(async () => {
    const broken = await Promise.all([...document.images].map(async (picture) => {
      picture.loading = "eager";
      return picture.decode().then(() => undefined, () => `the picture "${picture.alt}" cannot be shown`);
    }));
    return broken.filter(Boolean);
  });
}
