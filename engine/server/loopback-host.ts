// Where the browser mode listens when nobody says where.
import { randomInt } from 'node:crypto';

/**
 * A loopback address of this workstation's own. [Note: cookies go by the host] Browsers send a
 * cookie of 127.0.0.1 to every port of it, so that any local server whose page is opened in the
 * same browser is handed the session. All of 127.0.0.0/8 is this machine on Linux and Windows, and
 * a server elsewhere in it gets nothing. macOS knows 127.0.0.1 alone.
 */
export const ownLoopbackHost = (platform: NodeJS.Platform = process.platform): string =>
  platform === 'linux' || platform === 'win32'
    ? `127.${randomInt(1, 255)}.${randomInt(0, 256)}.${randomInt(2, 255)}`
    : '127.0.0.1';
