// The bill of materials names every package that is shipped, with its hash; every licence is known
// and one that may be shipped.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { listLicences, makeSbom } from './sbom.ts';

/** Licences of shipped packages. A new one is added here by a person who has read it. */
const ALLOWED = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'LGPL-3.0-or-later',
  'LGPL-2.1-or-later',
  'MIT',
  'MIT-0',
  'OFL-1.1',
  'Python-2.0',
  'Unlicense',
  'WTFPL',
  'Zlib',
];

/** One of the alternatives suffices; all of a combination are needed. */
const isAllowed = (expression: string): boolean =>
  expression
    .replaceAll(/[()]/g, '')
    .split(' OR ')
    .some((one) => one.split(' AND ').every((id) => ALLOWED.includes(id.trim())));

test('the SBOM is CycloneDX, the same twice, and names every dependency with version and hash', () => {
  const sbom = makeSbom();
  expect(sbom).toMatchObject({ bomFormat: 'CycloneDX', metadata: { component: { name: 'recce-workstation' } } });
  expect(makeSbom()).toEqual(sbom);
  const manifest = JSON.parse(readFileSync(path.join(import.meta.dirname, '../package.json'), 'utf8'));
  const components = new Map(sbom.components.map((one) => [one.name, one]));
  for (const [name, version] of Object.entries(manifest.dependencies as Record<string, string>)) {
    expect(components.get(name), name).toMatchObject({ version, purl: expect.stringContaining('pkg:npm/') });
    expect(components.get(name)!.hashes?.[0], name).toMatchObject({ alg: 'SHA-512' });
  }
  for (const name of Object.keys(manifest.devDependencies)) expect(components.has(name), name).toBe(false);
});

test('every shipped package has a licence that may be shipped', () => {
  const licences = listLicences();
  expect(licences.length).toBeGreaterThan(50);
  expect(licences.filter((one) => !isAllowed(one.licence)).map((one) => `${one.name}: ${one.licence}`)).toEqual([]);
});
