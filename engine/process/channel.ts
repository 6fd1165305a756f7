// What the engine and its child processes say on the wire, whatever the process is made of (Node
// child or Electron utility process).

/** Parent to child. */
export type RequestMessage = { id: number; request: unknown };

/** Child to parent: an answer, a refusal, or the sign that it listens. */
export type ResponseMessage =
  | { kind: 'ready' }
  | { kind: 'answer'; id: number; response: unknown }
  | { kind: 'refusal'; id: number; name: string; message: string; code?: string };

/** A running child as the supervisor needs it. */
export type ChildHandle = {
  readonly pid: number | undefined;
  send(message: RequestMessage): void;
  onMessage(listener: (message: ResponseMessage) => void): void;
  /**
   * What the process last wrote to standard error (stderr-tail.ts); empty where that is not kept.
   */
  stderrTail(): string;
  /**
   * Called once; `reason` says in words how the process ended, e.g. `signal SIGKILL` or `exit code
   * 3`.
   */
  onExit(listener: (reason: string) => void): void;
  kill(): void;
};

/**
 * What is started: the module at `entry`. The standard error of a `quiet` one is kept, never shown.
 */
export type ChildStart = { entry: URL; name: string; quiet?: boolean };

/** Starts a child. Electron gives its own, made of utilityProcess.fork. */
export type SpawnChild = (start: ChildStart) => ChildHandle;
