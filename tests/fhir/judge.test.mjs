// The judge judged: what it can not read, what it finds wrong with the guides' own examples, and that it notices faults.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge, limits, unreadable } from './judge.mjs';
import { asServer, claiming, resources, sample } from './samples.mjs';

test('it can not read four profiles, and these only', () => {
  const names = [...unreadable.keys()].map((url) => url.split('/').pop()).sort();
  assert.deepEqual(names, ['Bundle-uv-ips', 'DiagnosticReport-uv-ips', 'mcode-genomics-report', 'mcode-tnm-stage-group']);
});

test('what it holds against the guides themselves is little', () => {
  assert.ok(limits().size <= 20, [...limits()].join('\n'));
});

const faults = {
  'a missing status': (b) => delete resources(b, 'Observation')[0].status,
  'a missing subject where mCODE asks for one': (b) => delete claiming(b, 'mcode-tumor-marker-test')[0].subject,
  'a missing staging method': (b) => delete claiming(b, 'mcode-tnm-primary-tumor-category')[0].method,
  'a size without tumour and specimen': (b) => delete claiming(b, 'mcode-tumor-size')[0].specimen,
  'a code that is not the one of the profile': (b) => {
    claiming(b, 'mcode-ecog-performance-status')[0].code.coding[0].code = '1-8';
  },
  'a date that is none': (b) => (claiming(b, 'mcode-ecog-performance-status')[0].effectiveDateTime = '24 January'),
  'a month where US Core wants a day': (b) => (claiming(b, 'mcode-tumor-marker-test')[0].effectiveDateTime = '2026-01'),
  'an element that FHIR does not have': (b) => (resources(b, 'Patient')[0].shoeSize = 38),
  'a patient without a name': (b) => delete resources(b, 'Patient')[0].name,
};

for (const [name, spoil] of Object.entries(faults)) {
  test(`it notices ${name}`, () => {
    const bundle = asServer(sample('breast', 'mcode'));
    const count = () =>
      bundle.entry.flatMap((e) => judge(e.resource)).filter((issue) => !limits().has(issue.kind)).length;
    assert.equal(count(), 0);
    spoil(bundle);
    assert.ok(count() > 0);
  });
}
