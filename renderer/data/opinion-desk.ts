// Giving opinions and taking them back, one after the other in the order of the keys. Nothing is
// ever erased: to undo is to enter what was said before. What may be entered, and what can be
// undone, is decided by the engine. Everything outside comes through its ports.
import { ORPCError } from '@orpc/client';
import type { ExaminerId, OpinionId } from '../../contract/brand.ts';
import type { Session } from '../../contract/case.ts';
import type { Undoing } from '../../contract/errors.ts';
import type { Finding } from '../../contract/finding.ts';
import type { Conclusion, Subject } from '../../contract/opinion.ts';
import type { EnteredOpinion } from '../../contract/procedures.ts';
import { type PlaceInFile, subjectWords } from '../../contract/subject-words.ts';
import { visibleText } from '../../contract/visible-text.ts';
import { CONCLUSION_WORDS } from '../../contract/wording.ts';
import { countText } from '../wording.ts';

/** What an opinion is about, as the grid and the inspector both know it. */
export type Decidable = Pick<Finding, 'evidenceId' | 'faceId' | 'shownPath' | 'ownConclusion'> &
  Pick<Subject, 'trackId'> &
  Partial<Pick<Finding, 'score' | 'timeMs' | 'faceIndex'>> & {
    trackIndex?: number | null;
    span?: PlaceInFile['span'];
  };

/** Which face or track of which file. */
export const nameOfSubject = (finding: Parameters<typeof subjectWords>[0]): string =>
  visibleText(subjectWords(finding));

export type OpinionAsked = { finding: Decidable; conclusion: Conclusion };
/** What a reason is wanted for. */
export type ReasonAsked = OpinionAsked & {
  why: string;
  undo: boolean;
  /** How many others are undone with it. */
  others?: number;
};

/** Who pressed the key: it is recorded under no other name. */
type GivenBy = { examinerId?: ExaminerId; blindShown?: boolean };
/** With what the window shows as the examiner's own: refused where another stands. */
type Shown = Subject & { shownOwn?: Conclusion | null };
export type GivenMany = GivenBy & { subjects: Shown[]; conclusion: Conclusion; note?: string };

export type OpinionPorts = {
  /** As the window shows it. */
  session(): Promise<Session>;
  give(given: Shown & GivenBy & { conclusion: Conclusion; note?: string }): Promise<EnteredOpinion>;
  giveMany(given: GivenMany): Promise<{ entered: number; rows: Finding[] }>;
  undo(given: GivenBy & { id?: OpinionId; note?: string }): Promise<EnteredOpinion | null>;
  /** Asks who is examining, before that opinion is entered; false where nobody says. */
  askName(asked: OpinionAsked): Promise<boolean>;
  /**
   * Asks for a reason; undefined where none is given. `passedOver`: another reason is being asked
   * for already.
   */
  askReason(asked: ReasonAsked): Promise<string | undefined | 'passedOver'>;
  /** Shows an opinion before it is recorded, and takes that back where it was not. */
  showOwn(subject: Subject, own: Conclusion | null): void;
  /** It is recorded: what is on screen is brought to it. */
  settle(entered: EnteredOpinion): void;
  settleRows(rows: readonly Finding[]): void;
  /** Selects what was undone. */
  select(entered: EnteredOpinion): void;
  /** Selects what a reason is asked for. */
  point(subject: Subject): void;
  say(text: string, tone?: 'danger'): void;
  /** What went wrong, in words. */
  words(error: unknown): { title: string; detail: string };
};

