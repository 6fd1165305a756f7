/** Letters of a file as a name: what is no printable letter of ASCII is written as `.`. */
export const printable = (letters: string): string => letters.replace(/[^\x20-\x7e]/g, '.');
