// How much of an archive is gone into: what stands between a few bytes and a machine that is busy
// for days.

/** Files that one archive may list, and that may lie below one file of the disk, those of archives inside it too. */
export const MOST_ENTRIES = 1_000_000;
/** Characters of a file's name in an archive, and folders that it lies in there. */
export const [MOST_NAME, MOST_FOLDERS_DEEP] = [4096, 100];
/** Folders that the names of one archive have. */
export const MOST_FOLDERS = 2_000_000;
/** Bytes of a zip's directory. */
export const MOST_DIRECTORY_BYTES = 2 ** 28;
/** Archives one inside the other that are gone into: the file on the disk, and one in it. */
export const MOST_DEPTH = 2;
/** A file may become this many times its packed bytes; photographs and films hardly shrink. */
export const MOST_RATIO = 200;
/** Up to this size a file may become any number of times its packed bytes: a white page does. */
export const RATIO_FREE_BYTES = 2 ** 28;
/** What all files of an archive may become beside `MOST_RATIO` times its bytes. */
export const TOTAL_FREE_BYTES = 2 ** 34;
/** What is held in memory of a tar that is packed as a whole, and of an archive packed in an archive. */
export const MOST_HELD_BYTES = 2 ** 29;
