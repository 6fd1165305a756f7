// Handlers of `report`, and the pictures the report and the screens show.
import path from 'node:path';
import sharp from 'sharp';
import type { EvidenceId, Sha256, VerdictId } from '../../contract/brand.ts';
import type { Evidence } from '../../contract/evidence.ts';
import type { Face } from '../../contract/face.ts';
import type { PictureRef } from '../../contract/picture.ts';
import type { ExportedReport, ReportDocument, ReportOptions, Signing } from '../../contract/report.ts';
import type { VerdictOutcome } from '../../contract/verdict.ts';
import type { RgbImage } from '../../models/image/rgb-image.ts';
import { isAsTakenIn, placeOfEvidence } from '../blobs/evidence-place.ts';
import { readEvidenceFile } from '../blobs/read-evidence-file.ts';
import { appendAudit } from '../case/audit.ts';
import { getEvidence } from '../case/evidence.ts';
import { allFaces } from '../case/face.ts';
import { hidesFrom } from '../case/finding.ts';
import { isWritable, type ReadableCase } from '../case/open-case.ts';
import { withReading } from '../case/reading.ts';
import { findVerdict } from '../case/verdict.ts';
import type { EngineState, OpenedCase } from '../engine-state.ts';
import { guardOutput } from '../known-evidence.ts';
import { laterRecords } from '../later-records.ts';
import { examineAll } from '../provenance-of.ts';
import { contextPicture } from '../report/context-picture.ts';
import { exportPdf, exportText, type TextFormat } from '../report/export-report.ts';
import type { ReportPictures } from '../report/pdf-report.ts';
import { showsOthers } from '../report/redact.ts';
import { hashOfContent, type ReportMaking, readReportContent } from '../report/report-content.ts';
import { readReportDocument } from '../report/report-document.ts';
import { getTemplate, listTemplates, removeTemplate, saveTemplate } from '../report/templates.ts';
import { procedures } from './implementer.ts';

/** The frame of a video with this pts, if size and time of change of the file are those recorded. */
async function framePixels(state: EngineState, evidence: Evidence, pts: number): Promise<RgbImage | undefined> {
  const place = placeOfEvidence(state.opened.handle.folder, evidence);
  if (!(await isAsTakenIn(place, evidence))) return undefined;
  const picture = await state.videoPictures.frameAt(place, pts);
  return picture.kind === 'picture' ? picture : undefined;
}

/** The upright pixels of an evidence file, if it is still the file taken in; of a video, its first frame. */
async function pixelsOf(state: EngineState, evidence: Evidence, pts?: number | null): Promise<RgbImage | undefined> {
  if (evidence.mediaType.startsWith('video/')) {
    const firstPts = evidence.state.kind === 'read' ? evidence.state.video?.firstPts : undefined;
    const wanted = pts ?? firstPts;
    return wanted === undefined ? undefined : framePixels(state, evidence, wanted);
  }
  const file = await readEvidenceFile(placeOfEvidence(state.opened.handle.folder, evidence));
  if (file.kind === 'failed' || file.sha256 !== evidence.sha256) return undefined;
  const decoded = await state.decoder.decode(file.bytes);
  return decoded.kind === 'decoded' ? decoded : undefined;
}

const toSharp = ({ widthPx, heightPx, data }: RgbImage) =>
  sharp(data, { raw: { width: widthPx, height: heightPx, channels: 3 } });

