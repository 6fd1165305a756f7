// The one place where the engine and its processes write to standard error: names and answers that
// came from elsewhere move nothing on the terminal the workstation was started in.
import { visibleText } from '../../contract/visible-text.ts';

/** Writes a sentence, or an error with its stack, controls shown as text. */
export function noteOnConsole(said: unknown): void {
  const text = said instanceof Error ? `${said.stack ?? said.message}${causeOf(said)}` : String(said);
  console.error(text.split('\n').map(visibleText).join('\n'));
}

const causeOf = ({ cause }: Error): string =>
  cause instanceof Error ? `\ncaused by ${cause.stack ?? cause.message}` : '';
