// The error function: of GELU, and of how probable a deviation is by chance. Pure.

/**
 * The error function by its power series, whose terms are all of one sign in this form; beyond 6
 * its distance from 1 is less than float64 can tell.
 */
export function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) sum += term *= (2 * x * x) / (2 * n + 1);
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}
