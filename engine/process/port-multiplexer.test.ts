import { expect, test } from 'vitest';
import { createPortMultiplexer, type PortMessage } from './port-multiplexer.ts';

/**
 * Two ends of one pipe, which copies what goes through it as a real one does; `sent` is everything
 * that went.
 */
function pipe() {
  const sent: PortMessage[] = [];
  const copy = (message: PortMessage): PortMessage => JSON.parse(JSON.stringify(message));
  const parent = createPortMultiplexer((message) => {
    sent.push(message);
    child.receive(copy(message));
  });
  const child = createPortMultiplexer((message) => {
    sent.push(message);
    parent.receive(copy(message));
  });
  return { parent, child, sent };
}

/** What a port is told, in order. */
function listen(port: ReturnType<ReturnType<typeof createPortMultiplexer>['open']>) {
  const told: unknown[] = [];
  port.on('message', ({ data }) => told.push(data));
  port.on('close', () => told.push('closed'));
  return told;
}

test('ports share a pipe and each hears only what is meant for it, in order', () => {
  const { parent, child } = pipe();
  const [one, two] = [listen(child.open(1)), listen(child.open(2))];
  child.open(1).start();
  child.open(2).start();
  parent.open(2).postMessage('b');
  parent.open(1).postMessage({ a: [1] });
  parent.open(2).postMessage('c');
  expect([one, two]).toEqual([[{ a: [1] }], ['b', 'c']]);
});

test('a port with the same number is the same port', () => {
  const { parent } = pipe();
  expect(parent.open(7)).toBe(parent.open(7));
});

test('messages wait until the port is started, and then come before later ones', () => {
  const { parent, child } = pipe();
  const port = child.open(1);
  const told = listen(port);
  parent.open(1).postMessage('early');
  expect(told).toEqual([]);
  port.start();
  parent.open(1).postMessage('late');
  expect(told).toEqual(['early', 'late']);
  port.start();
  expect(told).toEqual(['early', 'late']);
});

test('closing one end closes the other, once; nothing goes through it afterwards', () => {
  const { parent, child, sent } = pipe();
  const [near, far] = [parent.open(1), child.open(1)];
  const [nearTold, farTold] = [listen(near), listen(far)];
  far.start();
  near.close();
  near.close();
  expect([nearTold, farTold]).toEqual([['closed'], ['closed']]);
  const before = sent.length;
  near.postMessage('too late');
  far.postMessage('too late');
  far.close();
  expect(sent).toHaveLength(before);
});

test('the number of a closed port may be used again for another', () => {
  const { parent, child } = pipe();
  const first = child.open(1);
  const firstTold = listen(first);
  parent.open(1).close();
  const second = child.open(1);
  const secondTold = listen(second);
  second.start();
  parent.open(1).postMessage('for the second');
  expect(second).not.toBe(first);
  expect([firstTold, secondTold]).toEqual([['closed'], ['for the second']]);
});

test('a pipe that breaks closes every port; a message for a port that is not there is dropped', () => {
  const { parent, child } = pipe();
  const [one, two] = [listen(parent.open(1)), listen(parent.open(2))];
  parent.closeAll();
  parent.closeAll();
  expect([one, two]).toEqual([['closed'], ['closed']]);
  expect(child.receive({ kind: 'port', port: 99, data: 'nobody' })).toBe(true);
  expect(child.receive({ kind: 'portClosed', port: 99 })).toBe(true);
});

test.each([[null], ['port'], [3], [{}], [{ kind: 'other', port: 1 }], [undefined]])(
  'what is no port message is left to others: %j',
  (message) => {
    expect(pipe().child.receive(message)).toBe(false);
  },
);
