// session and protocol of the stand-in: remembers what main hangs up, and answers the page's
// requests with it.
import { EventEmitter } from 'node:events';

type Handler = (request: Request) => Promise<Response> | Response;
type BeforeRequest = (details: { url: string }, proceed: (answer: { cancel: boolean }) => void) => void;
type PermissionRequest = (contents: unknown, permission: string, grant: (granted: boolean) => void) => void;

export class Session extends EventEmitter {
  readonly partition: string;
  readonly handlers = new Map<string, Handler>();
  readonly webRequest = {
    onBeforeRequest: (handler: BeforeRequest) => {
      this.beforeRequest = handler;
    },
  };
  readonly protocol = { handle: (scheme: string, handler: Handler) => void this.handlers.set(scheme, handler) };
  beforeRequest: BeforeRequest = (_details, proceed) => proceed({ cancel: false });
  permissionRequest: PermissionRequest = (_contents, _permission, grant) => grant(true);
  permissionCheck: () => boolean = () => true;
  devicePermission: () => boolean = () => true;

  constructor(partition: string) {
    super();
    this.partition = partition;
  }
  setPermissionRequestHandler(handler: PermissionRequest): void {
    this.permissionRequest = handler;
  }
  setPermissionCheckHandler(handler: () => boolean): void {
    this.permissionCheck = handler;
  }
  setDevicePermissionHandler(handler: () => boolean): void {
    this.devicePermission = handler;
  }

  /**
   * What main answers to a request; undefined when it cancels it or no protocol of ours is meant.
   */
  async answer(url: string, method: string): Promise<Response | undefined> {
    const { cancel } = await new Promise<{ cancel: boolean }>((resolve) => this.beforeRequest({ url }, resolve));
    const handler = this.handlers.get(url.slice(0, url.indexOf(':')));
    if (cancel || !handler) return undefined;
    // Request refuses schemes it does not know; main reads address and method only.
    return handler({ url, method } as Request);
  }
}

const sessions = new Map<string, Session>();

export const session = {
  fromPartition(partition: string): Session {
    const known = sessions.get(partition) ?? new Session(partition);
    sessions.set(partition, known);
    return known;
  },
};

/** Schemes as main registered them, for the tests to read. */
export const registeredSchemes: { scheme: string; privileges: Record<string, boolean> }[] = [];
export const protocol = {
  registerSchemesAsPrivileged: (schemes: typeof registeredSchemes) => void registeredSchemes.push(...schemes),
};
