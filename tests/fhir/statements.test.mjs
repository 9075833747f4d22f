// Assertions by hand, from the guides' texts, above all where the judge can not read a profile.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claiming, resources, sample, samples } from './samples.mjs';

const sct = (concept) => concept?.coding?.find((c) => c.system === 'http://snomed.info/sct')?.code;
const of = (form) => samples().filter((s) => s.form === form);

test('mCODE: a collection with one cancer patient', () => {
  for (const { bundle } of of('mcode')) {
    assert.equal(bundle.type, 'collection');
    assert.equal(claiming(bundle, 'mcode-cancer-patient').length, 1);
  }
});

test('mCODE: a stage group has method, one focus on a primary, and at most three categories', () => {
  let seen = 0;
  for (const { bundle } of [...of('mcode'), ...of('full')]) {
    const at = new Map(bundle.entry.map((e) => [e.fullUrl, e.resource]));
    for (const stage of claiming(bundle, 'mcode-tnm-stage-group')) {
      seen += 1;
      assert.ok(stage.method && stage.subject && stage.category && stage.valueCodeableConcept);
      assert.equal(stage.focus.length, 1);
      assert.ok(at.get(stage.focus[0].reference).meta.profile[0].endsWith('mcode-primary-cancer-condition'));
      assert.ok((stage.hasMember ?? []).length <= 3);
      for (const member of stage.hasMember ?? []) {
        assert.match(at.get(member.reference).meta.profile[0], /mcode-tnm-.*-category$/);
      }
    }
  }
  assert.ok(seen >= 4);
});

test('mCODE: clinical and pathologic are told by the code', () => {
  const t = claiming(sample('breast', 'mcode'), 'mcode-tnm-primary-tumor-category');
  assert.deepEqual(t.map((o) => sct(o.code)), ['384625004']);
  const c = claiming(sample('prostate', 'mcode'), 'mcode-tnm-primary-tumor-category');
  assert.deepEqual(c.map((o) => sct(o.code)), ['399504009']);
});

test('mCODE: an edition that nobody named is not coded', () => {
  const methods = claiming(sample('breast', 'mcode'), 'mcode-tnm-regional-nodes-category').map((o) => sct(o.method));
  assert.deepEqual(methods.sort(), ['897275008', undefined]);
});

test('mCODE: histology is ICD-O-3 in the extension, side and site on the body site', () => {
  const [condition] = claiming(sample('breast', 'mcode'), 'mcode-primary-cancer-condition');
  const histology = condition.extension.find((e) => e.url.endsWith('mcode-histology-morphology-behavior'));
  assert.deepEqual(histology.valueCodeableConcept.coding[0], {
    code: '8500/3',
    system: 'http://terminology.hl7.org/CodeSystem/icd-o-3',
  });
  assert.equal(condition.bodySite[0].coding[0].code, 'C50.4');
  assert.equal(sct(condition.bodySite[0].extension[0].valueCodeableConcept), '7771000');
});

test('mCODE: a variant that was not found is absent, one not looked for has no value', () => {
  const variants = claiming(sample('lung', 'mcode'), 'mcode-genomic-variant');
  const said = variants.map((v) => v.valueCodeableConcept?.coding[0].code ?? v.dataAbsentReason?.coding[0].code ?? 'open');
  assert.deepEqual(said.sort(), ['LA9633-4', 'LA9634-2', 'not-performed', 'open']);
});

test('mCODE: a performance status is a whole number, a size is in millimetres', () => {
  for (const [name, profile] of [['breast', 'mcode-ecog-performance-status'], ['lung', 'mcode-karnofsky-performance-status']]) {
    assert.ok(Number.isInteger(claiming(sample(name, 'mcode'), profile)[0].valueInteger));
  }
  const [size] = claiming(sample('breast', 'mcode'), 'mcode-tumor-size');
  assert.deepEqual(size.component[0].valueQuantity, {
    code: 'mm',
    system: 'http://unitsofmeasure.org',
    unit: 'mm',
    value: 23,
  });
});

test('every resource has a profile, and what a record states names its document', () => {
  for (const { bundle } of samples()) {
    for (const resource of bundle.entry.map((e) => e.resource)) {
      if (resource.resourceType !== 'Bundle') assert.ok(resource.meta?.profile?.length, resource.resourceType);
    }
    for (const provenance of resources(bundle, 'Provenance')) {
      // What a person states stands in no record: then it names them.
      const what = provenance.entity?.[0].what ?? provenance.agent[0].who;
      assert.ok(what.reference || what.identifier?.value);
      assert.ok(['machine-read', 'confirmed'].includes(provenance.meta.tag[0].code));
    }
  }
});

