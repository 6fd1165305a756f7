// Report content -> CASE/UCO JSON-LD (Cyber-investigation Analysis Standard Expression, on the
// Unified Cyber Ontology 1.x), for tools that gather results of several laboratories, thing by
// thing. Ids come from the content: the same content gives the same bytes.
import { createHash } from 'node:crypto';
import type { Sha256 } from '../../contract/brand.ts';
import type { Evidence } from '../../contract/evidence.ts';
import type { Opinion } from '../../contract/opinion.ts';
import { indentedParts } from '../files/indented-json.ts';
import type { ReportContent, ReportSubject } from './report-content.ts';
import { outcomeWords } from './wording.ts';

const UCO = 'https://ontology.unifiedcyberontology.org/uco';
const CONTEXT = {
  'case-investigation': 'https://ontology.caseontology.org/case/investigation/',
  'uco-action': `${UCO}/action/`,
  'uco-analysis': `${UCO}/analysis/`,
  'uco-core': `${UCO}/core/`,
  'uco-identity': `${UCO}/identity/`,
  'uco-observable': `${UCO}/observable/`,
  'uco-tool': `${UCO}/tool/`,
  'uco-types': `${UCO}/types/`,
  'uco-vocabulary': `${UCO}/vocabulary/`,
  xsd: 'http://www.w3.org/2001/XMLSchema#',
  /** What the ontology has no word for: a raw score is not its `classificationConfidence`. */
  recce: 'urn:recce-workstation:terms:',
};

type Thing = { '@id': string; '@type': string; [property: string]: unknown };
type Ids = (what: string) => string;
type Head = ReportContent['head'];

/**
 * A name-based UUID (RFC 9562, version 8: our own hash, here SHA-256) of a thing inside this
 * content.
 */
const idsOf =
  (contentSha256: Sha256): Ids =>
  (what) => {
    const hash = createHash('sha256').update(`${contentSha256}/${what}`).digest();
    hash[6] = (hash[6]! & 0x0f) | 0x80;
    hash[8] = (hash[8]! & 0x3f) | 0x80;
    const hex = hash.toString('hex');
    return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
  };

const typed = (type: string, value: string) => ({ '@type': type, '@value': value });
const reference = (id: string) => ({ '@id': id });

const idOfFile = (file: number): string => `evidence/${file}`;
const idOfVerdict = (verdict: number): string => `verdict/${verdict}`;

/** The whole file; `contentSha256` is the hash of the content. */
export const partsOfCaseJsonLd = (content: ReportContent, contentSha256: Sha256): Iterable<string> =>
  indentedParts({ '@context': CONTEXT, '@graph': () => eachThing(content, contentSha256) });

function* eachThing(content: ReportContent, contentSha256: Sha256): Generator<Thing, void, undefined> {
  const { head, lists, subjects } = content;
  const id = idsOf(contentSha256);
  yield investigationFrom(content, contentSha256, id);
  for (const name of head.examiners) yield identityFrom(name, id);
  yield* toolsFrom(head, id);
  for (const one of lists.evidence()) yield fileFrom(one, id);
  const noFaces = new Set<number | null>(head.notFaces);
  for (const one of subjects()) yield { ...resultFrom(one, id), ...(noFaces.has(one.verdict.faceId) ? NO_FACE : {}) };
  yield examinationFrom(content, id);
  const standing = new Set(head.standing.map(({ opinion }) => opinion));
  for (const one of lists.opinions()) yield opinionFrom(one, standing.has(one.id), id);
}

/** References to things, one by one. */
function* referencesTo(numbers: Iterable<number>, name: (number: number) => string, id: Ids) {
  for (const number of numbers) yield reference(id(name(number)));
}

const investigationFrom = ({ head, ids }: ReportContent, contentSha256: Sha256, id: Ids): Thing => ({
  '@id': id('investigation'),
  '@type': 'case-investigation:Investigation',
  'uco-core:name': head.title,
  'case-investigation:focus': 'Examination of faces for signs of forgery',
  'uco-core:description': `Reference ${head.case.reference || 'none'}. Report content SHA-256 ${contentSha256}.`,
  ...(head.redaction === 'none' ? {} : { 'recce:redaction': head.redaction, 'recce:withheld': head.withheld }),
  'uco-core:object': () => referencesTo(ids.evidence(), idOfFile, id),
});

const identityFrom = (name: string, id: Ids): Thing => ({
  '@id': id(`examiner/${name}`),
  '@type': 'uco-identity:Identity',
  'uco-core:name': name,
});

const toolsFrom = ({ appVersion, models }: Head, id: Ids): Thing[] => [
  {
    '@id': id('tool'),
    '@type': 'uco-tool:AnalyticTool',
    'uco-core:name': 'Recce Workstation',
    'uco-tool:version': appVersion,
  },
  ...models.map((model) => ({
    '@id': id(`model/${model.id}`),
    '@type': 'uco-tool:AnalyticTool',
    'uco-core:name': model.name,
    'uco-tool:version': `SHA-256 ${model.id}`,
    'uco-core:description': `${model.description} ${model.limits}`.trim(),
  })),
];

