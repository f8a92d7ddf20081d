/** Measures by how many digits they are told, and whether more is better (1) or less (-1); 0: neither. */
export const MEASURES: Record<string, [digits: number, better: number]> = {
  auc: [3, 1],
  average_precision: [3, 1],
  log_loss: [4, -1],
  calibration_error: [4, -1],
  lift: [2, 1],
  precision_top: [3, 1],
  error: [2, -1],
  coverage: [3, 0],
  total: [3, 0],
  offered: [0, 0],
};

export const digitsOf = (measure: string) => MEASURES[measure]?.[0] ?? 3;
