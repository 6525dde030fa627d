// Several descents that share each reading of the features.

export interface Asked {
  /** Which of the descents asks, and for what weights. */
  index: number;
  weights: Float64Array;
}

export interface Lockstep<Answer> {
  ask(asked: Asked): Promise<Answer>;
  /** Said by each descent at its end: it asks no more. */
  leave(): void;
}

/**
 * What `count` descents ask is answered at once, when all that go on have asked: `answer` gets it in the order of the
 * descents, so that nothing hangs on which of them was quicker.
 */
export function createLockstep<Answer>(count: number, answer: (asked: Asked[]) => Promise<Answer[]>): Lockstep<Answer> {
  let waiting: (Asked & { resolve: (answer: Answer) => void; reject: (error: unknown) => void })[] = [];
  let going = count;

  async function answerAll(): Promise<void> {
    if (waiting.length < going || waiting.length === 0) return;
    const turn = waiting.toSorted((a, b) => a.index - b.index);
    waiting = [];
    try {
      const answers = await answer(turn);
      turn.forEach(({ resolve }, i) => {
        resolve(answers[i]!);
      });
    } catch (error) {
      for (const { reject } of turn) reject(error);
    }
  }

  return {
    ask: (asked) =>
      new Promise((resolve, reject) => {
        waiting.push({ ...asked, resolve, reject });
        void answerAll();
      }),
    leave() {
      going -= 1;
      void answerAll();
    },
  };
}
