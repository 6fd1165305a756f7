// Report section: videos. What each file is, each track's score along the time as a curve, what is
// said of it and by which rule, and its key frames with time, number and presentation timestamp, so
// that another tool finds the same pictures.

import type { FaceId } from '../../../contract/brand.ts';
import type { Evidence } from '../../../contract/evidence.ts';
import type { Model } from '../../../contract/model.ts';
import { incompleteWords } from '../../../contract/remark-words.ts';
import type { ReportTimeline, ReportTrack } from '../../../contract/report.ts';
import { unreadableWords } from '../../../contract/unreadable-words.ts';
import type { VerdictKind } from '../../../contract/verdict.ts';
import type { VideoFacts } from '../../../contract/video.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import { CONCLUSION_WORDS, exactScoreText, KIND_WORDS, LEANING_WORDS, NO_LEANING } from '../../../contract/wording.ts';
import type { PrintedDocument } from '../report-document.ts';
import type { ReportIndex } from '../report-index.ts';
import { COLOURS, type Sheet, STYLES } from '../sheet.ts';
import { count, secondsText } from '../wording.ts';
import { howGiven } from './opinions.ts';

/** The rule, in words, printed above the curves. */
export const TRACK_RULE: readonly string[] = [
  'Faces are followed from frame to frame by where they are and how they move. A track ends at a cut that was found: the same person in two shots is two tracks, and nothing here says that two tracks are the same person. A cut between two pictures that are much alike can be missed, and one track then shows two people: its frames are looked through before anything is said of it.',
  'A track is judged by the five seconds whose scored faces have the highest median raw score: at least half of the faces in these five seconds scored that high or higher. The highest of many windows is higher than any one of them taken by chance, and no error rate is known for it; it says where to look. The operating points are those of single faces.',
  'Times count from the first frame shown. Frame numbers count the frames shown from 0; the presentation timestamp (pts) is the one stored in the file, in ticks of its time base.',
];

/** Tracks that get a curve, the highest scores first; the others are in the table below them. */
const CURVES_PER_VIDEO = 12;
const CHART_HEIGHT = 78;
const AXIS_WIDTH = 22;

export async function writeVideos(sheet: Sheet, { videos }: PrintedDocument, index: ReportIndex): Promise<void> {
  if (videos.length === 0) return;
  sheet.newPage();
  sheet.heading('Videos');
  for (const sentence of TRACK_RULE) sheet.paragraph(sentence);
  for (const timeline of videos) await writeVideo(sheet, index, withoutNoFaces(timeline, index));
}

/**
 * A timeline whose tracks of what was called no face have no result, and whose frames count none of
 * it.
 */
function withoutNoFaces(timeline: ReportTimeline, index: ReportIndex): ReportTimeline {
  const { evidenceId } = timeline;
  const isNone = (faceId: FaceId): boolean => index.isNoFace({ evidenceId, faceId });
  const less = new Map<number, number>();
  for (const { points } of timeline.tracks)
    for (const { faceId, frameIndex } of points)
      if (isNone(faceId)) less.set(frameIndex, (less.get(frameIndex) ?? 0) + 1);
  return {
    ...timeline,
    frames: timeline.frames.map((one) => ({ ...one, faces: one.faces - (less.get(one.frameIndex) ?? 0) })),
    tracks: timeline.tracks.flatMap((track) => {
      const points = track.points.filter(({ faceId }) => !isNone(faceId));
      return points.length > 0 ? [{ ...track, points }] : [];
    }),
  };
}

async function writeVideo(sheet: Sheet, index: ReportIndex, timeline: ReportTimeline): Promise<void> {
  const evidence = index.evidence.get(timeline.evidenceId)!;
  const model: Model | undefined = index.models.get(timeline.modelId);
  sheet.heading(`${visibleText(evidence.shownPath)}, scan ${timeline.scan.number}`, 2);
  const facts = factRows(evidence, timeline);
  await sheet.table([0.22, 0.78], model ? [...facts, ['Model', `${model.name}, SHA-256 ${model.id}`]] : facts);
  const tracks = [...timeline.tracks].sort((a, b) => rank(b) - rank(a) || a.trackIndex - b.trackIndex);
  const durationMs = durationOf(evidence, timeline);
  for (const track of tracks.slice(0, CURVES_PER_VIDEO))
    await writeTrack(sheet, track, durationMs, saidOf(track, evidence, index));
  const rest = tracks.slice(CURVES_PER_VIDEO);
  if (rest.length > 0)
    await sheet.table(
      [0.1, 0.2, 0.46, 0.24],
      rest.map((track) => [
        String(track.trackIndex + 1),
        spanOf(track),
        trackWords(track),
        saidOf(track, evidence, index).join('\n') || '–',
      ]),
      ['Track', 'Seen', 'Result of the machine', 'Opinions of examiners on the track'],
    );
}