/** Pictures for a report, covered as it asks, by the boxes of the case; a file with several faces is decoded once. */
function picturesFor(
  state: EngineState,
  { handle, blobs }: OpenedCase,
  { redaction }: ReportDocument,
  signal: AbortSignal,
): ReportPictures {
  const faces = new Map(allFaces(handle).map((one) => [one.id, one]));
  const facesByFrame = Map.groupBy(faces.values(), frameKey);
  let last: { id: EvidenceId; pts: number | null; image: Promise<RgbImage | undefined> } | undefined;
  return {
    // A picture is a moment as good as any to notice that the report is no longer wanted.
    blob: async (sha256) => {
      signal.throwIfAborted();
      return blobs.get(sha256);
    },
    showsOthers: (id, { passport }) => {
      const face = faces.get(id)!;
      return showsOthers(face, facesByFrame.get(frameKey(face))!, passport.cropRecipe);
    },
    context: async (evidence, id) => {
      const face = faces.get(id)!;
      if (last?.id !== evidence.id || last.pts !== face.pts)
        last = { id: evidence.id, pts: face.pts, image: pixelsOf(state, evidence, face.pts) };
      const image = await last.image;
      return image ? contextPicture(image, face, facesByFrame.get(frameKey(face))!, redaction) : null;
    },
  };
}

const frameKey = ({ evidenceId, frameIndex }: Face): string => `${evidenceId}/${frameIndex}`;

/** What a report is made of, with the template it asks for. Throws NOT_FOUND for a template there is not. */
async function makingFor(
  state: EngineState,
  handle: ReadableCase,
  options: ReportOptions,
  signal: AbortSignal | undefined,
): Promise<ReportMaking> {
  const name = options.template;
  const template = name === undefined ? null : await getTemplate(state.options.appDataFolder, name);
  const later = await laterRecords(handle, state.library);
  return { options, appVersion: state.appVersion, template, laterRecords: later, signal };
}

/** Where a report is kept that is given no place: with its case, or where that cannot be written with the application's data. */
const reportFolder = (state: EngineState, handle: ReadableCase): string =>
  path.join(isWritable(handle) ? handle.folder : state.options.appDataFolder, 'reports');

/** The same content gives the same name. A signed copy has its moment in its name too: it is never written over, nor over another. */
const nameOf = (contentSha256: Sha256, signing: Signing | undefined): string =>
  `report-${contentSha256.slice(0, 12)}${signing ? `-signed-${new Date().toISOString().replace(/[-:]|\.\d+/g, '')}` : ''}`;

export const reportHandlers = (state: EngineState) => ({
  templates: procedures.report.templates.handler(() => listTemplates(state.options.appDataFolder)),
  saveTemplate: procedures.report.saveTemplate.handler(({ input }) => saveTemplate(state.options.appDataFolder, input)),
  removeTemplate: procedures.report.removeTemplate.handler(async ({ input }) => {
    await removeTemplate(state.options.appDataFolder, input.name);
    return null;
  }),
  preview: procedures.report.preview.handler(async ({ input, signal }) => {
    const { handle } = state.opened;
    return readReportDocument(handle, await makingFor(state, handle, input, signal));
  }),
  export: procedures.report.export.handler(({ input, signal }) => {
    const { opened } = state;
    // Of the case it was asked for: another window may open another meanwhile, and that ends this.
    return opened.exports.run(signal, (stop) => exportOf(state, opened, input, stop));
  }),
});

type ExportRequest = {
  options: ReportOptions;
  format: 'pdf' | TextFormat;
  path?: string | undefined;
  signing?: Signing | undefined;
};

/** Writes the report and enters it in the log. */
async function exportOf(
  state: EngineState,
  opened: OpenedCase,
  request: ExportRequest,
  signal: AbortSignal,
): Promise<ExportedReport> {
  const { handle, session } = opened;
  const { format, options, path: place, signing } = request;
  const guard = (file: string) => guardOutput(state, file, signing ? [signing.pkcs12Path] : []);
  if (place !== undefined) await guard(place);
  const unrecorded = await examineAll(state, handle, signal);
  const making = { ...(await makingFor(state, handle, options, signal)), unrecorded };
  const placeFor = async (contentSha256: Sha256): Promise<string> => {
    const file = place ?? path.join(reportFolder(state, handle), `${nameOf(contentSha256, signing)}.${format}`);
    await guard(file);
    return file;
  };
  const exported = await (format === 'pdf'
    ? writePdf(state, opened, making, placeFor, signing)
    : writeText(handle, making, placeFor, format));
  if (!isWritable(handle)) return exported;
  appendAudit(handle, {
    who: session.examiner?.name ?? '',
    action: 'report.exported',
    subject: path.basename(exported.path),
    details: {
      format,
      sha256: exported.sha256,
      contentSha256: exported.contentSha256,
      redaction: options.redaction,
      signed: signing !== undefined,
    },
  });
  return exported;
}

