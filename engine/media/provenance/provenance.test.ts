// Other lines of evidence: structure, double compression, thumbnails, content credentials. Each
// against files made so that the answer is known; and nothing that a hostile file holds ends the
// process or reaches a network.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ContentCredentials, Provenance } from '../../../contract/provenance.ts';
import { jpegRemarkWords } from '../../../contract/remark-words.ts';
import { createDecoder } from '../decoder.ts';
import { samplePhotograph } from '../finder-weights.ts';
import { signCredentials } from '../testing/sign-credentials.ts';
import { readJpegStructure } from './jpeg-structure.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-provenance-'));
const at = (name: string) => path.join(root, name);
const decoder = createDecoder();
const sample = (n: number) => readFileSync(samplePhotograph(n));
afterAll(async () => {
  await decoder.close();
  rmSync(root, { recursive: true, force: true });
});

const examined = async (bytes: Uint8Array, anchors = '') => {
  const found: Provenance = await decoder.examine(bytes, 'image/jpeg', anchors);
  if (found.kind !== 'examined') throw new Error(found.message);
  return found;
};

describe('JPEG structure', () => {
  test('markers, tables and sampling of a file whose making is known', async () => {
    const bytes = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#888' } })
      .jpeg({ quality: 83, chromaSubsampling: '4:2:0', mozjpeg: false })
      .toBuffer();
    const found = readJpegStructure(bytes)!;
    expect(found.segments.filter((one) => one !== 'DHT')).toEqual(['SOI', 'DQT', 'DQT', 'SOF0', 'SOS', 'EOI']);
    expect(found.tables.map((one) => one.ijgQuality)).toEqual([83, 83]);
    expect(found).toMatchObject({ sampling: '2x2,1x1,1x1', progressive: false, trailingBytes: 0 });
    const other = await sharp(bytes).jpeg({ progressive: true, chromaSubsampling: '4:4:4' }).toBuffer();
    expect(readJpegStructure(other)).toMatchObject({ sampling: '1x1,1x1,1x1', progressive: true });
  });

  test('what follows the end, what is cut short, what is no JPEG', () => {
    const whole = sample(1);
    expect(readJpegStructure(Buffer.concat([whole, Buffer.from('hidden')]))).toMatchObject({ trailingBytes: 6 });
    expect(readJpegStructure(whole.subarray(0, 30_000))!.remarks.map(jpegRemarkWords)).toContain(
      'The picture has no end marker',
    );
    expect(readJpegStructure(Buffer.from('no jpeg'))).toBeNull();
  });

  test('every prefix and a thousand mutations of a real file are read without an error', () => {
    const whole = sample(1).subarray(0, 3000);
    for (let size = 0; size < whole.length; size++) readJpegStructure(whole.subarray(0, size));
    for (let seed = 1; seed <= 1000; seed++) {
      const bytes = Buffer.from(whole);
      for (let k = 0, state = seed; k < 8; k++) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        bytes[state % bytes.length] = state >>> 24;
      }
      readJpegStructure(bytes);
    }
  });
});

test.each([1, 2, 3, 4, 5, 6])(
  'a finer compression after a coarser one shows in the coefficients (photograph %i)',
  async (n) => {
    const pixels = await sharp(sample(n)).resize(900, 900, { fit: 'inside' }).png().toBuffer();
    const roughness = async (...qualities: number[]) => {
      let bytes: Buffer = pixels;
      for (const quality of qualities) bytes = await sharp(bytes).jpeg({ quality }).toBuffer();
      return (await examined(bytes)).jpeg!.coefficientRoughness!;
    };
    expect(await roughness(90)).toBeLessThan(0.6);
    expect(await roughness(60, 90)).toBeGreaterThan(1);
    expect(await roughness(75, 95)).toBeGreaterThan(1);
  },
);

