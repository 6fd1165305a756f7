// What the window may not do, whatever its page says: leave, open others, ask for permissions,
// embed, download, or reach the network. Items of Electron's security checklist; docs/security.md
// names the test of each.
import { app, type Session, type WebContents } from 'electron';
import { isAppAddress, isInternalAddress } from './origins.ts';

/**
 * Of every window there is. Written out in full, defaults too: a default that changes must not
 * change us.
 */
export const WEB_PREFERENCES = {
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  enableBlinkFeatures: '',
  webviewTag: false,
  navigateOnDragDrop: false,
  safeDialogs: true,
  // The dictionaries of the spelling checker would be fetched from the network.
  spellcheck: false,
  webgl: true,
} as const;

/** Before `ready`: no service of Chromium's own may call home. */
export function silenceChromium(): void {
  for (const name of [
    'disable-background-networking',
    'disable-component-update',
    'no-pings',
    'disable-domain-reliability',
  ])
    app.commandLine.appendSwitch(name);
  app.commandLine.appendSwitch('host-resolver-rules', 'MAP * ~NOTFOUND');
  app.commandLine.appendSwitch('force-webrtc-ip-handling-policy', 'disable_non_proxied_udp');
}

/** Permissions, downloads and the network of the window's session: all refused. */
export function lockSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, grant) => grant(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.on('will-download', (event) => event.preventDefault());
  session.webRequest.onBeforeRequest((details, proceed) => proceed({ cancel: !isInternalAddress(details.url) }));
}

/** Navigation, new windows and embedded pages of every web contents that will ever be made. */
export function lockContents(): void {
  app.on('web-contents-created', (_event, contents) => lock(contents));
}

function lock(contents: WebContents): void {
  const stay = (event: { url: string; preventDefault(): void }): void => {
    if (!isAppAddress(event.url)) event.preventDefault();
  };
  contents.on('will-navigate', stay);
  contents.on('will-redirect', stay);
  contents.on('will-frame-navigate', stay);
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}
