// The cell of a finding: kind, leaning and score bin as one small number, which SQLite computes
// (the column verdict.cell, made in migrations.ts) and this file reads. Engine process.
import { SCORE_BINS } from '../../../contract/finding.ts';
import type { Leaning, VerdictKind } from '../../../contract/verdict.ts';

/** What is alike in findings of one cell. */
export type FindingCell = { kind: VerdictKind; leaning: Leaning | null; bin: number | null };

/**
 * Leanings of scored findings, in the order of their codes: each has SCORE_BINS cells. Null: a
 * model without operating points.
 */
const LEANINGS: readonly (Leaning | null)[] = ['towardsGenuine', 'cannotTell', 'towardsForged', null];
/** Kinds without a score, in the order of their codes behind those of the scored. */
const WITHOUT_SCORE: readonly VerdictKind[] = ['outOfDomain', 'faceTooSmall', 'noFace', 'unreadable', 'toolError'];

/** Every cell; its place is its code. */
export const CELLS: readonly FindingCell[] = [
  ...LEANINGS.flatMap((leaning) =>
    Array.from({ length: SCORE_BINS }, (_, bin) => ({ kind: 'scored' as const, leaning, bin })),
  ),
  ...WITHOUT_SCORE.map((kind) => ({ kind, leaning: null, bin: null })),
];

/** The cells of scored findings are the first so many. */
export const SCORED_CELLS = LEANINGS.length * SCORE_BINS;