/** What examiners say of the track as such. */
const saidOf = ({ id }: ReportTrack, evidence: Evidence, index: ReportIndex): string[] =>
  index
    .standingOn({ evidenceId: evidence.id, faceId: null, trackId: id })
    .map(
      (one) =>
        `${one.examinerName}: ${CONCLUSION_WORDS[one.conclusion]}${howGiven(one, index)}${one.trackId === id ? '' : `${index.onTrack(one)}, which has the same faces`}`,
    );

const rank = ({ outcome }: ReportTrack): number => (outcome?.kind === 'scored' ? outcome.windowMedianScore : -1);
const spanOf = ({ points }: ReportTrack): string =>
  `${secondsText(points[0]!.timeMs)} to ${secondsText(points.at(-1)!.timeMs)}`;
const factsOf = ({ state }: Evidence): VideoFacts | undefined => (state.kind === 'read' ? state.video : undefined);
const durationOf = (evidence: Evidence, { frames }: ReportTimeline): number =>
  Math.max(1, factsOf(evidence)?.durationMs ?? 0, frames.at(-1)?.timeMs ?? 0);

/**
 * What the file is and how it was looked at. One that could not be read was not looked at, and
 * nothing may read as if it had been.
 */
export function factRows(evidence: Evidence, timeline: ReportTimeline): [string, string][] {
  const { state } = evidence;
  if (state.kind === 'unreadable') return [['Not examined', unreadableWords(state)]];
  const facts = factsOf(evidence);
  const { sampling, frames, tracks, finished } = timeline;
  const chosen =
    sampling.kind === 'everyFrame'
      ? 'every frame'
      : `${count(sampling.framesPerSecond, 'frame', 'frames')} a second${sampling.sceneChanges ? ' and every cut or change' : ''}`;
  const looked: [string, string] = [
    'Looked at',
    `${chosen}: ${count(frames.length, 'frame')}, ${count(
      frames.reduce((sum, one) => sum + one.faces, 0),
      'face',
    )} in ${count(tracks.length, 'track')}${finished ? '' : '; the scan of this file is not finished'}`,
  ];
  const { number, of } = timeline.scan;
  const scanned: [string, string] = ['Scan', of === 1 ? '1, the only one' : `${number} of ${of} of this file`];
  if (!facts) return [scanned, looked];
  const { colour, timeBase, frameRate } = facts;
  const assumed = (is: boolean): string => (is ? ' (assumed)' : '');
  return [
    ['File', `SHA-256 ${evidence.sha256 ?? 'none'}`],
    [
      'Length',
      `${secondsText(facts.durationMs)}, ${facts.frames} frames${frameRate ? `, ${(frameRate.num / frameRate.den).toFixed(3)} a second` : ''}${facts.variableRate ? ', variable' : ''}`,
    ],
    [
      'Coding',
      `${facts.container}; ${facts.codec} ${facts.profile}, ${facts.pixelFormat}; time base ${timeBase.num}/${timeBase.den} s, first pts ${facts.firstPts}`,
    ],
    [
      'Colour',
      `matrix ${colour.matrix}${assumed(colour.matrixAssumed)}, ${colour.range} range${assumed(colour.rangeAssumed)}, transfer ${colour.transfer}, primaries ${colour.primaries}`,
    ],
    [
      'Complete',
      facts.incompleteBecause !== null
        ? incompleteWords(facts.incompleteBecause)
        : ['read to its end', ...notExamined(facts)].join('; '),
    ],
    scanned,
    looked,
  ];
}

/** Frames that were there and could not be looked at. */
const notExamined = ({ damagedFrames, refusedPackets = 0 }: VideoFacts): string[] => [
  ...(damagedFrames > 0 ? [`${damagedFrames} damaged frames not examined`] : []),
  ...(refusedPackets > 0 ? [`${count(refusedPackets, 'frame')} could not be decoded`] : []),
];

