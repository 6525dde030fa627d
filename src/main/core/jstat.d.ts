declare module 'jstat' {
  const library: {
    jStat: {
      /** The regularised incomplete beta function I_x(a, b), to ten digits however small it is. */
      ibeta(x: number, a: number, b: number): number;
    };
  };
  export { library as default };
}
