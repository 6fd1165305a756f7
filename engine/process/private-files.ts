// Who may read what this program writes: its user, whatever the system's default.

/**
 * Files and folders made from here on are their owner's alone (0600, 0700): cases hold crops of
 * faces and who examined them, the application's folder the names of cases. Called first by every
 * process: one that another program forks (Electron's) does not inherit it. What a person exports
 * is made so too; whoever else is to read it is given it. Windows has no such mask; there the
 * folder's own list counts.
 */
export function keepFilesPrivate(): void {
  process.umask(0o077);
}
