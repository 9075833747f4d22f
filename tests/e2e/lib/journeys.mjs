// Paths through the pages that more than one test walks, found by what a person reads on them.

/** From any page of a case: makes a packet and waits until it can be saved. Gives the link that saves it. */
export async function makePacket(page, { center = "", before = async () => {} } = {}) {
  await page.getByRole("navigation", { name: "Stages" }).getByRole("link", { name: /Share/ }).click();
  await page.waitForURL("**/share");
  await before();
  if (center) await page.getByLabel("For which center").fill(center);
  await page.getByRole("button", { name: "Make the packet" }).click();
  await page.waitForURL("**/packets/*");
  const save = page.getByRole("link", { name: "Save the packet" });
  await save.waitFor({ timeout: 240_000 });
  return save;
}
