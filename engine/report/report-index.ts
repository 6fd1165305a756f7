// What the sections of a report look up: files, faces, models by id, and which opinions stand. Made once a report.
import type { EvidenceId, FaceId, ModelId } from '../../contract/brand.ts';
import type { Evidence } from '../../contract/evidence.ts';
import type { Model } from '../../contract/model.ts';
import type { Opinion, Subject } from '../../contract/opinion.ts';
import { visibleText } from '../../contract/visible-text.ts';
import type { PrintedDocument, PrintedFace } from './report-document.ts';
import { whichFaceInWords } from './wording.ts';

export type ReportIndex = {
  evidence: ReadonlyMap<EvidenceId, Evidence>;
  faces: ReadonlyMap<FaceId, PrintedFace>;
  models: ReadonlyMap<ModelId, Model>;
  /** In the order given. */
  standing: readonly Opinion[];
  standingOn: (subject: Subject) => readonly Opinion[];
  /** The file below its exhibit, and the face of it. */
  nameOf: (subject: Subject) => string;
};

const keyOf = ({ evidenceId, faceId }: Subject): string => `${evidenceId}/${faceId}`;

/** The last entry of each examiner on each subject, where it does not withdraw: what counts as an opinion, everywhere. */
export function standingOpinions(opinions: Iterable<Opinion>): Opinion[] {
  const last = new Map<string, Opinion>();
  for (const one of opinions) last.set(`${keyOf(one)}/${one.examinerId}`, one);
  return [...last.values()].filter(({ conclusion }) => conclusion !== 'withdrawn').sort((a, b) => a.id - b.id);
}

export function indexOf(document: PrintedDocument): ReportIndex {
  const evidence = new Map(document.evidence.map((one) => [one.id, one]));
  const faces = new Map(document.faces.map((one) => [one.id, one]));
  const standing = standingOpinions(document.opinions);
  const bySubject = Map.groupBy(standing, keyOf);
  return {
    evidence,
    faces,
    models: new Map(document.models.map((one) => [one.id, one])),
    standing,
    standingOn: (subject) => bySubject.get(keyOf(subject)) ?? [],
    nameOf: ({ evidenceId, faceId }) => {
      const face = faceId === null ? undefined : faces.get(faceId);
      return `${visibleText(evidence.get(evidenceId)?.shownPath ?? '')}${face ? whichFaceInWords(face) : ''}`;
    },
  };
}