test('IPS: a document with identifier, moment, Composition first and one patient; every entry has its address', () => {
  for (const { bundle } of of('ips')) {
    assert.equal(bundle.type, 'document');
    assert.ok(bundle.identifier.system && bundle.identifier.value && bundle.timestamp);
    assert.equal(bundle.entry[0].resource.resourceType, 'Composition');
    assert.equal(bundle.entry[0].resource.type.coding[0].code, '60591-5');
    assert.equal(resources(bundle, 'Patient').length, 1);
    assert.equal(new Set(bundle.entry.map((e) => e.fullUrl)).size, bundle.entry.length);
  }
});

test('IPS: problems, allergies and medications are always there, with entries or a reason', () => {
  for (const { bundle } of of('ips')) {
    const sections = bundle.entry[0].resource.section;
    for (const code of ['11450-4', '48765-2', '10160-0']) {
      const [section, ...more] = sections.filter((s) => s.code.coding[0].code === code);
      assert.ok(section && more.length === 0);
      assert.notEqual(Boolean(section.entry), Boolean(section.emptyReason));
      assert.ok(section.text.div.startsWith('<div xmlns="http://www.w3.org/1999/xhtml">'));
    }
  }
});

test('IPS: nothing stated is "unavailable", and "no known allergy" only where a record says so', () => {
  const nothing = sample('nothing', 'ips');
  assert.ok(nothing.entry[0].resource.section.every((s) => s.emptyReason.coding[0].code === 'unavailable'));
  assert.ok(!JSON.stringify(nothing).includes('716186003'));
  assert.ok(JSON.stringify(sample('prostate', 'ips')).includes('716186003'));
});

test('IPS: every resource beside Provenance is reached from the Composition', () => {
  for (const { bundle } of of('ips')) {
    const reached = new Set([bundle.entry[0].fullUrl]);
    const at = new Map(bundle.entry.map((e) => [e.fullUrl, e.resource]));
    const visit = (value) => {
      if (Array.isArray(value)) value.forEach(visit);
      else if (value && typeof value === 'object') {
        if (typeof value.reference === 'string' && !reached.has(value.reference)) {
          reached.add(value.reference);
          visit(at.get(value.reference));
        }
        Object.values(value).forEach(visit);
      }
    };
    visit(bundle.entry[0].resource);
    const lost = bundle.entry.filter((e) => !reached.has(e.fullUrl) && e.resource.resourceType !== 'Provenance');
    assert.deepEqual(lost.map((e) => e.resource.resourceType), []);
  }
});

test('what a person states names the patient as who says so, and what was not given is not done', () => {
  for (const form of ['mcode', 'ips', 'full']) {
    const bundle = sample('stated', form);
    const patient = bundle.entry.find((e) => e.resource.resourceType === 'Patient').fullUrl;
    const procedures = resources(bundle, 'Procedure');
    assert.deepEqual(procedures.map((p) => p.status), ['completed', 'not-done'], form);
    for (const procedure of procedures) assert.equal(procedure.asserter.reference, patient);
    const statements = resources(bundle, 'MedicationStatement');
    assert.ok(statements.length >= 4);
    for (const statement of statements) assert.equal(statement.informationSource.reference, patient);
    for (const request of resources(bundle, 'MedicationRequest')) assert.equal(request.reportedReference.reference, patient);
  }
});

test('the full export has a Binary with bytes behind every document that has any', () => {
  const bundle = sample('breast', 'full');
  const at = new Map(bundle.entry.map((e) => [e.fullUrl, e.resource]));
  const documents = resources(bundle, 'DocumentReference');
  assert.equal(documents.length, 4);
  for (const document of documents) {
    const { url, size } = document.content[0].attachment;
    assert.equal(Buffer.from(at.get(url).data, 'base64').length, size);
  }
});

test('what only a program read is preliminary, and what is final says who stands for it', () => {
  let preliminary = 0;
  for (const { bundle } of samples()) {
    for (const observation of resources(bundle, 'Observation')) {
      // Files that were imported are in a full export as they came.
      const tags = (observation.meta?.tag ?? []).filter((t) => t.system === 'urn:consilium:reading').map((t) => t.code);
      const vouched = tags.includes('confirmed') || tags.includes('recorded');
      assert.equal(observation.status, vouched ? 'final' : 'preliminary');
      if (!vouched) preliminary += 1;
    }
  }
  assert.ok(preliminary > 100);
});

test('the demo case: one primary cancer of the left breast, with the code, the day and the stage that its records give', () => {
  const [cancer, ...others] = claiming(sample('demo', 'mcode'), 'mcode-primary-cancer-condition');
  assert.deepEqual(others, []);
  assert.equal(cancer.bodySite[0].coding[0].code, 'C50.4');
  assert.ok(cancer.code.coding.some((c) => c.code === 'C50.412'));
  assert.ok(cancer.onsetDateTime && cancer.stage);
  assert.equal(resources(sample('demo', 'full'), 'ImagingStudy').length, 5);
});
