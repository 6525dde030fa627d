declare module 'jstat' {
  const library: {
    jStat: {
      binomial: {
        /** P(X <= k) for n trials of probability p, to ten decimals. */
        cdf(k: number, n: number, p: number): number;
      };
    };
  };
  export { library as default };
}
