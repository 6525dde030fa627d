// What the shell asked of Electron, in order, and what the person will answer.
export const journal: string[] = [];
export const note = (entry: string): void => void journal.push(entry);

export const person = {
  /** What is chosen in the next file dialogs; a dialog beyond them is cancelled. */
  chosenPaths: [] as string[],
  /** The buttons pressed in the next message boxes. */
  answers: [] as number[],
};
