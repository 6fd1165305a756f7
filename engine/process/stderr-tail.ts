// What a process last wrote to its standard error, kept instead of shown: native drivers chatter
// there, and it is of interest only when they fail.
import { stripVTControlCharacters } from 'node:util';

export type StderrTail = { hear(chunk: Uint8Array | string): void; text(): string };

/** Characters that are kept, and those of them that are told. */
const KEPT = 8192;
const TOLD = 400;
/** Lines that are told. */
const LINES = 4;

/** Frames of a stack, of Node.js and of native libraries alike: places in somebody's source. */
const isFrame = (line: string): boolean => /^at .*[:/\\]/.test(line);
/** All but the end of a line. */
const CONTROL = /[^\P{Cc}\n]/gu;

/** The last lines, each once, on one line; empty when nothing was written. */
function tellLines(written: string): string {
  const lines = stripVTControlCharacters(written).replace(CONTROL, ' ').split('\n');
  const told = lines.map((line) => line.trim()).filter((line) => line !== '' && !isFrame(line));
  return [...new Set(told)].slice(-LINES).join(' ').slice(-TOLD).trim();
}

export function createStderrTail(): StderrTail {
  const decoder = new TextDecoder();
  let written = '';
  return {
    hear(chunk) {
      written = (written + (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }))).slice(-KEPT);
    },
    text: () => tellLines(written),
  };
}
