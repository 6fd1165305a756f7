// A link that survives its connection: calls wait for one, a lost one is made anew, and subscribers
// are told. What is lost with it are the calls that were open, which reject.
import type { ClientLink, ClientOptions } from '@orpc/client';

type AnyLink = ClientLink<Record<never, never>>;

/** A connection made: `closed` resolves when it is no more. */
export type Connection = { link: AnyLink; closed: Promise<void> };

export type ConnectionState = {
  state: 'connecting' | 'connected' | 'lost';
  /** Number of connections made so far. */
  generation: number;
};

/**
 * The engine went away while this call was open. Nothing says whether it was carried out: reads may
 * be repeated.
 */
export class ConnectionLostError extends Error {
  constructor(options?: ErrorOptions) {
    super('The engine was restarted while this was under way.', options);
    this.name = 'ConnectionLostError';
  }
}

/** Pause before a refused connection is tried again, ms; doubled each time up to the longest. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export class ReconnectingLink implements AnyLink {
  readonly #connect: () => Promise<Connection>;
  readonly #listeners = new Set<() => void>();
  #state: ConnectionState = { state: 'connecting', generation: 0 };
  #current: Promise<Connection>;
  readonly #lost = new WeakSet<Connection>();

  /** Connects at once. `connect` rejects when there is nothing to connect to yet. */
  constructor(connect: () => Promise<Connection>) {
    this.#connect = connect;
    this.#current = this.#establish();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): ConnectionState => this.#state;

  async call(path: readonly string[], input: unknown, options: ClientOptions<Record<never, never>>): Promise<unknown> {
    const connection = await this.#current;
    try {
      return await connection.link.call(path, input, options);
    } catch (cause) {
      throw this.#lost.has(connection) ? new ConnectionLostError({ cause }) : cause;
    }
  }

  #become(state: ConnectionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }

  async #establish(): Promise<Connection> {
    for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(2 * wait, LONGEST_PAUSE_MS)) {
      try {
        const connection = await this.#connect();
        void connection.closed.then(() => this.#lose(connection));
        this.#become({ state: 'connected', generation: this.#state.generation + 1 });
        return connection;
      } catch {
        await pause(wait);
      }
    }
  }

  #lose(connection: Connection): void {
    this.#lost.add(connection);
    this.#become({ ...this.#state, state: 'lost' });
    this.#current = this.#establish();
  }
}
