// What the engine process and its supervisor say to each other beside RPC: start, resume, pictures,
// child processes.
import type { PictureRef } from '../../contract/picture.ts';

/**
 * Where a restarted engine takes up work: the open case and who works on it, as the last engine
 * left them.
 */
export type ResumePoint = { folder: string; examiner: string | null; blind: boolean };

/** What an engine process is started with; the rest of EngineOptions is made on its side. */
export type EngineStart = { appDataFolder: string; modelsFolder?: string; appVersion?: string };

/** Bytes of a picture, undefined where there is none or blind mode hides it. */
export type PictureAnswer = { bytes: Uint8Array; mediaType: string } | undefined;

/**
 * Supervisor to engine. `connect` brings a port; so does `childStarted` where the supervisor forks.
 */
export type ToEngine =
  | { kind: 'start'; start: EngineStart; resume: ResumePoint | null; forks: 'self' | 'supervisor' }
  | { kind: 'connect' }
  | { kind: 'picture'; id: number; ref: PictureRef }
  | { kind: 'childStarted'; child: number; pid: number | undefined }
  | { kind: 'childWrote'; child: number; text: string }
  | { kind: 'childEnded'; child: number; reason: string }
  | { kind: 'close' };

/** Engine to supervisor. */
export type FromEngine =
  | { kind: 'ready' }
  | { kind: 'resumePoint'; resume: ResumePoint | null }
  | { kind: 'picture'; id: number; picture: PictureAnswer; error?: string }
  | { kind: 'startChild'; child: number; entry: string; name: string; quiet: boolean }
  | { kind: 'killChild'; child: number }
  | { kind: 'closed' };