type PlaceFor = (contentSha256: Sha256) => Promise<string>;

async function writePdf(
  state: EngineState,
  opened: OpenedCase,
  making: ReportMaking,
  placeFor: PlaceFor,
  signing: Signing | undefined,
): Promise<ExportedReport> {
  const document = await readReportDocument(opened.handle, making);
  const file = await placeFor(document.contentSha256);
  const pictures = picturesFor(state, opened, document, making.signal!);
  return exportPdf(document, making.options, pictures, file, signing);
}

const writeText = (handle: ReadableCase, making: ReportMaking, placeFor: PlaceFor, format: TextFormat) =>
  withReading(handle, async (reading) => {
    const content = await readReportContent(reading, making);
    const contentSha256 = await hashOfContent(content, making.signal);
    return exportText(content, contentSha256, format, await placeFor(contentSha256), making.signal);
  });

/** Bytes of a picture by id, undefined when there is none. In blind mode the model's pictures stay hidden with the score. */
export async function readPicture(
  state: EngineState,
  ref: PictureRef,
): Promise<{ bytes: Uint8Array; mediaType: string } | undefined> {
  if (!state.isOpen) return undefined;
  if (ref.kind === 'evidence') return readEvidencePicture(state, ref.id as EvidenceId, ref.maxPx);
  if (ref.kind === 'frame') return readFramePicture(state, ref.id as EvidenceId, ref.pts, ref.maxPx);
  const { handle, blobs } = state.opened;
  const verdict = findVerdict(handle, ref.id as VerdictId)?.verdict;
  if (!verdict) return undefined;
  if (ref.kind !== 'crop' && hidesFrom(handle, state.viewer, verdict.evidenceId, verdict.faceId)) return undefined;
  const sha256 = blobOf(verdict.outcome, ref.kind);
  const bytes = sha256 && (await blobs.get(sha256));
  return bytes ? { bytes, mediaType: 'image/png' } : undefined;
}

/** The stored picture of a verdict by kind, if it has one. */
function blobOf(outcome: VerdictOutcome, kind: 'crop' | 'reconstruction' | 'difference' | 'gate'): Sha256 | null {
  if (kind === 'crop') return 'cropSha256' in outcome ? outcome.cropSha256 : null;
  if (outcome.kind !== 'scored') return null;
  return {
    reconstruction: outcome.reconstructionSha256,
    difference: outcome.differenceSha256,
    gate: outcome.gateSha256,
  }[kind];
}

async function readEvidencePicture(
  state: EngineState,
  id: EvidenceId,
  maxPx: number | undefined,
): Promise<{ bytes: Uint8Array; mediaType: string } | undefined> {
  const image = await pixelsOf(state, getEvidence(state.opened.handle, id));
  return image && shownPicture(image, maxPx);
}

/** Frames are small beside photographs and come in numbers: losslessly, at zlib's fastest. */
async function readFramePicture(
  state: EngineState,
  id: EvidenceId,
  pts: number,
  maxPx: number | undefined,
): Promise<{ bytes: Uint8Array; mediaType: string } | undefined> {
  const evidence = getEvidence(state.opened.handle, id);
  if (!evidence.mediaType.startsWith('video/')) return undefined;
  const image = await framePixels(state, evidence, pts);
  return image && shownPicture(image, maxPx);
}

async function shownPicture(
  image: RgbImage,
  maxPx: number | undefined,
): Promise<{ bytes: Uint8Array; mediaType: string }> {
  const limited =
    maxPx === undefined
      ? toSharp(image)
      : toSharp(image).resize(maxPx, maxPx, { fit: 'inside', withoutEnlargement: true });
  return { bytes: await limited.png({ compressionLevel: 3 }).toBuffer(), mediaType: 'image/png' };
}
