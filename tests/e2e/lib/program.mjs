// Starts the real program with a home of its own, and stops it. Nothing here knows a page.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const repository = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../..");
const START_LIMIT_MS = 180_000;

/** The program under test: CONSILIUM_BIN, or the dev build. */
export function binary() {
  const target = process.env.CARGO_TARGET_DIR ?? path.join(repository, "target");
  const found = process.env.CONSILIUM_BIN ?? path.join(target, "debug", "consilium");
  if (!existsSync(found)) throw new Error(`there is no program at ${found}: build it, or set CONSILIUM_BIN`);
  return path.resolve(found);
}

/** A folder that is gone when the test ends. */
export async function temporaryFolder(t) {
  const folder = await mkdtemp(path.join(tmpdir(), "consilium-e2e-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The environment of the program: nothing of the caller's that could change what it does. */
function environment(extra) {
  const { PATH, HOME, TMPDIR, CONSILIUM_CORPORA } = process.env;
  const plain = { PATH, HOME, TMPDIR, CONSILIUM_CORPORA, LC_ALL: "C.UTF-8", ...extra };
  return Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined));
}

/** Runs a command to its end: `{ code, stdout, stderr }`. */
export function run(home, args, { env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(binary(), ["--home", home, ...args], { env: environment(env), stdio: ["ignore", "pipe", "pipe"] });
    const output = { stdout: "", stderr: "" };
    child.stdout.on("data", (piece) => (output.stdout += piece));
    child.stderr.on("data", (piece) => (output.stderr += piece));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, ...output }));
  });
}

/** Runs a command that must succeed, and gives its output. */
export async function must(home, args, options) {
  const { code, stdout, stderr } = await run(home, args, options);
  if (code !== 0) throw new Error(`consilium ${args.join(" ")} ended with ${code}: ${stderr || stdout}`);
  return stdout;
}

/**
 * Starts `demo` or `serve` on a free port and waits for the line with the sign-in link.
 * Stopped when the test ends. `{ home, origin, link, errors() }`.
 */
export async function start(t, { home, command = "serve", args = [], env = {} }) {
  const all = ["--home", home, command, "--no-open", "--bind", "127.0.0.1:0", ...args];
  const child = spawn(binary(), all, { env: environment(env), stdio: ["ignore", "pipe", "pipe"] });
  let errors = "";
  child.stderr.on("data", (piece) => (errors += piece));
  const ended = new Promise((resolve) => child.once("close", resolve));
  t.after(async () => {
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
    await ended;
    clearTimeout(timer);
  });
  const link = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no sign-in link was printed: ${errors}`)), START_LIMIT_MS);
    const settle = (act) => (value) => (clearTimeout(timer), act(value));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const found = line.match(/^open (http:\/\/\S+)/);
      if (found) settle(resolve)(found[1]);
    });
    child.once("error", settle(reject));
    child.once("close", (code) => settle(reject)(new Error(`consilium ${command} ended with ${code}: ${errors}`)));
  });
  return { home, link, origin: new URL(link).origin, errors: () => errors };
}

/** A link that signs somebody in once: the owner, or the audience of one case. */
export async function signInLink(home, { audience, handle }) {
  const whom = handle ? ["--case", handle] : [];
  const printed = JSON.parse(await must(home, ["--json", "link", "--audience", audience, ...whom]));
  return printed.url;
}
