// The one bridge between the window's page and the main process: passes the request for a port one
// way and the port the other, and tells the path of a file dropped on the window. Nothing of
// Electron reaches the page. Runs sandboxed, bundled to CommonJS.
import { contextBridge, ipcRenderer, webUtils } from 'electron';

const REQUEST = /^recce-connect:(engine|shell):([\w-]{1,64})$/;

window.addEventListener('message', ({ source, origin, data }) => {
  if (source !== window || origin !== location.origin || typeof data !== 'string') return;
  const [, what, request] = REQUEST.exec(data) ?? [];
  if (what) ipcRenderer.send('recce-connect', what, request);
});

ipcRenderer.on('recce-port', (event, request: string) => {
  window.postMessage(`recce-port:${request}`, location.origin, [...event.ports]);
});

// The death of the engine is told in so many words as well: not every page hears that the other end
// of a port has closed.
ipcRenderer.on('recce-lost', () => window.postMessage('recce-lost:engine', location.origin));

contextBridge.exposeInMainWorld('recce', { pathOf: (file: File) => webUtils.getPathForFile(file) });
