// Runs in the page before anything else: what a preload finds under `require('electron')`, over the
// stand-in's two bindings, which are taken out of the page's sight at once. Plain JavaScript: it is
// injected as text.
(() => {
  const { __standInSend: send, __standInPost: post } = window;
  delete window.__standInSend;
  delete window.__standInPost;
  const listeners = new Map();
  const ports = new Map();
  // The one name the stand-in itself calls; it cannot be told apart by a page and carries nothing
  // of its own.
  Object.defineProperty(window, '__standInReceive', {
    value: (kind, id, payload) => {
      if (kind === 'ipc') receiveIpc(id, payload);
      else if (kind === 'port') ports.get(id)?.postMessage(payload);
    },
  });
  function receiveIpc(channel, { args, portIds }) {
    const handed = portIds.map((id) => {
      const { port1, port2 } = new MessageChannel();
      ports.set(id, port1);
      port1.onmessage = ({ data }) => post(id, data);
      return port2;
    });
    for (const listener of listeners.get(channel) ?? []) listener({ ports: handed }, ...args);
  }
  window.__standInRequire = (name) => {
    if (name !== 'electron') throw new Error(`A sandboxed preload has no ${name}.`);
    return {
      ipcRenderer: {
        send: (channel, ...args) => send(channel, args),
        on: (channel, listener) => listeners.set(channel, [...(listeners.get(channel) ?? []), listener]),
      },
      contextBridge: {
        exposeInMainWorld: (key, api) => Object.defineProperty(window, key, { value: Object.freeze({ ...api }) }),
      },
      webUtils: { getPathForFile: (file) => `/dropped/${file.name}` },
    };
  };
})();
