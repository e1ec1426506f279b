/** What the interpreter cannot build yet, as `Unsupported` names it. An entry that no vector needs is an error. */
export const knownGaps: readonly string[] = ['globalTable'];
