// How the command line words a finding. The machine's result is never called authentic, and a raw
// score never a percentage.
import type { Finding } from '../contract/finding.ts';
import { LEAST_FOR_MEDIAN, type Track, type TrackOutcome, type VideoTimeline } from '../contract/track.ts';
import type { VerdictKind } from '../contract/verdict.ts';
import {
  DEMONSTRATION_NOTICE,
  exactScoreText,
  KIND_WORDS,
  kindLabel,
  LEANING_WORDS,
  NO_LEANING,
  unscoredWords,
} from '../contract/wording.ts';

/**
 * One finding in words with its number, by which opinions and reruns name it, e.g.
 * `raw score 0.9312, leans towards forged (verdict 12)`.
 */
export function findingWords(finding: Finding): string {
  return `${resultOf(finding)} (verdict ${finding.verdictId})`;
}

function resultOf(finding: Finding): string {
  if (finding.kind !== 'scored')
    return finding.unscored
      ? unscoredWords(finding.unscored, finding.leftOut)
      : kindLabel(finding.kind, finding.leftOut);
  if (finding.score === null) return 'score hidden (blind review)';
  const leaning = finding.leaning ? LEANING_WORDS[finding.leaning] : NO_LEANING;
  return `raw score ${exactScoreText(finding.score)}, ${leaning}`;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

/**
 * What is said of a track, with the rule in the words: the window, how many faces, their median.
 * `faces`: all that were followed, scored or not.
 */
export function trackWords(outcome: TrackOutcome | null, faces: number): string {
  if (!outcome) return 'scores hidden (blind review)';
  if (outcome.kind === 'notScored')
    return `not scored: ${Object.entries(outcome.reasons)
      .map(([kind, n]) => `${n} ${KIND_WORDS[kind as VerdictKind].short.toLowerCase()}`)
      .join(', ')}`;
  const leaning = outcome.leaning ? LEANING_WORDS[outcome.leaning] : NO_LEANING;
  if (outcome.facesScored < LEAST_FOR_MEDIAN) {
    const single =
      outcome.facesScored === 1
        ? `single frame at ${seconds(outcome.windowFromMs)}`
        : `${outcome.facesScored} single frames, ${seconds(outcome.windowFromMs)} to ${seconds(outcome.windowToMs)}`;
    return `${single}: raw score ${exactScoreText(outcome.windowMedianScore)}, ${leaning}; ${outcome.facesScored} of ${faces} faces scored, too few for a median`;
  }
  return `highest 5 s ${seconds(outcome.windowFromMs)} to ${seconds(outcome.windowToMs)}: median raw score ${exactScoreText(outcome.windowMedianScore)} of ${outcome.windowFaces} faces, ${leaning}; median of all ${outcome.facesScored} scored faces of ${faces} ${exactScoreText(outcome.medianScore)}`;
}

const lineFromTrack = (relativePath: string, { trackIndex, points, outcome }: Track): string =>
  `${relativePath}, track ${trackIndex + 1} (${seconds(points[0]!.timeMs)} to ${seconds(points.at(-1)!.timeMs)}): ${trackWords(outcome, points.length)}`;

/** One line a track, the most suspicious first. */
export function timelineLines(relativePath: string, { tracks, finished }: VideoTimeline): string[] {
  if (!finished) return [`${relativePath}: not finished`];
  const rank = ({ outcome }: Track): number => (outcome?.kind === 'scored' ? outcome.windowMedianScore : -1);
  return [...tracks].sort((a, b) => rank(b) - rank(a)).map((track) => lineFromTrack(relativePath, track));
}

/** Said whenever the shipped model made the scores. */
export const DEMONSTRATION_ADVICE = `${DEMONSTRATION_NOTICE}. It was trained on studio portraits and one set of videos; validate a model on your own material first.`;