function fileFrom(one: Evidence, id: Ids): Thing {
  const at = idOfFile(one.id);
  return {
    '@id': id(at),
    '@type': 'uco-observable:File',
    'uco-core:hasFacet': [
      {
        '@id': id(`${at}/file`),
        '@type': 'uco-observable:FileFacet',
        'uco-observable:fileName': one.relativePath.split('/').at(-1),
        'uco-observable:filePath': one.path,
        'uco-observable:isDirectory': false,
        'uco-observable:sizeInBytes': typed('xsd:integer', String(one.sizeBytes)),
        // Of a file in an archive the time is the archive's.
        ...(one.modifiedAt && !one.archive
          ? { 'uco-observable:modifiedTime': typed('xsd:dateTime', one.modifiedAt) }
          : {}),
      },
      {
        '@id': id(`${at}/content`),
        '@type': 'uco-observable:ContentDataFacet',
        'uco-observable:mimeType': one.mediaType,
        ...(one.sha256 ? { 'uco-observable:hash': hashFrom(one.sha256, id(`${at}/hash`)) } : {}),
      },
    ],
    'recce:exhibit': one.exhibit,
    'recce:shownPath': one.shownPath,
    ...(one.alterations.length > 0 ? { 'recce:alterations': one.alterations } : {}),
  };
}

const hashFrom = (sha256: string, id: string) => ({
  '@id': id,
  '@type': 'uco-types:Hash',
  'uco-types:hashMethod': typed('uco-vocabulary:HashNameVocab', 'SHA256'),
  'uco-types:hashValue': typed('xsd:hexBinary', sha256.toUpperCase()),
});

/**
 * A verdict as an analytic result. Without a score it carries no class: only the reason why there
 * is none.
 */
function resultFrom({ verdict, face, leftOut }: ReportSubject, id: Ids): Thing {
  const { outcome } = verdict;
  return {
    '@id': id(idOfVerdict(verdict.id)),
    '@type': 'uco-analysis:AnalyticResult',
    'uco-core:description': outcomeWords(outcome, { leftOut }),
    'uco-core:objectCreatedTime': typed('xsd:dateTime', verdict.madeAt),
    'recce:file': reference(id(idOfFile(verdict.evidenceId))),
    'recce:model': reference(id(`model/${verdict.modelId}`)),
    'recce:kind': outcome.kind,
    ...(face ? { 'recce:box': face.box ?? 'withheld', 'recce:frameIndex': face.frameIndex } : {}),
    ...(outcome.kind === 'scored'
      ? {
          'recce:rawScore': typed('xsd:decimal', outcome.score.toFixed(8)),
          'recce:leaning': outcome.leaning ?? 'none',
          ...(outcome.log10LikelihoodRatio === null
            ? {}
            : { 'recce:log10LikelihoodRatio': typed('xsd:decimal', outcome.log10LikelihoodRatio.toFixed(6)) }),
        }
      : {}),
  };
}

const examinationFrom = ({ head, ids }: ReportContent, id: Ids): Thing => ({
  '@id': id('examination'),
  '@type': 'case-investigation:InvestigativeAction',
  'uco-core:name': 'Machine examination of faces',
  'uco-action:endTime': typed('xsd:dateTime', head.asOf),
  'uco-action:instrument': [reference(id('tool')), ...head.models.map((model) => reference(id(`model/${model.id}`)))],
  'uco-action:object': () => referencesTo(ids.evidence(), idOfFile, id),
  'uco-action:result': () => referencesTo(ids.verdicts(), idOfVerdict, id),
});

/** On a verdict about what an examiner called no face. */
const NO_FACE = { 'recce:calledNotAFace': true };

/** `stands`: it counts as an opinion; superseded entries, withdrawals and notes do not. */
const opinionFrom = (one: Opinion, stands: boolean, id: Ids): Thing => ({
  '@id': id(`opinion/${one.id}`),
  '@type': 'case-investigation:InvestigativeAction',
  'uco-core:name':
    one.conclusion === 'note'
      ? 'Note of an examiner'
      : one.secondReview
        ? 'Second review by an examiner'
        : 'Opinion of an examiner',
  'uco-core:description': one.note,
  'uco-action:performer': reference(id(`examiner/${one.examinerName}`)),
  'uco-action:endTime': typed('xsd:dateTime', one.givenAt),
  'uco-action:object': [reference(id(idOfFile(one.evidenceId)))],
  'recce:faceId': one.faceId,
  'recce:trackId': one.trackId,
  'recce:stands': stands,
  'recce:conclusion': one.conclusion,
  'recce:scoreHidden': one.blind,
});
