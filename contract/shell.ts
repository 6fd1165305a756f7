// What only a desktop shell can do for the window: native dialogs. Electron's main process
// implements it over a port of its own; in the browser there is none, and the window browses
// folders with app.browse instead.
import { oc } from '@orpc/contract';
import * as z from 'zod';

const paths = z.array(z.string());

export const shellContract = {
  /** Absolute paths chosen, empty when the examiner cancelled. */
  chooseFolder: oc.input(z.object({ title: z.string().max(200) })).output(paths),
  chooseFiles: oc.input(z.object({ title: z.string().max(200) })).output(paths),
  /** Where to save; null when cancelled. */
  chooseSave: oc
    .input(z.object({ title: z.string().max(200), fileName: z.string().max(255) }))
    .output(z.string().nullable()),
  /** Shows a file that the workstation wrote in the system's file manager. */
  showInFolder: oc.input(z.object({ path: z.string().min(1) })).output(z.null()),
};
export type ShellContract = typeof shellContract;
