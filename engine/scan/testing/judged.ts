// What a scan owes a face that can be seen well enough, whatever the shipped model is: the network
// looked at it. Whether it got a score or the sentence that it lies outside the domain the model
// was validated in is the model's affair.
import type { VerdictKind } from '../../../contract/verdict.ts';

/** True for a face that was scored or found outside the domain. */
export const isJudged = ({ kind }: { kind: VerdictKind }): boolean => kind === 'scored' || kind === 'outOfDomain';
