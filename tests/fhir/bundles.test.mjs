// Every bundle of every sample case, and every resource in it, before the judge.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge, limits } from './judge.mjs';
import { asServer, samples } from './samples.mjs';

const all = samples();

test('there are six sample cases and the demo case in three forms', () => {
  assert.equal(all.length, 21);
});

for (const { name, form, bundle } of all) {
  test(`${name} as ${form}`, () => {
    const served = asServer(bundle);
    const found = [];
    for (const resource of [served, ...served.entry.map((e) => e.resource)]) {
      for (const issue of judge(resource)) {
        if (!limits().has(issue.kind)) found.push(`${resource.resourceType}/${resource.id}: ${issue.text}`);
      }
    }
    assert.deepEqual(found, []);
  });
}
