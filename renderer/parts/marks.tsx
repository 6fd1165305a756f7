// How results look: kinds without a score, leanings, and people's opinions. Each has a shape of its
// own, so that no meaning hangs on colour alone.
import { Ban, CircleSlash2, type LucideIcon, Scan, ScanLine, TriangleAlert, UserRoundX } from 'lucide-react';
import type { Conclusion } from '../../contract/opinion.ts';
import type { HeldRemark } from '../../contract/remark.ts';
import type { Leaning, VerdictKind } from '../../contract/verdict.ts';
import { capitalised, kindLabel, LEANING_WORDS } from '../../contract/wording.ts';

export const KIND_ICONS: Readonly<Record<VerdictKind, LucideIcon>> = {
  scored: Scan,
  outOfDomain: CircleSlash2,
  faceTooSmall: ScanLine,
  noFace: UserRoundX,
  unreadable: Ban,
  toolError: TriangleAlert,
};

const KIND_TONES: Readonly<Record<VerdictKind, string>> = {
  scored: '',
  outOfDomain: 'tone-neutral',
  faceTooSmall: 'tone-neutral',
  noFace: '',
  unreadable: 'tone-danger',
  toolError: 'tone-danger',
};

/** `leftOut`: what of a file without a face was not looked at. */
export function KindBadge({ kind, leftOut }: { kind: VerdictKind; leftOut?: readonly HeldRemark[] }) {
  const Icon = KIND_ICONS[kind];
  return (
    <span className={`badge ${KIND_TONES[kind]}`}>
      <Icon size={12} aria-hidden />
      {kindLabel(kind, leftOut)}
    </span>
  );
}

const LEANING_TONES: Readonly<Record<Leaning, string>> = {
  towardsForged: 'forged',
  cannotTell: 'neutral',
  towardsGenuine: 'genuine',
};

/** Up for towards forged, down for towards genuine, a bar for cannot tell. */
export function LeaningMark({ leaning, size = 10 }: { leaning: Leaning; size?: number }) {
  const path = {
    towardsForged: 'M5 1 L9.5 9 H.5 Z',
    towardsGenuine: 'M5 9 L.5 1 H9.5 Z',
    cannotTell: 'M.5 3.5 H9.5 V6.5 H.5 Z',
  }[leaning];
  return (
    <svg
      className={`leaning-mark mark-${LEANING_TONES[leaning]}`}
      width={size}
      height={size}
      viewBox="0 0 10 10"
      aria-hidden
    >
      <path d={path} fill="currentColor" />
    </svg>
  );
}

export function LeaningBadge({ leaning }: { leaning: Leaning }) {
  return (
    <span className={`badge tone-${LEANING_TONES[leaning]}`}>
      <LeaningMark leaning={leaning} size={8} />
      {capitalised(LEANING_WORDS[leaning])}
    </span>
  );
}

const CONCLUSION_TONES: Readonly<Record<Conclusion, string>> = {
  genuine: 'genuine',
  forged: 'forged',
  inconclusive: 'neutral',
  notAFace: 'neutral',
  withdrawn: 'none',
  note: 'none',
};

/** G, F, I, a cross, a dash and two lines of writing as strokes. */
const LETTERS: Readonly<Record<Conclusion, string>> = {
  genuine: 'M13 7.6A3.7 3.7 0 1 0 13.3 12.2V10.2H10.6',
  forged: 'M8.2 14.2V6.2H12.6M8.2 10.2H11.9',
  inconclusive: 'M10 6V14M8 6H12M8 14H12',
  notAFace: 'M6.5 6.5 13.5 13.5M13.5 6.5 6.5 13.5',
  withdrawn: 'M7 10H13',
  note: 'M6.5 8H13.5M6.5 12H11',
};

/**
 * An examiner's opinion: a letter in a circle (genuine), a square on its point (forged), a square
 * (inconclusive), a cross in an octagon (not a face).
 */
export function ConclusionMark({ conclusion, size = 18 }: { conclusion: Conclusion; size?: number }) {
  return (
    <svg
      className={`conclusion-mark mark-${CONCLUSION_TONES[conclusion]}`}
      width={size}
      height={size}
      viewBox="0 0 20 20"
      aria-hidden
    >
      {conclusion === 'genuine' ? <circle cx="10" cy="10" r="9" /> : null}
      {conclusion === 'forged' ? <path d="M10 .3 19.7 10 10 19.7 .3 10Z" /> : null}
      {conclusion === 'inconclusive' ? <rect x="1.5" y="1.5" width="17" height="17" rx="2" /> : null}
      {conclusion === 'notAFace' ? <path d="M6.2 .8H13.8L19.2 6.2V13.8L13.8 19.2H6.2L.8 13.8V6.2Z" /> : null}
      {conclusion === 'withdrawn' || conclusion === 'note' ? <circle cx="10" cy="10" r="8.5" /> : null}
      <path className="mark-letter" d={LETTERS[conclusion]} />
    </svg>
  );
}
