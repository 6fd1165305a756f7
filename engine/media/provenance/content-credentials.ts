// Content credentials (C2PA), verified by the specification's reference implementation compiled to
// WebAssembly. Offline: it is told to fetch nothing, and in the decode process, where this runs,
// nothing can be fetched.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { initSync, WasmReader } from '@contentauth/c2pa-wasm';
import type { ContentCredentials } from '../../../contract/provenance.ts';

const require = createRequire(import.meta.url);
let loaded = false;

/** Compiles the verifier, once a process: about 0.1 s. */
function load(): void {
  if (loaded) return;
  initSync({ module: readFileSync(require.resolve('@contentauth/c2pa-wasm/c2pa.wasm')) });
  loaded = true;
}

type Finding = { code: string; explanation?: string };
type Manifest = {
  title?: string;
  claim_generator?: string;
  claim_generator_info?: { name?: string; version?: string }[];
  assertions?: { label: string; data?: { actions?: { action?: string; digitalSourceType?: string }[] } }[];
  ingredients?: { title?: string; relationship?: string }[];
  signature_info?: { alg?: string; issuer?: string; common_name?: string; time?: string };
};
type Store = {
  active_manifest?: string;
  manifests?: Record<string, Manifest>;
  validation_results?: { activeManifest?: { success: Finding[]; failure: Finding[] } };
};

/** Codes about who signed, not about whether the file is as signed. */
const ABOUT_TRUST = /^signingCredential\.(un)?trusted$/;

/**
 * `trustAnchors`: certificates in PEM that this installation trusts; empty to ask nothing about
 * trust.
 */
export async function readContentCredentials(
  bytes: Uint8Array,
  mediaType: string,
  trustAnchors: string,
): Promise<ContentCredentials> {
  load();
  const settings = {
    verify: { remote_manifest_fetch: false, ocsp_fetch: false, verify_trust: true },
    ...(trustAnchors ? { trust: { user_anchors: trustAnchors } } : {}),
  };
  try {
    const reader = await WasmReader.fromBytes(mediaType, bytes, JSON.stringify(settings));
    try {
      return credentialsFrom(JSON.parse(reader.json()) as Store, trustAnchors !== '');
    } finally {
      reader.free();
    }
  } catch (error) {
    const message = String(error);
    return /JumbfNotFound|UnsupportedType|ProvenanceMissing/.test(message)
      ? { kind: 'none' }
      : { kind: 'unreadable', message };
  }
}

function credentialsFrom(store: Store, asked: boolean): ContentCredentials {
  const [manifests, active] = [store.manifests ?? {}, store.active_manifest ?? ''];
  const manifest = (Object.hasOwn(manifests, active) && manifests[active]) || {};
  const { success = [], failure = [] } = store.validation_results?.activeManifest ?? {};
  const failures = failure.filter((one) => !ABOUT_TRUST.test(one.code));
  const signed = success.some((one) => one.code === 'claimSignature.validated');
  const trusted = success.some((one) => one.code === 'signingCredential.trusted');
  const { signature_info: signature = {}, claim_generator_info: [generator] = [] } = manifest;
  return {
    kind: 'present',
    integrity: signed && failures.length === 0 ? 'intact' : 'broken',
    trust: asked ? (trusted ? 'trusted' : 'untrusted') : 'notAsked',
    signer: signature.common_name ?? '',
    issuer: signature.issuer ?? '',
    algorithm: signature.alg ?? '',
    signedAt: signature.time ?? null,
    claimGenerator: [generator?.name ?? manifest.claim_generator, generator?.version].filter(Boolean).join(' '),
    title: manifest.title ?? '',
    actions: actionsOf(manifest),
    ingredients: (manifest.ingredients ?? []).map((one) =>
      [one.title, one.relationship && `(${one.relationship})`].filter(Boolean).join(' '),
    ),
    manifests: Object.keys(store.manifests ?? {}).length,
    failures: failures.map(({ code, explanation }) => ({ code, explanation: explanation ?? '' })),
  };
}

const actionsOf = ({ assertions = [] }: Manifest): string[] =>
  assertions
    .filter((one) => one.label.startsWith('c2pa.actions'))
    .flatMap((one) => one.data?.actions ?? [])
    .map(({ action = '', digitalSourceType }) =>
      digitalSourceType ? `${action} (${digitalSourceType.split('/').at(-1)})` : action,
    );
