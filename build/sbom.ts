// `npm run sbom`: what the product is made of, as CycloneDX (dist/sbom.cdx.json), and every licence
// with its text (dist/third-party-licences.txt). Both from the lock file and the installed
// packages; the same lock gives the same files.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');

/** The parts of a CycloneDX document that are looked at here. */
export type Sbom = {
  bomFormat: string;
  specVersion: string;
  serialNumber?: string;
  metadata: { timestamp?: string; component: { 'bom-ref': string; name: string; version: string } };
  components: {
    'bom-ref': string;
    name: string;
    version: string;
    purl: string;
    hashes?: { alg: string; content: string }[];
  }[];
  dependencies: { ref: string; dependsOn?: string[] }[];
};

type LockEntry = { version?: string; dev?: boolean; license?: string };

/** Entries of the lock file by their place below the root, the root itself left out. */
function lockEntries(): [place: string, entry: LockEntry][] {
  const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  return Object.entries(lock.packages as Record<string, LockEntry>).filter(([place]) => place !== '');
}

/** What package.json says of this product. */
const manifest = () => JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

/**
 * `name@version` of what is shipped: not what development alone asks for, also where a shipped
 * package would take it if it were there.
 */
function shippedPackages(): Set<string> {
  const { devDependencies } = manifest() as { devDependencies: Record<string, string> };
  const shipped = lockEntries().filter(
    ([place, entry]) => !entry.dev && !(place.replace('node_modules/', '') in devDependencies),
  );
  return new Set(shipped.map(([place, { version }]) => `${place.split('node_modules/').at(-1)}@${version}`));
}

/**
 * npm's own bill of materials of what is shipped, without the time and the number that would differ
 * every time. npm's `--omit dev` is not used: it leaves out what is both shipped and wanted by a
 * development package.
 */
export function makeSbom(): Sbom {
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only', '--sbom-type', 'application'];
  const run = spawnSync('npm', args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    shell: process.platform === 'win32',
  });
  if (run.status !== 0) throw new Error(`npm sbom ended with status ${run.status}: ${run.stderr}`);
  const sbom = JSON.parse(run.stdout) as Sbom;
  const shipped = shippedPackages();
  delete sbom.serialNumber;
  delete sbom.metadata.timestamp;
  sbom.metadata.component.name = manifest().name;
  sbom.components = sbom.components.filter((one) => shipped.has(`${one.name}@${one.version}`));
  const kept = new Set(sbom.components.map((one) => one['bom-ref']));
  sbom.dependencies = sbom.dependencies
    .filter((one) => kept.has(one.ref) || one.ref === sbom.metadata.component['bom-ref'])
    .map((one) => ({ ...one, dependsOn: one.dependsOn?.filter((ref) => kept.has(ref)) ?? [] }));
  return sbom;
}

/** One shipped package with its licence and the text it comes with. */
export type Licence = { name: string; version: string; licence: string; text: string };

/**
 * Every package that is shipped and installed here; those for other systems are named in the SBOM
 * only.
 */
export function listLicences(): Licence[] {
  return lockEntries()
    .filter(([place, entry]) => !entry.dev && existsSync(path.join(root, place, 'package.json')))
    .map(([place, entry]) => licenceOf(path.join(root, place), entry))
    .sort((a, b) => (`${a.name}@${a.version}` < `${b.name}@${b.version}` ? -1 : 1));
}

function licenceOf(folder: string, entry: LockEntry): Licence {
  const own = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((name) => /^(licen[cs]e|copying)/i.test(name));
  const text = file ? readFileSync(path.join(folder, file), 'utf8') : '';
  const declared = entry.license ?? own.license ?? own.licenses?.[0]?.type;
  return { name: own.name, version: own.version, licence: declared ?? licenceFromText(text), text };
}

/** A package that declares none: its text is recognised by its opening. */
const licenceFromText = (text: string): string =>
  /MIT License|Permission is hereby granted, free of charge/.test(text) ? 'MIT' : 'unknown';

const listing = (licences: readonly Licence[]): string =>
  licences
    .map(
      ({ name, version, licence, text }) =>
        `${name} ${version}\n${licence}\n\n${text.trim() || 'No licence text comes with it.'}\n`,
    )
    .join(`\n${'-'.repeat(100)}\n\n`);

if (import.meta.main) {
  const out = path.join(root, 'dist');
  mkdirSync(out, { recursive: true });
  const sbom = makeSbom();
  writeFileSync(path.join(out, 'sbom.cdx.json'), `${JSON.stringify(sbom, null, 2)}\n`);
  const licences = listLicences();
  writeFileSync(path.join(out, 'third-party-licences.txt'), listing(licences));
  console.log(`dist/sbom.cdx.json: ${sbom.components.length} components`);
  console.log(`dist/third-party-licences.txt: ${licences.length} packages`);
}
