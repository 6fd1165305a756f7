// Starts an engine for one command and closes it afterwards, whatever happens.
import { homedir } from 'node:os';
import path from 'node:path';
import { type Client, createClient, createEngine } from '../engine/index.ts';

/** Where this installation keeps its models and settings: RECCE_HOME, else the system's place for application data. */
export function appDataFolder(): string {
  if (process.env.RECCE_HOME) return path.resolve(process.env.RECCE_HOME);
  if (process.platform === 'win32') return path.join(process.env.LOCALAPPDATA ?? homedir(), 'Recce Workstation');
  if (process.platform === 'darwin') return path.join(homedir(), 'Library', 'Application Support', 'Recce Workstation');
  return path.join(process.env.XDG_DATA_HOME ?? path.join(homedir(), '.local', 'share'), 'recce-workstation');
}

/** Gives `use` a client of a fresh engine. */
export async function withEngine<T>(use: (client: Client) => Promise<T>): Promise<T> {
  const engine = await createEngine({ appDataFolder: appDataFolder() });
  try {
    return await use(createClient(engine));
  } finally {
    await engine.close();
  }
}
