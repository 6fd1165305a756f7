// Where this installation keeps its models and settings. The same for the command line, the browser
// mode and the desktop.
import { homedir } from 'node:os';
import path from 'node:path';

/** RECCE_HOME, else the system's place for application data. */
export function appDataFolder(): string {
  if (process.env.RECCE_HOME) return path.resolve(process.env.RECCE_HOME);
  if (process.platform === 'win32') return path.join(process.env.LOCALAPPDATA ?? homedir(), 'Recce Workstation');
  if (process.platform === 'darwin') return path.join(homedir(), 'Library', 'Application Support', 'Recce Workstation');
  return path.join(process.env.XDG_DATA_HOME ?? path.join(homedir(), '.local', 'share'), 'recce-workstation');
}