export type OpinionDesk = {
  /**
   * Enters an opinion on the finding's subject. Asks for a name first where nobody is examining,
   * and for a reason where the case wants one; `onAsked` is called before. Resolves to whether the
   * opinion stands. While an undo is under way nothing is entered, and that is said: what it
   * selects is not shown yet.
   */
  give(finding: Decidable, conclusion: Conclusion, note?: string, onAsked?: () => void): Promise<boolean>;
  /**
   * Enters the same of several subjects, all or none; one undo takes all of them back. Rejects where
   * the case takes it not.
   */
  giveMany(findings: readonly Decidable[], conclusion: Conclusion, note?: string): Promise<void>;
  /** Enters what this examiner said before the last opinion of this sitting. */
  undo(): Promise<void>;
  /** True while an undo is under way: then it has said that nothing is recorded. */
  waits(finding: Decidable): boolean;
  /** How many opinions and undoings are on their way and not recorded yet. */
  unrecorded(): number;
};

type Wanted = { detail: string; undoing?: Undoing };

/** Why the case does not take this without a reason; undefined for any other error. */
const reasonWanted = (error: unknown): Wanted | undefined =>
  error instanceof ORPCError && error.code === 'REASON_NEEDED' ? (error.data as Wanted) : undefined;

const isRefused = (error: unknown): boolean => error instanceof ORPCError && error.code === 'OPINION_REFUSED';

const standsAs = (conclusion: Conclusion): Conclusion | null =>
  conclusion === 'withdrawn' || conclusion === 'note' ? null : conclusion;

