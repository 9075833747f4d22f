// Finds addresses: those of the program's own route list, and those that pages link to. Knows no page by name.

/** How many different addresses of one pattern are looked at; a case may hold hundreds of documents. */
const EXAMPLES = 4;

/** The parts of a pattern such as /cases/{case}/imports/{import} as an expression. */
function expression(pattern) {
  const names = [];
  // `{*name}` stands for the rest of an address, with its slashes.
  const part = (_, rest, name) => (names.push(name), rest ? "(.+)" : "([^/]+)");
  const source = pattern.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{(\\\*)?(\w+)\}/g, part);
  return { names, test: new RegExp(`^${source}$`) };
}

/** The routes with a way to recognise an address of theirs. */
export function understand(routes) {
  return routes.map((route) => ({ ...route, ...expression(route.pattern) }));
}

/** The route of an address, or undefined. A pattern without names wins over one with names. */
export function routeOf(routes, address) {
  const path = new URL(address, "http://x").pathname;
  const fits = routes.filter((route) => route.test.test(path));
  return fits.sort((a, b) => a.names.length - b.names.length)[0];
}

/** Everything that a page leads to without changing anything: links, pictures and forms that only ask. */
async function leadsTo(page) {
  return page.evaluate(() => {
    const found = [...document.querySelectorAll("a[href]")].map((link) => link.href);
    for (const picture of document.querySelectorAll("img[src]")) found.push(picture.src);
    for (const form of document.querySelectorAll("form")) {
      if (form.method !== "get") continue;
      const address = new URL(form.getAttribute("action") || location.href, location.href);
      const typed = new FormData(form);
      // A field to search with is asked for nothing, for a word that records hold, and for one that none holds.
      const search = form.querySelector("input[type=search]");
      for (const words of search ? ["", "carcinoma", "\"no such <words>\""] : [undefined]) {
        if (search) typed.set(search.name, words);
        address.search = new URLSearchParams(typed).toString();
        found.push(address.href);
      }
    }
    for (const live of document.querySelectorAll("[hx-get]")) found.push(new URL(live.getAttribute("hx-get"), location.href).href);
    return found;
  });
}

/** Fills the names of a pattern with values met in other addresses; undefined while one is unknown. */
function fill(route, known) {
  const filled = route.pattern.replace(/\{\*?(\w+)\}/g, (whole, name) => known.get(name)?.values().next().value ?? whole);
  return filled.includes("{") ? undefined : filled;
}

/**
 * Walks everything that can be reached and calls `visit(page, address, route, response)` for each page, and
 * `download(address, route, response)` for each answer that is no page. `first` are addresses to start from.
 * Gives the set of patterns that answered.
 */
export async function walk({ page, server, routes, first = ["/"], visit, download }) {
  const queue = [...first];
  const queued = new Set(queue);
  const perKind = new Map();
  const known = new Map();
  const covered = new Set();

  const add = (address) => {
    const url = new URL(address, server.origin);
    if (url.origin !== server.origin) return;
    url.hash = "";
    const route = routeOf(routes, url.href);
    const kind = `${route?.pattern ?? url.pathname}?${[...url.searchParams.keys()].sort()}`;
    const bare = url.pathname + url.search;
    if (queued.has(bare) || (perKind.get(kind) ?? 0) >= EXAMPLES) return;
    if (route) {
      const values = route.test.exec(url.pathname).slice(1);
      route.names.forEach((name, at) => known.set(name, (known.get(name) ?? new Set()).add(values[at])));
    }
    perKind.set(kind, (perKind.get(kind) ?? 0) + 1);
    queued.add(bare);
    queue.push(bare);
  };

  for (;;) {
    const address = queue.shift();
    if (address === undefined) {
      // What nothing links to, such as the progress of an import that has ended, is asked for all the same.
      const before = queue.length;
      routes.filter((route) => route.methods.includes("GET") && !covered.has(route.pattern))
        .forEach((route) => [...(route.examples ?? []), fill(route, known)].filter(Boolean).slice(0, EXAMPLES).forEach(add));
      if (queue.length === before) return covered;
      continue;
    }
    const route = routeOf(routes, address);
    const response = await page.context().request.get(server.origin + address, { maxRedirects: 5 });
    const landed = routeOf(routes, response.url());
    const isPage = (response.headers()["content-type"] ?? "").startsWith("text/html") && !response.headers()["content-disposition"];
    if (response.ok() && landed === route && route) covered.add(route.pattern);
    if (landed && response.ok() && landed !== route) { add(response.url()); continue; }
    if (!isPage) { await download?.(address, route, response); continue; }
    await page.goto(server.origin + address);
    (await leadsTo(page)).forEach(add);
    await visit(page, address, route, response);
  }
}
