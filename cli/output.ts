// What a command prints: lines for people, or one JSON value with --json. Progress goes to standard
// error, so that standard output stays clean.
import { SingleBar } from 'cli-progress';
import { visibleJson, visibleLines, visibleText } from '../contract/visible-text.ts';

/** Where a command writes. Tests pass their own. */
export type Output = {
  json: boolean;
  /**
   * One line each. What would move, hide or colour something on a terminal is shown as text,
   * whatever name or answer it came with.
   */
  line(text: string): void;
  note(text: string): void;
  /** A value as JSON; `compact` on one line. */
  value(value: unknown, form?: 'indented' | 'compact'): void;
};

/**
 * Output on the process's own streams. [Note: one place] Nothing else of the command line writes to
 * them.
 */
export const processOutput = (json: boolean): Output => ({
  json,
  line: (text) => process.stdout.write(`${visibleText(text)}\n`),
  note: (text) => process.stderr.write(`${visibleText(text)}\n`),
  value: (value, form = 'indented') =>
    process.stdout.write(`${visibleJson(JSON.stringify(value, null, form === 'indented' ? 2 : 0))}\n`),
});

/** Help and usage errors, which hold what was typed: in lines, to the same streams. */
export const commandOutput = {
  writeOut: (text: string): unknown => process.stdout.write(visibleLines(text)),
  writeErr: (text: string): unknown => process.stderr.write(visibleLines(text)),
};

/** Prints `value` as JSON when asked for, else the lines of `text`. */
export function print(output: Output, value: unknown, text: () => readonly string[]): void {
  if (output.json) output.value(value);
  else for (const line of text()) output.line(line);
}

/** A progress bar on standard error; silent when that is not a terminal or JSON is wanted. */
export function progressBar(
  output: Output,
  units = 'files',
): {
  update(done: number, total: number | null, text: string): void;
  stop(): void;
} {
  if (output.json || !process.stderr.isTTY) return { update: () => {}, stop: () => {} };
  const bar = new SingleBar({
    format: `{bar} {value}/{total} ${units}  {text}`,
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
  });
  bar.start(0, 0, { text: '' });
  return {
    update: (done, total, text) => {
      bar.setTotal(total ?? Math.max(done, 1));
      bar.update(done, { text: visibleText(text) });
    },
    stop: () => bar.stop(),
  };
}

/** Columns padded to their widest cell. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>((all, row) => row.map((cell, i) => Math.max(all[i] ?? 0, cell.length)), []);
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
