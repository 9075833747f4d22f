// Every code that our tables mark confirmed stands in the package that the mark names.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { files, profile, read } from './judge.mjs';

const tables = join(import.meta.dirname, '../../crates/exchange/data/fhir');
const packages = { mcode: 'hl7.fhir.us.mcode', ips: 'hl7.fhir.uv.ips' };

/** (system, code) pairs of a package: codings, and the concepts that a value set lists. */
function codesOf(guide) {
  const codes = new Set();
  const walk = (value, system) => {
    if (Array.isArray(value)) return value.forEach((v) => walk(v, system));
    if (value === null || typeof value !== 'object') return;
    const own = typeof value.system === 'string' ? value.system : system;
    if (typeof value.code === 'string' && own) codes.add(`${own}|${value.code}`);
    if (Array.isArray(value.filter) && own) value.filter.forEach((f) => codes.add(`${own}|${f.value}`));
    Object.values(value).forEach((v) => walk(v, own));
  };
  files(guide).forEach((file) => walk(read(file), undefined));
  return codes;
}

const rows = (file) => {
  const [head, ...lines] = readFileSync(join(tables, file), 'utf8').trim().split('\n');
  const names = head.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [names[i], cell])));
};

for (const file of ['staging.csv', 'values.csv']) {
  test(`the marks of ${file} are true`, () => {
    const known = Object.fromEntries(Object.entries(packages).map(([name, guide]) => [name, codesOf(guide)]));
    const confirmed = rows(file).filter((row) => row.confidence === 'confirmed' && row.code);
    assert.ok(confirmed.length > 10);
    const wrong = confirmed.filter((row) => !known[row.where]?.has(`${row.system}|${row.code}`));
    assert.deepEqual(wrong.map((row) => `${row.system}|${row.code}`), []);
  });
}

/** Cells of a line of CSV, quoted ones too. */
const cells = (line) => [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map((m) => m[1].replace(/^"|"$/g, ''));

test('the marks of the codes of concepts are true', () => {
  const known = codesOf(packages.mcode);
  const uri = { LOINC: 'http://loinc.org', 'SNOMED CT': 'http://snomed.info/sct', NCIt: 'http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl' };
  const [, ...lines] = readFileSync(join(import.meta.dirname, '../../knowledge/concepts.csv'), 'utf8').trim().split(/\r?\n/);
  const marked = lines.map(cells).filter((row) => row[7].startsWith('confirmed') && row[6]);
  assert.ok(marked.length > 30);
  assert.deepEqual(marked.map((row) => `${uri[row[5]]}|${row[6]}`).filter((code) => !known.has(code)), []);
});

test('the marks of the codes that records are read by are true', () => {
  const known = codesOf(packages.mcode);
  const [, ...lines] = readFileSync(join(import.meta.dirname, '../../knowledge/reading/codes.csv'), 'utf8').trim().split('\n');
  const marked = lines.map((line) => line.split(',')).filter((cells) => cells.at(-1) === 'confirmed: mCODE 4' && !cells[0].startsWith('http://hl7.org/fhir/us/mcode'));
  assert.ok(marked.length > 30);
  assert.deepEqual(marked.map(([system, code]) => `${system}|${code}`).filter((code) => !known.has(code)), []);
});

test('every profile we claim is in its package', () => {
  for (const row of rows('profiles.csv')) {
    for (const url of [row.mcode, row.ips].filter(Boolean)) assert.ok(profile(url), url);
  }
});

test('every section of the summary has the code that the guide fixes', () => {
  const codes = codesOf(packages.ips);
  for (const row of rows('sections.csv')) assert.ok(codes.has(`http://loinc.org|${row.code}`), row.code);
});
