// When a child process of Node's own making ends: with its parent, or when that ends it.

/**
 * Ends the process when its parent goes away. [Note: signals are the parent's] Ctrl+C in a
 * terminal, and a service manager that stops a service, send their signal to every process of the
 * group. What the parent still does then (a save, the file under way, closing the case) needs its
 * children: they leave the signal to it.
 */
export function exitWithParent(): void {
  process.once('disconnect', () => process.exit(0));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});
}