/** What is said of a track, in words. */
export function trackWords({ outcome, points }: ReportTrack): string {
  if (!outcome) return 'Not shown.';
  if (outcome.kind === 'notScored')
    return `Not scored: ${Object.entries(outcome.reasons)
      .map(([kind, n]) => `${KIND_WORDS[kind as VerdictKind].label.toLowerCase()}: ${n}`)
      .join(', ')} of ${count(points.length, 'face')}.`;
  const leaning = outcome.leaning ? LEANING_WORDS[outcome.leaning] : NO_LEANING;
  return `Highest five seconds ${secondsText(outcome.windowFromMs)} to ${secondsText(outcome.windowToMs)}: median raw score ${exactScoreText(outcome.windowMedianScore)} of ${count(outcome.windowFaces, 'face')}; ${leaning}. Median of all ${count(outcome.facesScored, 'scored face')} of ${points.length}: ${exactScoreText(outcome.medianScore)}.`;
}

async function writeTrack(
  sheet: Sheet,
  track: ReportTrack,
  durationMs: number,
  said: readonly string[],
): Promise<void> {
  sheet.ensure(CHART_HEIGHT + 90);
  sheet.heading(`Track ${track.trackIndex + 1}, ${spanOf(track)}`, 2);
  if (track.outcome?.kind === 'scored') drawCurve(sheet, track, durationMs);
  for (const one of said) sheet.paragraph(`On the track, examiner ${one}`, STYLES.strong);
  sheet.paragraph(`Machine: ${trackWords(track)}`, STYLES.strong);
  const keys = new Set(track.keyFaces);
  const rows = track.points
    .filter(({ faceId }) => keys.has(faceId))
    .map(({ timeMs, frameIndex, pts, score }) => [
      secondsText(timeMs),
      String(frameIndex),
      String(pts),
      score === null ? 'not scored' : exactScoreText(score),
    ]);
  await sheet.table([0.2, 0.2, 0.25, 0.35], rows, ['Key frame at', 'Frame number', 'pts', 'Raw score']);
}

/**
 * Raw score from 0 to 1 over the whole length of the file; the window shaded, key frames marked.
 */
function drawCurve(sheet: Sheet, track: ReportTrack, durationMs: number): void {
  const { doc, left, width, y: top } = sheet;
  const [plotLeft, plotWidth, plotHeight] = [left + AXIS_WIDTH, width - AXIS_WIDTH, CHART_HEIGHT - 14];
  const x = (ms: number): number => plotLeft + (plotWidth * ms) / durationMs;
  const y = (score: number): number => top + plotHeight * (1 - score);
  const alt = `Raw score of track ${track.trackIndex + 1} along the time. ${trackWords(track)}`;
  const draw = (): void => {
    doc.rect(plotLeft, top, plotWidth, plotHeight).fillColor(COLOURS.panel).fill();
    const { outcome } = track;
    if (outcome?.kind === 'scored')
      doc
        .rect(x(outcome.windowFromMs) - 1, top, x(outcome.windowToMs) - x(outcome.windowFromMs) + 2, plotHeight)
        .fillColor(WINDOW_COLOUR)
        .fill();
    for (const score of [0, 0.5, 1])
      doc
        .moveTo(plotLeft, y(score))
        .lineTo(plotLeft + plotWidth, y(score))
        .lineWidth(0.25)
        .strokeColor(COLOURS.rule)
        .stroke();
    drawPoints(sheet, track, x, y);
    for (const score of [0, 0.5, 1]) sheet.type.line(score.toFixed(1), left, y(score) - 4, STYLES.small);
    const end = secondsText(durationMs);
    sheet.type.line(secondsText(0), plotLeft, top + plotHeight + 3, STYLES.small);
    sheet.type.line(end, left + width - sheet.type.width(end, STYLES.small), top + plotHeight + 3, STYLES.small);
  };
  sheet.tagged('Figure', draw, alt);
  sheet.y = top + CHART_HEIGHT;
}

const WINDOW_COLOUR = '#f3d9b1';

/** A line through neighbouring scored faces, a dot for each, a ring around the key faces. */
function drawPoints(sheet: Sheet, track: ReportTrack, x: (ms: number) => number, y: (score: number) => number): void {
  const { doc } = sheet;
  const keys = new Set(track.keyFaces);
  let open = false;
  for (const { timeMs, score } of track.points) {
    if (score === null) open = false;
    else if (open) doc.lineTo(x(timeMs), y(score));
    else {
      doc.moveTo(x(timeMs), y(score));
      open = true;
    }
  }
  doc.lineWidth(0.8).strokeColor(COLOURS.accent).stroke();
  for (const { timeMs, score, faceId } of track.points) {
    if (score === null) continue;
    doc.circle(x(timeMs), y(score), 0.9).fillColor(COLOURS.accent).fill();
    if (keys.has(faceId)) doc.circle(x(timeMs), y(score), 3).lineWidth(0.8).strokeColor(COLOURS.warning).stroke();
  }
}
