// One call to the engine from the page's own origin, with no help of the renderer: for tests that
// ask what the window does not show. The answer of a procedure, or its error.
import type { Page } from 'playwright-core';

/**
 * `what` is the engine, or in the desktop the main process's dialogs. Asked again when the engine
 * died over it.
 */
export async function call(page: Page, procedure: string, input?: unknown, what: 'engine' | 'shell' = 'engine') {
  const answer: unknown = await page.evaluate(askFromPage, { what, procedure, input });
  return answer;
}

/** Runs in the page. */
function askFromPage({ what, procedure, input }: { what: string; procedure: string; input: unknown }) {
  const request = JSON.stringify({ i: '1', p: { u: `/${procedure}`, b: { json: input } } });
  const resultOf = (text: string): unknown => {
    const { p } = JSON.parse(text);
    if (p.s && p.s >= 400) throw new Error(`${procedure}: ${p.b.json.code} ${p.b.json.message}`);
    return p.b.json;
  };
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error(`${procedure}: no answer`)), 60_000);
    const settle = (text: string): void => {
      try {
        resolve(resultOf(text));
      } catch (error) {
        reject(error);
      }
    };
    if ('recce' in window) askOverPort();
    else askOverSocket();

    function askOverPort(): void {
      const own = crypto.randomUUID();
      const receive = ({ data, ports: [port] }: MessageEvent): void => {
        if (data === 'recce-lost:engine') window.postMessage(`recce-connect:${what}:${own}`, location.origin);
        if (data !== `recce-port:${own}` || !port) return;
        port.onmessage = (answer) => {
          window.removeEventListener('message', receive);
          settle(answer.data);
        };
        port.postMessage(request);
      };
      window.addEventListener('message', receive);
      window.postMessage(`recce-connect:${what}:${own}`, location.origin);
    }

    function askOverSocket(): void {
      const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/rpc`);
      let answered = false;
      socket.onopen = () => socket.send(request);
      socket.onmessage = ({ data }) => {
        answered = true;
        settle(data);
        socket.close();
      };
      socket.onclose = () => {
        if (!answered) setTimeout(askOverSocket, 100);
      };
    }
  });
}
