// Opens a packet as a centre would: unpacks it with another program, checks every hash of its manifest with another
// implementation, its pages with qpdf, its disc directory with pydicom. A program that is not installed is named.

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const call = promisify(execFile);
const python = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../../.venv/bin/python");

const READ_DISC = `
import sys, pathlib, pydicom
root = pathlib.Path(sys.argv[1])
directory = pydicom.dcmread(root / "DICOMDIR")
images = [r for r in directory.DirectoryRecordSequence if r.DirectoryRecordType == "IMAGE"]
assert images, "the disc directory lists no image"
for record in images:
    file = root.joinpath(*record.ReferencedFileID)
    found = pydicom.dcmread(file, stop_before_pixels=True)
    assert found.SOPInstanceUID == record.ReferencedSOPInstanceUIDInFile, file
`;

/** Unpacks `zip` into `folder` and gives what is wrong with it, one sentence each. */
export async function openPacket(zip, folder) {
  const problems = [];
  const judge = async (what, program, args) => {
    try {
      return (await call(program, args, { maxBuffer: 1 << 26 })).stdout;
    } catch (error) {
      if (error.code === "ENOENT") console.log(`skipped: ${program} is not installed, so ${what} was not judged by it`);
      else problems.push(`${what}: ${(error.stderr || error.message).trim().slice(0, 300)}`);
      return "";
    }
  };

  await mkdir(folder, { recursive: true });
  await judge("the ZIP", "unzip", ["-q", "-o", zip, "-d", folder]);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
  const named = (test) => files.find((file) => test(path.basename(file)));

  const index = named((name) => /^index\.html?$/i.test(name));
  if (!index) problems.push("there is no INDEX.HTM");
  else {
    const page = await readFile(index, "utf8");
    if (/(?:src|href)\s*=\s*["']?(?:https?:)?\/\//i.test(page)) problems.push("INDEX.HTM leads to another host");
    for (const [, target] of page.matchAll(/href\s*=\s*"([^"#]+)/gi)) {
      if (!existsSync(path.join(path.dirname(index), decodeURIComponent(target)))) problems.push(`INDEX.HTM leads to ${target}, which is not there`);
    }
  }

  const papers = files.filter((file) => /\.pdf$/i.test(file));
  if (papers.length === 0) problems.push("there are no pages to print");
  const merged = papers.filter((file) => path.dirname(file) === path.dirname(index ?? folder));
  for (const file of merged) await judge(path.basename(file), "qpdf", ["--check", file]);

  const disc = named((name) => name === "DICOMDIR");
  if (!disc) problems.push("there is no DICOMDIR");
  else if (!existsSync(python)) console.log("skipped: .venv is not there, so the DICOMDIR was not read by pydicom");
  else await judge("DICOMDIR", python, ["-c", READ_DISC, path.dirname(disc)]);

  const manifest = named((name) => /^manifest/i.test(name) || /sha256/i.test(name));
  if (!manifest) problems.push("there is no manifest");
  else {
    const text = (await readFile(manifest, "utf8")).toLowerCase();
    for (const file of files.filter((other) => other !== manifest)) {
      const hash = createHash("sha256").update(await readFile(file)).digest("hex");
      if (!text.includes(hash)) problems.push(`${path.relative(folder, file)} is not in the manifest, or was changed`);
    }
  }
  return problems;
}
