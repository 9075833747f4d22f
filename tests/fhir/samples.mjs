// The bundles that the step wrote, each with its name, and as a server holds them: references by type and id.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { read } from './judge.mjs';

const folder = process.env.CONSILIUM_FHIR_SAMPLES ?? join(import.meta.dirname, 'out');

/** Every sample: its name, its form, and the bundle. */
export function samples() {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => {
      const [name, form] = file.split('.');
      return { name, form, bundle: read(join(folder, file)) };
    });
}

export function sample(name, form) {
  return samples().find((s) => s.name === name && s.form === form).bundle;
}

/** A copy with `urn:uuid:` references as `Type/id`, so that the judge sees what they lead to. */
export function asServer(bundle) {
  const types = new Map(bundle.entry.map((e) => [e.fullUrl, `${e.resource.resourceType}/${e.resource.id}`]));
  return JSON.parse(JSON.stringify(bundle), (key, value) =>
    key === 'reference' && types.has(value) ? types.get(value) : value,
  );
}

export function resources(bundle, type) {
  return bundle.entry.map((e) => e.resource).filter((r) => r.resourceType === type);
}

/** Resources that claim a profile, by the last part of its address. */
export function claiming(bundle, profile) {
  return bundle.entry.map((e) => e.resource).filter((r) => r.meta?.profile?.some((p) => p.endsWith(`/${profile}`)));
}
