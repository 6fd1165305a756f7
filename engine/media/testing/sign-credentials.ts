// Content credentials put into a picture by the reference implementation, signed with a key made
// for the test. Tests only.
import { createPrivateKey, sign, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { initSync, WasmBuilder } from '@contentauth/c2pa-wasm';

const require = createRequire(import.meta.url);

/**
 * A Blob that the verifier's build for browser workers can read at once, as it does with
 * FileReaderSync there.
 */
class ReadableBlob extends Blob {
  readonly content: Uint8Array;
  constructor(content: Uint8Array) {
    super([new Uint8Array(content)]);
    this.content = content;
  }
  override slice(from?: number, to?: number): Blob {
    return new ReadableBlob(this.content.slice(from, to));
  }
}
class FileReaderSync {
  readAsArrayBuffer = (blob: ReadableBlob): ArrayBuffer => new Uint8Array(blob.content).buffer;
}

const head = (major: number, n: number): Buffer =>
  n < 24
    ? Buffer.of((major << 5) | n)
    : n < 256
      ? Buffer.of((major << 5) | 24, n)
      : Buffer.of((major << 5) | 25, n >> 8, n & 255);
const bytes = (value: Uint8Array) => Buffer.concat([head(2, value.length), value]);
const text = (value: string) => Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
const array = (...items: Buffer[]) => Buffer.concat([head(4, items.length), ...items]);
const map = (...items: Buffer[]) => Buffer.concat([head(5, items.length / 2), ...items]);

/** Size of the COSE structure, padded (a header of the standard's own, `pad`). */
const RESERVED = 4096;

/** COSE_Sign1 with ES256 over a claim (RFC 9052), the certificates in the protected header. */
function coseSign1(claim: Uint8Array, keyPem: string, certificates: readonly Uint8Array[]): Uint8Array {
  const [algorithm, es256, chain] = [head(0, 1), head(1, 6), head(0, 33)];
  const header = map(algorithm, es256, chain, array(...certificates.map(bytes)));
  const toSign = array(text('Signature1'), bytes(header), bytes(Buffer.alloc(0)), bytes(claim));
  const signature = sign('sha256', toSign, { key: createPrivateKey(keyPem), dsaEncoding: 'ieee-p1363' });
  const make = (pad: number) =>
    Buffer.concat([
      Buffer.of(0xd2),
      array(bytes(header), map(text('pad'), bytes(Buffer.alloc(pad))), Buffer.of(0xf6), bytes(signature)),
    ]);
  return new Uint8Array(make(RESERVED - make(300).length + 300));
}

/**
 * `jpeg` with credentials that claim it was created by a trained algorithm. `chain`: PEM files, the
 * signer's first.
 */
export async function signCredentials(
  jpeg: Uint8Array,
  keyFile: string,
  chain: readonly string[],
): Promise<Uint8Array> {
  Object.assign(globalThis, { FileReaderSync });
  initSync({ module: readFileSync(require.resolve('@contentauth/c2pa-wasm/c2pa.wasm')) });
  const source = 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia';
  const manifest = {
    claim_generator_info: [{ name: 'Test camera', version: '1' }],
    title: 'Test picture',
    assertions: [{ label: 'c2pa.actions', data: { actions: [{ action: 'c2pa.created', digitalSourceType: source }] } }],
  };
  const keyPem = readFileSync(keyFile, 'utf8');
  const certificates = chain.map((file) => new X509Certificate(readFileSync(file)).raw);
  return WasmBuilder.fromJson(JSON.stringify(manifest)).sign(
    {
      alg: 'es256',
      reserveSize: RESERVED,
      sign: async (claim) => new Uint8Array(coseSign1(claim, keyPem, certificates)),
    },
    undefined,
    'image/jpeg',
    new ReadableBlob(jpeg),
  );
}