describe('content credentials', { tags: ['openssl'] }, () => {
  let signed: Uint8Array;
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: root, stdio: 'pipe' });
  const credentials = async (bytes: Uint8Array, anchors = ''): Promise<ContentCredentials> =>
    (await examined(bytes, anchors)).contentCredentials;

  beforeAll(async () => {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    openssl(
      'req',
      '-x509',
      ...key,
      '-keyout',
      'ca.key',
      '-out',
      'ca.crt',
      '-days',
      '30',
      '-subj',
      '/CN=Test CA/O=Test',
    );
    openssl(
      'req',
      '-x509',
      ...key,
      '-keyout',
      'x.key',
      '-out',
      'other.crt',
      '-days',
      '30',
      '-subj',
      '/CN=Other/O=Other',
    );
    openssl('req', ...key, '-keyout', 'leaf.key', '-out', 'leaf.csr', '-subj', '/CN=Test signer/O=Lab');
    writeFileSync(
      at('leaf.cnf'),
      '[leaf]\nbasicConstraints=critical,CA:false\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=critical,emailProtection\nauthorityKeyIdentifier=keyid\nsubjectKeyIdentifier=hash\n',
    );
    openssl(
      'x509',
      '-req',
      '-in',
      'leaf.csr',
      '-CA',
      'ca.crt',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-days',
      '20',
      '-extfile',
      'leaf.cnf',
      '-extensions',
      'leaf',
      '-out',
      'leaf.crt',
    );
    signed = await signCredentials(sample(1), at('leaf.key'), [at('leaf.crt'), at('ca.crt')]);
  });

  test('none is none, and says so', async () => {
    expect(await credentials(sample(1))).toEqual({ kind: 'none' });
  });

  test('integrity and trust are answered apart: intact and not asked, trusted, untrusted', async () => {
    const found = {
      kind: 'present',
      integrity: 'intact',
      signer: 'Test signer',
      issuer: 'Lab',
      title: 'Test picture',
    };
    expect(await credentials(signed)).toMatchObject({ ...found, trust: 'notAsked', claimGenerator: 'Test camera 1' });
    expect(await credentials(signed)).toMatchObject({
      actions: ['c2pa.created (trainedAlgorithmicMedia)'],
      failures: [],
    });
    expect(await credentials(signed, readFileSync(at('ca.crt'), 'utf8'))).toMatchObject({
      ...found,
      trust: 'trusted',
    });
    expect(await credentials(signed, readFileSync(at('other.crt'), 'utf8'))).toMatchObject({
      ...found,
      trust: 'untrusted',
    });
  });

  test('one changed byte of the picture breaks integrity, and leaves trust as it is', async () => {
    const changed = Buffer.from(signed);
    changed[changed.length - 2000]! ^= 1;
    const found = await credentials(changed, readFileSync(at('ca.crt'), 'utf8'));
    expect(found).toMatchObject({ integrity: 'broken', trust: 'trusted' });
    expect(found).toMatchObject({ failures: [{ code: 'assertion.dataHash.mismatch' }] });
  });

  test('a changed claim breaks integrity', async () => {
    const changed = Buffer.from(signed);
    changed.write('Tast picture', changed.indexOf('Test picture'), 'latin1');
    expect(await credentials(changed)).toMatchObject({ integrity: 'broken' });
  });

  test('mutated credentials are an answer, never the end of the process', async () => {
    const whole = await credentials(signed);
    const pid = decoder.pid();
    const start = signed.length - sample(1).length;
    for (let seed = 1; seed <= 25; seed++) {
      const bytes = Buffer.from(signed);
      for (let k = 0, state = seed; k < 6; k++) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        bytes[20 + (state % start)] = state >>> 24;
      }
      const found = await decoder.examine(bytes, 'image/jpeg', '');
      // Room that the standard leaves unsigned (padding) may change; what the credentials say may
      // not.
      if (found.kind === 'examined' && JSON.stringify(found.contentCredentials).includes('"intact"'))
        expect(found.contentCredentials, `seed ${seed}`).toEqual(whole);
    }
    expect(decoder.pid()).toBe(pid);
  });
});