export function createOpinionDesk(ports: OpinionPorts): OpinionDesk {
  /**
   * Opinions are entered in the order of the keys, however fast they are pressed; undo waits its
   * turn as well.
   */
  let line: Promise<unknown> = Promise.resolve();
  /** How many of them are not recorded yet. */
  let waiting = 0;
  /** Undos under way, from the key until the selection is back where it belongs. */
  let undos = 0;

  function inTurn<T>(act: () => Promise<T>): Promise<T> {
    waiting++;
    const turn = line.then(act).finally(() => waiting--);
    line = turn.catch(() => {});
    return turn;
  }

  const who = async (): Promise<GivenBy> => {
    const { examiner, blind } = await ports.session();
    return examiner ? { examinerId: examiner.id, blindShown: blind } : {};
  };

  function tellNotRecorded(finding: Decidable, error: unknown): void {
    const { title, detail } = ports.words(error);
    // What the rules refuse is no failure: its own sentence says which rule.
    if (isRefused(error)) ports.say(`Not recorded. ${detail}`);
    else ports.say(`The opinion on ${nameOfSubject(finding)} was not recorded. ${title} ${detail}`, 'danger');
  }

  /**
   * Has its place in the line from the key press on. False where nobody is examining. `seen`: the examiner's own
   * opinion was on screen.
   */
  async function enter(
    finding: Decidable,
    conclusion: Conclusion,
    note: string | undefined,
    seen: boolean,
  ): Promise<boolean> {
    const { evidenceId, faceId, trackId } = finding;
    // A file without a face takes no opinion: nothing is shown that would have to go again.
    const atOnce = conclusion !== 'note' && (faceId !== null || trackId != null);
    const about = { evidenceId, faceId, ...(trackId == null ? {} : { trackId }) };
    const shown = seen ? { shownOwn: finding.ownConclusion } : {};
    const given = { ...about, ...shown, conclusion, ...(note === undefined ? {} : { note }) };
    const named = ports.session().then(({ examiner, blind }) => {
      if (examiner && atOnce) ports.showOwn(finding, standsAs(conclusion));
      return examiner && { examinerId: examiner.id, blindShown: blind };
    });
    try {
      const entered = await inTurn(async () => {
        const by = await named;
        return by ? ports.give({ ...given, ...by }) : undefined;
      });
      if (!entered) return false;
      ports.settle(entered);
      return true;
    } catch (error) {
      if (atOnce) ports.showOwn(finding, finding.ownConclusion);
      throw error;
    }
  }

  function waits(finding: Decidable): boolean {
    if (undos > 0)
      ports.say(`No opinion on ${nameOfSubject(finding)} was recorded: an undo was under way. Give it again.`);
    return undos > 0;
  }

  async function enterOrAsk(
    finding: Decidable,
    conclusion: Conclusion,
    note?: string,
    onAsked: () => void = () => {},
    seen = true,
  ): Promise<boolean> {
    try {
      if (await enter(finding, conclusion, note, seen)) return true;
      onAsked();
      // Nobody's own was shown while nobody was named.
      return (await ports.askName({ finding, conclusion })) && enterOrAsk(finding, conclusion, note, onAsked, false);
    } catch (error) {
      const why = reasonWanted(error)?.detail;
      if (why === undefined) tellNotRecorded(finding, error);
      return why !== undefined && giveWithReason({ finding, conclusion, why, undo: false }, onAsked, seen);
    }
  }

  /** A field opens, and the opinion is entered with what is written there. */
  async function giveWithReason(asked: ReasonAsked, onAsked: () => void, seen: boolean): Promise<boolean> {
    onAsked();
    const reason = await ports.askReason(asked);
    const { finding, conclusion, why } = asked;
    if (reason === 'passedOver') ports.say(`${nameOfSubject(finding)} was passed over: ${why}`, 'danger');
    else if (reason !== undefined) return enterOrAsk(finding, conclusion, reason, () => {}, seen);
    return false;
  }

  async function giveMany(findings: readonly Decidable[], conclusion: Conclusion, note?: string): Promise<void> {
    const subjects = findings.map(({ evidenceId, faceId, ownConclusion }) => ({
      evidenceId,
      faceId,
      shownOwn: ownConclusion,
    }));
    const given = { subjects, conclusion, ...(note === undefined ? {} : { note }) };
    const by = await who();
    const { entered, rows } = await inTurn(() => ports.giveMany({ ...given, ...by }));
    ports.settleRows(rows);
    const same = findings.length - entered;
    const unchanged = same === 0 ? '' : ` ${countText(same, 'stood', 'stood')} so already.`;
    ports.say(`${countText(entered, 'entry was', 'entries were')} recorded.${unchanged} One undo takes them back.`);
  }

  async function takeBack(given: { id?: OpinionId; note?: string }): Promise<void> {
    try {
      const by = who();
      const undone = await inTurn(async () => ports.undo({ ...given, ...(await by) }));
      if (!undone)
        return ports.say('There is nothing to undo. What was said in an earlier sitting is withdrawn on its own face.');
      ports.settle(undone);
      ports.select(undone);
      const { conclusion } = undone.opinion;
      const now = conclusion === 'withdrawn' ? 'without an opinion' : CONCLUSION_WORDS[conclusion];
      ports.say(
        undone.others > 0
          ? `${nameOfSubject(undone)} and ${countText(undone.others, 'other', 'others')}: the opinion given at once is undone. The log has both.`
          : `Opinion on ${nameOfSubject(undone)} undone: ${now} again. The log has both.`,
      );
    } catch (error) {
      const { undoing, detail: why } = reasonWanted(error) ?? {};
      if (undoing && why !== undefined) return takeBackWithReason(undoing, why);
      const { title, detail } = ports.words(error);
      ports.say(isRefused(error) ? `Not undone. ${detail}` : `Not undone. ${title} ${detail}`, 'danger');
    }
  }

  /**
   * The reason is for the opinion that was refused, whatever is the last of the sitting when it is
   * written.
   */
  async function takeBackWithReason({ id, others, ...about }: Undoing, why: string): Promise<void> {
    ports.point(about);
    const finding = { ...about, ownConclusion: null };
    const note = await ports.askReason({ finding, conclusion: 'withdrawn', why, undo: true, others });
    if (note === 'passedOver') ports.say(`The opinion on ${nameOfSubject(about)} was not undone: ${why}`, 'danger');
    else if (note !== undefined) await takeBack({ id, note });
  }

  async function undo(): Promise<void> {
    undos++;
    try {
      await takeBack({});
    } finally {
      undos--;
    }
  }

  return {
    give: async (finding, ...given) => !waits(finding) && enterOrAsk(finding, ...given),
    giveMany,
    undo,
    waits,
    unrecorded: () => waiting,
  };
}
