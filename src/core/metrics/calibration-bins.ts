/**
 * The bin of a probability among `bins` of equal width, open below and closed above: (0, 1/B] is bin 0 and holds 0
 * too (Guo et al. 2017; scikit-learn's `calibration_curve`). Values outside [0, 1] go to the outer bins.
 */
export function binOfProbability(probability: number, bins: number): number {
  let bin = Math.ceil(probability * bins) - 1;
  // The product rounds; the edge itself, as a quotient, decides.
  if (probability <= bin / bins) bin--;
  else if (probability > (bin + 1) / bins) bin++;
  return bin < 0 ? 0 : bin >= bins ? bins - 1 : bin;
}
