import { logBinomialTerm } from "./saddle-point.ts";

const PI_SQUARE = Math.PI * Math.PI;

/**
 * P(D_n >= d) for the two-sided one-sample Kolmogorov statistic of n values.
 * Simard and L'Ecuyer (2011): exact matrix power (Marsaglia, Tsang and Wang 2003) for n <= 140 or small d, twice the exact one-sided
 * tail where that is the two-sided one to the last digit, the Pelz-Good series between. d outside (0, 1): 1 or 0.
 */
export function kolmogorovSurvival(d: number, n: number): number {
  if (Number.isNaN(d) || !Number.isInteger(n) || n < 1) return Number.NaN;
  if (d >= 1) return 0;
  if (n * d <= 0.5) return 1;
  const square = n * d * d;
  if (square >= 370) return 0;
  if (d >= 0.5 || square >= 4 || (n > 140 && square >= 2.2)) return Math.min(1, 2 * oneSidedSurvival(d, n));
  if (n > 140 && square < 0.03) return 1;
  if (n <= 140 || (n <= 100_000 && n * d ** 1.5 <= 1.4)) return clip(1 - matrixCdf(d, n));
  return clip(1 - pelzGoodCdf(Math.sqrt(square), n));
}

/** The limit law: P(sqrt(n) D_n >= x) = 2 sum (-1)^(k-1) exp(-2 k^2 x^2). */
export function kolmogorovLimitSurvival(x: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  if (x <= 0.04) return 1;
  if (x < 1) {
    let sum = 0;
    for (let k = 1; k < 20; k++) sum += Math.exp((-((2 * k - 1) ** 2) * PI_SQUARE) / (8 * x * x));
    return clip(1 - (Math.sqrt(2 * Math.PI) / x) * sum);
  }
  let sum = 0;
  for (let k = 1; k < 20; k++) sum += (k % 2 === 1 ? 1 : -1) * Math.exp(-2 * k * k * x * x);
  return clip(2 * sum);
}

function clip(p: number): number {
  return Math.min(1, Math.max(0, p));
}

/**
 * P(D_n^+ >= d), Birnbaum and Tingey (1951): d * sum over j of C(n,j) (d + j/n)^(j-1) (1 - d - j/n)^(n-j). All terms are
 * positive. The summand is flat to all orders at both ends, so beyond 8,192 terms every h-th one, times h, is the sum.
 */
export function oneSidedSurvival(d: number, n: number): number {
  const last = Math.floor(n * (1 - d));
  const step = Math.max(1, Math.floor(n / 8192));
  let sum = 0;
  for (let j = 0; j <= last; j += step) {
    const p = d + j / n;
    const q = 1 - p;
    if (q <= 0) {
      if (j === n) sum += 1;
      continue;
    }
    sum += Math.exp(logBinomialTerm(j, n - j, p, q)) / p;
  }
  return clip(d * step * sum);
}

/** P(D_n < d) as an entry of the n-th power of a matrix, n!/n^n taken out with exponents of 2 kept apart. */
function matrixCdf(d: number, n: number): number {
  const k = Math.floor(n * d) + 1;
  const size = 2 * k - 1;
  const power = matrixPower(durbinMatrix(k - n * d, size), size, n);
  let value = power.matrix[(k - 1) * size + k - 1] as number;
  let exponent = power.exponent;
  for (let i = 1; i <= n; i++) {
    value *= i / n;
    if (value < 1e-140) {
      value *= 1e140;
      exponent -= 140;
    }
  }
  return value * 10 ** exponent;
}

function durbinMatrix(h: number, size: number): Float64Array {
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) matrix[i * size + j] = i - j + 1 < 0 ? 0 : 1;
  const at = (i: number, j: number): number => matrix[i * size + j] as number;
  for (let i = 0; i < size; i++) {
    matrix[i * size] = at(i, 0) - h ** (i + 1);
    matrix[(size - 1) * size + i] = at(size - 1, i) - h ** (size - i);
  }
  matrix[(size - 1) * size] = at(size - 1, 0) + (2 * h - 1 > 0 ? (2 * h - 1) ** size : 0);
  for (let i = 0; i < size; i++) {
    let factorial = 1;
    for (let j = i; j >= 0; j--) {
      factorial *= i - j + 1;
      matrix[i * size + j] = at(i, j) / factorial;
    }
  }
  return matrix;
}

function matrixPower(base: Float64Array, size: number, n: number): { matrix: Float64Array; exponent: number } {
  if (n === 1) return { matrix: base, exponent: 0 };
  const half = matrixPower(base, size, Math.floor(n / 2));
  let matrix = multiply(half.matrix, half.matrix, size);
  if (n % 2 === 1) matrix = multiply(base, matrix, size);
  let exponent = 2 * half.exponent;
  const middle = Math.floor(size / 2);
  if ((matrix[middle * size + middle] as number) > 1e140) {
    matrix = matrix.map((value) => value * 1e-140);
    exponent += 140;
  }
  return { matrix, exponent };
}

function multiply(a: Float64Array, b: Float64Array, size: number): Float64Array {
  const product = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < size; k++) {
      const factor = a[i * size + k] as number;
      for (let j = 0; j < size; j++) {
        product[i * size + j] = (product[i * size + j] as number) + factor * (b[k * size + j] as number);
      }
    }
  }
  return product;
}

/** Pelz and Good (1976): the limit law with its corrections of order n^-1/2, n^-1 and n^-3/2. */
function pelzGoodCdf(z: number, n: number): number {
  const z2 = z * z;
  const z4 = z2 * z2;
  const z6 = z4 * z2;
  let k0 = 0;
  let k1 = 0;
  let k2 = 0;
  let k3 = 0;
  for (let k = 0; k < 30; k++) {
    const u = PI_SQUARE * (k + 0.5) ** 2;
    const e = 2 * Math.exp(-u / (2 * z2));
    k0 += e;
    k1 += (u - z2) * e;
    k2 += (6 * z6 + 2 * z4 + u * (2 * z4 - 5 * z2) + u * u * (1 - 2 * z2)) * e;
    k3 +=
      (u * u * u * (5 - 30 * z2) + u * u * (-60 * z2 + 212 * z4) + u * (135 * z4 - 96 * z6) - 30 * z6 - 90 * z4 * z4) *
      e;
  }
  let whole2 = 0;
  let whole3 = 0;
  for (let k = 1; k < 30; k++) {
    const u = PI_SQUARE * k * k;
    const e = 2 * Math.exp(-u / (2 * z2));
    whole2 += u * e;
    whole3 += (3 * u * z2 - u * u) * e;
  }
  const root = Math.sqrt(Math.PI / 2);
  const first = (root / z) * k0;
  const second = (root / (6 * z4)) * k1;
  const third = root * (k2 / (72 * z6 * z) - whole2 / (36 * z2 * z));
  const fourth = root * (k3 / (6480 * z6 * z4) + whole3 / (216 * z6));
  return first + second / Math.sqrt(n) + third / n + fourth / (n * Math.sqrt(n));
}
